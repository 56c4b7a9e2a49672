package io.promgres.observe;

import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;

/** How long the items of one queue wait. Thread-safe. */
public final class QueueMetrics {

    private final Timer wait;

    QueueMetrics(Timer wait) {
        this.wait = wait;
    }

    /** @param nanos from entering the queue to leaving it */
    public void waited(long nanos) {
        wait.record(nanos, TimeUnit.NANOSECONDS);
    }
}
