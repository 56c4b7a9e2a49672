package io.promgres.ingest;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Whether requests cannot be stored now: several in succession were not, the last of them lately. Without the second condition a
 * daemon that gets no requests because it is not ready would stay so. Thread-safe; a success costs a volatile read.
 */
final class WriteFailures {

    // One may meet a session that has just ended.
    private static final int SEVERAL = 2;
    // Longer than the interval of the daemon's own samples, which tell when it works again.
    private static final Duration LATELY = Duration.ofMinutes(1);

    private final LongSupplier nanoTime;
    private volatile int inSuccession;
    private String reason;
    private long failedAt;

    WriteFailures(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** A request was stored. */
    void stored() {
        if (inSuccession != 0) {
            inSuccession = 0;
        }
    }

    /** @param why a request was not stored */
    synchronized void failed(String why) {
        inSuccession++;
        reason = why;
        failedAt = nanoTime.getAsLong();
    }

    /** Why requests fail; empty if they do not. */
    synchronized Optional<String> now() {
        boolean lately = nanoTime.getAsLong() - failedAt < LATELY.toNanos();
        return inSuccession >= SEVERAL && lately ? Optional.of(reason) : Optional.empty();
    }
}
