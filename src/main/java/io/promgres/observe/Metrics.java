package io.promgres.observe;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.core.metrics.Info;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleSupplier;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Every metric that promgres keeps of itself. Names follow the Prometheus conventions: base units, {@code _total} for
 * counters. All meters of the write path exist from the start, so that recording allocates nothing and a metric that
 * has not moved yet reads 0 instead of being absent. Thread-safe.
 */
public final class Metrics implements AutoCloseable {

    private static final double NANOS = 1e9;

    private final PrometheusMeterRegistry registry =
            ProcessMetrics.withoutTheirs(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
    private final JvmGcMetrics gc = new JvmGcMetrics();
    private final Map<String, AtomicLong> gauges = new ConcurrentHashMap<>();
    // The registry has no more than a weak reference to what a function counter reads.
    private final List<LongSupplier> kept = new CopyOnWriteArrayList<>();

    private final Counter overload = counter(
            "promgres_ingest_overload_total",
            "Requests answered 503 because the budget of bytes in flight stayed used up");
    private final Counter samples =
            counter("promgres_ingest_samples_total", "Samples received and accepted for storage");
    private final Counter histograms =
            counter("promgres_ingest_histograms_total", "Native histograms received and accepted for storage");
    private final Counter exemplars =
            counter("promgres_ingest_exemplars_total", "Exemplars received and accepted for storage");
    private final Counter replicaSamplesDropped = counter(
            "promgres_replica_samples_dropped_total",
            "Samples acknowledged and not stored, because another replica of their cluster leads");
    private final Counter duplicates = counter(
            "promgres_ingest_duplicate_samples_total", "Samples that were stored already, and kept their first value");
    private final Counter differing = counter(
            "promgres_ingest_differing_samples_total",
            "Samples whose series and time had another value, which stays; without those of blocks that are packed");
    private final Counter flushedRows = counter("promgres_flush_rows_total", "Landing rows written and committed");
    private final Counter flushedSamples = counter("promgres_flush_samples_total", "Samples written and committed");
    private final Counter failedFlushes = counter(
            "promgres_flush_failures_total", "Flushes that did not commit; their samples are retried or refused");
    private final Timer flush = timer("promgres_flush_duration", "From taking a flush's requests to its commit")
            .register(registry);
    // Not series_created: _created is a suffix that OpenMetrics keeps for itself, and the registry cuts it off.
    private final Counter seriesCreated = counter("promgres_series_added_total", "Series stored for the first time");

    private volatile double reloadSuccessful = 1;
    private volatile double reloadedAtSeconds;

    private final Timer decode = timer("promgres_decode_duration", "From a request's bytes to its samples")
            .register(registry);
    private final Timer intern = timer(
                    "promgres_intern_duration", "From a batch of new series to their rows in the catalog")
            .register(registry);
    private final PackingMetrics packing = new PackingMetrics(registry);
    private final HttpMetrics http = new HttpMetrics(registry);

    /** @param version of this build, as {@code promgres version} prints it */
    public Metrics(String version) {
        Info.builder()
                .name("promgres_build_info")
                .help("What runs")
                .labelNames("version", "java_version")
                .register(registry.getPrometheusRegistry())
                .addLabelValues(version, Runtime.version().toString());
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
        new ProcessMetrics().bindTo(registry);
        gc.bindTo(registry);
    }

    /** The registry, for the metrics that libraries keep of themselves and for the scrape. */
    public PrometheusMeterRegistry registry() {
        return registry;
    }

    /** The configuration was read again while running. */
    public void reloaded(boolean successful, Instant at) {
        reloadSuccessful = successful ? 1 : 0;
        if (successful) {
            reloadedAtSeconds = at.toEpochMilli() / 1e3;
        }
    }

    /** Shows the bytes in flight and their budget; call once. */
    public void showInFlight(LongSupplier usedBytes, LongSupplier budgetBytes, LongSupplier waiting) {
        gauge("promgres_ingest_in_flight_bytes", "Bytes of requests that are being worked on", usedBytes::getAsLong);
        gauge("promgres_ingest_in_flight_limit_bytes", "The budget of bytes in flight", budgetBytes::getAsLong);
        gauge("promgres_ingest_waiting_requests", "Requests that wait for bytes in flight", waiting::getAsLong);
    }

    /**
     * Shows the size of a cache; call once for each.
     *
     * @param cache series, symbol or metadata
     */
    public void showCache(String cache, LongSupplier entries, LongSupplier bytes) {
        gauge(
                "promgres_" + cache + "_cache_entries",
                "What the " + cache + " cache knows without the database",
                entries::getAsLong);
        gauge("promgres_" + cache + "_cache_bytes", "Memory of the " + cache + " cache", bytes::getAsLong);
    }

    /** Shows how many requests are between their decoding and their answer; call once. */
    public void showPending(IntSupplier requests) {
        gauge(
                "promgres_ingest_pending_requests",
                "Write requests that are decoded and not answered yet",
                requests::getAsInt);
    }

    /** Shows what the database holds, as it was looked at last; call once. */
    public void showStored(Supplier<StoredState> state) {
        new StoredMetrics(state).bindTo(registry);
    }

    /**
     * The meters of a queue; ask once for each.
     *
     * @param length items that wait now
     * @param oldestNanos how long the oldest of them, or what is worked on, has waited for progress
     */
    public QueueMetrics queue(String name, IntSupplier length, LongSupplier oldestNanos) {
        Gauge.builder("promgres_queue_oldest_seconds", () -> oldestNanos.getAsLong() / NANOS)
                .description("How long the oldest part of a request waits, or is worked on without progress")
                .tag("queue", name)
                .register(registry);
        Gauge.builder("promgres_queue_items", length::getAsInt)
                .description("Parts of requests that wait for a thread")
                .tag("queue", name)
                .register(registry);
        return new QueueMetrics(timer("promgres_queue_wait", "How long parts of requests waited for a thread")
                .tag("queue", name)
                .register(registry));
    }

    /** The meters of a job that is done again and again; ask once for each. */
    public JobMetrics job(String name) {
        return new JobMetrics(name, registry);
    }

    /** The meters of the HTTP server. */
    public HttpMetrics http() {
        return http;
    }

    /** The meters of the packer. */
    public PackingMetrics packing() {
        return packing;
    }

    /** @param pending write requests that wait for their answer now */
    public Throughput throughput(IntSupplier pending) {
        return new Throughput(registry, flushedSamples, pending, System::nanoTime);
    }

    /** A request was decoded, or found to be none. */
    public void decoded(long nanos) {
        decode.record(nanos, TimeUnit.NANOSECONDS);
    }

    /**
     * A batch of series was interned.
     *
     * @param created those that were not stored before
     */
    public void interned(int created, long nanos) {
        seriesCreated.increment(created);
        intern.record(nanos, TimeUnit.NANOSECONDS);
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

    public void histogramsAccepted(int count) {
        histograms.increment(count);
    }

    public void exemplarsAccepted(int count) {
        exemplars.increment(count);
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

    /**
     * What energy lacks, by the last look.
     *
     * @param sessions that run and match no series
     * @param machines that had energy within an hour whose carbon nothing tells
     */
    public void energyGaps(long sessions, long machines) {
        gauge(
                        "promgres_energy_unmatched_sessions",
                        "Sessions that run and match no series of a rule: see v_unmatched_workspaces")
                .set(sessions);
        gauge(
                        "promgres_energy_machines_without_carbon",
                        "Machines with energy within an hour that no intensity is known for")
                .set(machines);
    }

    private AtomicLong gauge(String name, String meaning) {
        return gauges.computeIfAbsent(name, key -> {
            AtomicLong value = new AtomicLong();
            Gauge.builder(key, value, AtomicLong::get).description(meaning).register(registry);
            return value;
        });
    }

    public void replicaSamplesDropped(int count) {
        replicaSamplesDropped.increment(count);
    }

    public void samplesDuplicate(int count) {
        duplicates.increment(count);
    }

    public void samplesDiffering(long count) {
        differing.increment(count);
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
        return Timer.builder(name).description(description).serviceLevelObjectives(LatencyBuckets.ALL);
    }

    /** @param aheadSeconds how far the clock of the database is ahead of this machine's */
    public void showClock(DoubleSupplier aheadSeconds) {
        gauge(
                "promgres_database_clock_ahead_seconds",
                "How far the clock of the database is ahead of the daemon's",
                aheadSeconds);
    }

    private void gauge(String name, String description, DoubleSupplier value) {
        Gauge.builder(name, value::getAsDouble).description(description).register(registry);
    }

    private void growing(String name, String description, LongSupplier value) {
        kept.add(value);
        FunctionCounter.builder(name, value, LongSupplier::getAsLong)
                .description(description)
                .register(registry);
    }
}
