package io.promgres.observe;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One line of the log for what was taken in since the line before: samples and requests a second, the 99th percentile of the
 * write requests' latency, requests that wait. For one thread.
 */
public final class Throughput {

    private static final Logger LOG = LoggerFactory.getLogger(Throughput.class);
    private static final double NANOS = 1e9;
    private static final double MILLIS = 1e3;
    private static final double P99 = 0.99;
    private static final double LEAST_SECONDS = 1;

    private final MeterRegistry registry;
    private final Counter samples;
    private final IntSupplier pending;
    private final LongSupplier nanoTime;
    private double samplesBefore;
    private WriteLatencies before;
    private long loggedAt;

    Throughput(MeterRegistry registry, Counter samples, IntSupplier pending, LongSupplier nanoTime) {
        this.registry = registry;
        this.samples = samples;
        this.pending = pending;
        this.nanoTime = nanoTime;
        this.before = WriteLatencies.read(registry);
        this.loggedAt = nanoTime.getAsLong();
    }

    /** Logs the time since the last call; nothing if hardly any has passed, as at the start. */
    public void log() {
        long now = nanoTime.getAsLong();
        double seconds = (now - loggedAt) / NANOS;
        if (seconds < LEAST_SECONDS) {
            return;
        }
        double samplesNow = samples.count();
        WriteLatencies latencies = WriteLatencies.read(registry);
        report(
                rounded((samplesNow - samplesBefore) / seconds),
                rounded((latencies.count() - before.count()) / seconds),
                rounded(latencies.quantileSince(before, P99) * MILLIS));
        samplesBefore = samplesNow;
        before = latencies;
        loggedAt = now;
    }

    private void report(double samplesPerSecond, double requestsPerSecond, double p99Millis) {
        int waiting = pending.getAsInt();
        LOG.atInfo()
                .addKeyValue("samples_per_second", samplesPerSecond)
                .addKeyValue("requests_per_second", requestsPerSecond)
                .addKeyValue("p99_ms", p99Millis)
                .addKeyValue("pending", waiting)
                .log(
                        "{} samples/s, {} requests/s, p99 {} ms, {} pending",
                        samplesPerSecond,
                        requestsPerSecond,
                        p99Millis,
                        waiting);
    }

    private static double rounded(double value) {
        return Math.round(value * 10) / 10.0;
    }
}
