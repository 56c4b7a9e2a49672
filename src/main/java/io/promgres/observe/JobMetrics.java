package io.promgres.observe;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/**
 * How a job fares that is done again and again. The label is not {@code job}, which a Prometheus that scrapes has for
 * itself. Thread-safe.
 */
public final class JobMetrics {

    private static final double MILLIS = 1e3;

    private final Timer duration;
    private final Counter failures;
    private volatile double succeededAt;

    JobMetrics(String name, MeterRegistry registry) {
        duration = Timer.builder("promgres_maintenance_duration")
                .description("Runs of a maintenance task, failed ones included")
                .tag("task", name)
                .register(registry);
        failures = Counter.builder("promgres_maintenance_failures_total")
                .description("Runs of a maintenance task that failed")
                .tag("task", name)
                .register(registry);
        Gauge.builder("promgres_maintenance_last_success_timestamp_seconds", () -> succeededAt)
                .description("When a maintenance task ended well for the last time, 0 for never")
                .tag("task", name)
                .register(registry);
    }

    public void succeeded(Instant at, long nanos) {
        succeededAt = at.toEpochMilli() / MILLIS;
        duration.record(nanos, TimeUnit.NANOSECONDS);
    }

    public void failed(long nanos) {
        failures.increment();
        duration.record(nanos, TimeUnit.NANOSECONDS);
    }
}
