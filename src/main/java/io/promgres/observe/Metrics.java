package io.promgres.observe;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.core.metrics.Info;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * Every metric that promgres keeps of itself. Names follow the Prometheus conventions: base units, {@code _total} for
 * counters. All meters of the write path exist from the start, so that recording allocates nothing and a metric that
 * has not moved yet reads 0 instead of being absent. Thread-safe.
 */
public final class Metrics implements AutoCloseable {

    // From a fast answer of one flush to the 30 s after which Prometheus gives up.
    private static final Duration[] LATENCY_BUCKETS = {
        Duration.ofMillis(1),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofMillis(2_500),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        Duration.ofSeconds(30)
    };

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics gc = new JvmGcMetrics();

    private final Counter overload = counter(
            "promgres_ingest_overload_total",
            "Requests answered 503 because the budget of bytes in flight stayed used up");
    private final Counter samples =
            counter("promgres_ingest_samples_total", "Samples received and accepted for storage");
    private final Counter duplicates = counter(
            "promgres_ingest_duplicate_samples_total", "Samples that were stored already, and kept their first value");
    private final Counter flushedRows = counter("promgres_flush_rows_total", "Landing rows written and committed");
    private final Counter flushedSamples = counter("promgres_flush_samples_total", "Samples written and committed");
    private final Counter failedFlushes = counter(
            "promgres_flush_failures_total", "Flushes that did not commit; their samples are retried or refused");
    private final Timer flush = timer("promgres_flush_duration", "From taking a flush's requests to its commit")
            .register(registry);
    // Not series_created: _created is a suffix that OpenMetrics keeps for itself, and the registry cuts it off.
    private final Counter seriesCreated = counter("promgres_series_added_total", "Series stored for the first time");

    private final Counter tlsFailures =
            counter("promgres_http_tls_handshake_failures_total", "Connections that ended before TLS was established");
    private volatile double reloadSuccessful = 1;
    private volatile double reloadedAtSeconds;

    private final Counter packedSamples =
            counter("promgres_packing_samples_total", "Samples moved from the landing table into packed tables");
    private final Counter packingFailures =
            counter("promgres_packing_failures_total", "Units that were not packed and stayed in the landing table");
    private final Counter packingMismatches = counter(
            "promgres_packing_mismatches_total",
            "Units that did not read back as they were written, and were rolled back");
    private final Timer packing = timer("promgres_packing_unit_duration", "The transaction that packs a unit")
            .register(registry);
    private volatile double packingBehind;

    /** @param version of this build, as {@code promgres version} prints it */
    public Metrics(String version) {
        Info.builder()
                .name("promgres_build_info")
                .help("What runs")
                .labelNames("version", "java_version")
                .register(registry.getPrometheusRegistry())
                .addLabelValues(version, Runtime.version().toString());
        gauge(
                "promgres_packing_behind_seconds",
                "For how long the oldest block that is being packed could have been packed already",
                () -> packingBehind);
        gauge(
                "promgres_config_last_reload_successful",
                "Whether the configuration was right when it was last read",
                () -> reloadSuccessful);
        gauge(
                "promgres_config_last_reload_success_timestamp_seconds",
                "When the configuration was last read again, 0 for never since the start",
                () -> reloadedAtSeconds);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        gc.bindTo(registry);
    }

    /** The registry, for the metrics that libraries keep of themselves and for the scrape. */
    public PrometheusMeterRegistry registry() {
        return registry;
    }

    /**
     * The meters of one route; ask once, at start.
     *
     * @param path as in the routing table, never as a client sent it
     * @param method likewise
     */
    public RouteMetrics route(String path, String method) {
        Timer duration = timer("promgres_http_request_duration", "From a request's headers to its response")
                .tag("path", path)
                .register(registry);
        return new RouteMetrics(
                code -> Counter.builder("promgres_http_requests_total")
                        .description("HTTP requests answered")
                        .tag("path", path)
                        .tag("method", method)
                        .tag("code", Integer.toString(code))
                        .register(registry),
                duration);
    }

    /**
     * The counters of what clients ran into; ask once, at start.
     *
     * @param limits by the names that the label {@code limit} shows
     */
    public <E extends Enum<E>> CounterByReason<E> limitRefusals(Class<E> limits) {
        return new CounterByReason<>(
                limits,
                limit -> Counter.builder("promgres_http_limit_refusals_total")
                        .description("Requests or connections that were refused or closed because of a limit")
                        .tag("limit", limit.toString())
                        .register(registry));
    }

    /**
     * A request was answered 401 or 403.
     *
     * @param group of routes
     * @param known whether the credentials were right, but not for this group
     */
    public void unauthorized(String group, boolean known) {
        Counter.builder("promgres_http_unauthorized_total")
                .description("Requests without the right credentials for their group of routes")
                .tag("group", group)
                .tag("code", known ? "403" : "401")
                .register(registry)
                .increment();
    }

    public void tlsHandshakeFailed() {
        tlsFailures.increment();
    }

    /** The configuration was read again while running. */
    public void reloaded(boolean successful, Instant at) {
        reloadSuccessful = successful ? 1 : 0;
        if (successful) {
            reloadedAtSeconds = at.toEpochMilli() / 1e3;
        }
    }

    /** Shows what HTTP clients take; call once. */
    public void showHttp(LongSupplier connections, LongSupplier requests) {
        gauge("promgres_http_connections", "HTTP connections that are open", connections::getAsLong);
        gauge("promgres_http_requests_in_flight", "HTTP requests that are being worked on", requests::getAsLong);
    }

    /** Shows the bytes in flight and their budget; call once. */
    public void showInFlight(LongSupplier usedBytes, LongSupplier budgetBytes, LongSupplier waiting) {
        gauge("promgres_ingest_in_flight_bytes", "Bytes of requests that are being worked on", usedBytes::getAsLong);
        gauge("promgres_ingest_in_flight_limit_bytes", "The budget of bytes in flight", budgetBytes::getAsLong);
        gauge("promgres_ingest_waiting_requests", "Requests that wait for bytes in flight", waiting::getAsLong);
    }

    /** Shows the series cache's size; call once. */
    public void showSeriesCache(LongSupplier entries, LongSupplier bytes) {
        gauge(
                "promgres_series_cache_entries",
                "Series whose address is known without the database",
                entries::getAsLong);
        gauge("promgres_series_cache_bytes", "Memory of the series cache", bytes::getAsLong);
    }

    /** Shows the series cache's look-ups, both growing; call once. */
    public void showSeriesCacheUse(LongSupplier hits, LongSupplier misses) {
        growing("promgres_series_cache_hits_total", "Series found in the cache", hits);
        growing("promgres_series_cache_misses_total", "Series not found in the cache", misses);
    }

    /** A request was answered 503 because the budget stayed used up. */
    public void overloaded() {
        overload.increment();
    }

    public void samplesAccepted(int count) {
        samples.increment(count);
    }

    /**
     * The counters of samples that cannot be stored; ask once, at start.
     *
     * @param reasons why, by the names that the label {@code reason} shows
     */
    public <E extends Enum<E>> CounterByReason<E> rejectedSamples(Class<E> reasons) {
        return new CounterByReason<>(
                reasons,
                reason -> Counter.builder("promgres_ingest_rejected_samples_total")
                        .description("Samples that cannot be stored")
                        .tag("reason", reason.toString())
                        .register(registry));
    }

    /**
     * A rule cannot use a sample, which is stored all the same.
     *
     * @param rule its name
     * @param reason why
     */
    public void energySampleSkipped(String rule, String reason) {
        Counter.builder("promgres_energy_skipped_samples_total")
                .description("Stored samples that an energy rule chose but cannot use")
                .tag("rule", rule)
                .tag("reason", reason)
                .register(registry)
                .increment();
    }

    public void samplesDuplicate(int count) {
        duplicates.increment(count);
    }

    public void seriesCreated(int count) {
        seriesCreated.increment(count);
    }

    /**
     * A flush was committed.
     *
     * @param rows landing rows
     * @param samples in those rows
     * @param nanos from taking the requests to the commit
     */
    public void flushed(int rows, int samples, long nanos) {
        flushedRows.increment(rows);
        flushedSamples.increment(samples);
        flush.record(nanos, TimeUnit.NANOSECONDS);
    }

    /** A unit was packed. */
    public void packed(long samples, Duration duration) {
        packedSamples.increment(samples);
        packing.record(duration);
    }

    public void packingFailed() {
        packingFailures.increment();
    }

    public void packingMismatch() {
        packingMismatches.increment();
    }

    /** @param seconds since the block that is being packed could have been packed; 0 if none waits */
    public void packingBehind(double seconds) {
        packingBehind = seconds;
    }

    public void flushFailed() {
        failedFlushes.increment();
    }

    /** Stops what listens for garbage collections, and forgets all meters. */
    @Override
    public void close() {
        gc.close();
        registry.close();
    }

    private Counter counter(String name, String description) {
        return Counter.builder(name).description(description).register(registry);
    }

    // The registry appends _seconds to the name of a timer.
    private Timer.Builder timer(String name, String description) {
        return Timer.builder(name).description(description).serviceLevelObjectives(LATENCY_BUCKETS);
    }

    private void gauge(String name, String description, DoubleSupplier value) {
        Gauge.builder(name, value::getAsDouble).description(description).register(registry);
    }

    private void growing(String name, String description, LongSupplier value) {
        FunctionCounter.builder(name, value, LongSupplier::getAsLong)
                .description(description)
                .register(registry);
    }
}
