package io.promgres.observe;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.IntFunction;

/**
 * What is counted for one HTTP path and method. A counter is made when its status code is first seen; from then on
 * recording allocates nothing and looks nothing up by name. Thread-safe.
 */
public final class RouteMetrics {

    private static final int FIRST_CODE = 100;
    private static final int LAST_CODE = 599;

    private final AtomicReferenceArray<Counter> byCode = new AtomicReferenceArray<>(LAST_CODE - FIRST_CODE + 1);
    private final IntFunction<Counter> counter;
    private final Timer duration;

    RouteMetrics(IntFunction<Counter> counter, Timer duration) {
        this.counter = counter;
        this.duration = duration;
    }

    /**
     * @param code the status of the response, 100 to 599
     * @param nanos from the request's headers to its response
     */
    public void answered(int code, long nanos) {
        counter(code).increment();
        duration.record(nanos, TimeUnit.NANOSECONDS);
    }

    private Counter counter(int code) {
        int index = code - FIRST_CODE;
        Counter known = byCode.get(index);
        if (known == null) {
            // The registry returns the same counter to those who ask at the same time.
            known = counter.apply(code);
            byCode.set(index, known);
        }
        return known;
    }
}
