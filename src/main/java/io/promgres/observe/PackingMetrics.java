package io.promgres.observe;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;

/** What the packer does. Thread-safe. */
public final class PackingMetrics {

    private final MeterRegistry registry;
    private final Counter samples;
    private final Counter orphaned;
    private final Counter failures;
    private final Counter mismatches;
    private final Timer unit;
    private volatile double behind;

    PackingMetrics(MeterRegistry registry) {
        this.registry = registry;
        samples = counter("samples", "Samples moved from the landing table into the packed tier");
        orphaned = counter("orphaned_samples", "Samples that packing left out because their series has been removed");
        failures = counter("failures", "Units that were not packed and stayed in the landing table");
        mismatches = counter("mismatches", "Units that did not read back as they were written, and were rolled back");
        unit = Timer.builder("promgres_packing_unit_duration")
                .description("The transaction that packs a unit")
                .serviceLevelObjectives(LatencyBuckets.ALL)
                .register(registry);
        Gauge.builder("promgres_packing_behind_seconds", () -> behind)
                .description("For how long the oldest block that is being packed could have been packed already")
                .register(registry);
    }

    private Counter counter(String what, String description) {
        return Counter.builder("promgres_packing_" + what + "_total")
                .description(description)
                .register(registry);
    }

    /**
     * A unit was packed.
     *
     * @param count samples that were packed
     * @param withoutSeries samples that were not, because their series has been removed
     */
    public void packed(long count, long withoutSeries, Duration duration) {
        samples.increment(count);
        orphaned.increment(withoutSeries);
        unit.record(duration);
    }

    public void failed() {
        failures.increment();
    }

    public void mismatch() {
        mismatches.increment();
    }

    /** @param seconds since the block that is being packed could have been packed; 0 if none waits */
    public void behind(double seconds) {
        behind = seconds;
    }
}
