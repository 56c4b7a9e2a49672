package io.promgres.ingest;

import io.promgres.model.DecodedWrite;
import io.promgres.observe.Metrics;
import io.promgres.series.KnownMetadata;
import io.promgres.series.Removals;
import io.promgres.store.ExemplarStore;
import io.promgres.store.HistogramStore;
import io.promgres.store.MetadataStore;
import io.promgres.store.RowWriter;
import io.promgres.store.SeriesStore;
import io.promgres.store.StartStore;
import io.promgres.store.ViewStore;
import io.promgres.store.WriteObserver;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * From decoded requests to committed samples. Samples of known series go to the {@link Flushers} at once; those of new
 * series pass the {@link Interners} first, on a thread and a connection of its own, so that a storm of new series does not
 * hold up the others; so does metadata that was not known. A request is acknowledged when all of its parts are committed.
 *
 * <p>Neither queue is bounded here: the caller holds a claim on the bytes in flight until the acknowledgement.
 */
public final class Ingest implements AutoCloseable {

    private final SeriesBudget budget;
    private final ViewMaker viewMaker;
    private final Flusher late;

    /** In the order in which they stop: each may hand something to those behind it. */
    private final List<Lane> lanes;

    private final AtomicInteger pending = new AtomicInteger();
    private final WriteFailures failures = new WriteFailures(System::nanoTime);

    /**
     * Where the parts of a request are written.
     *
     * @param landing the fast ways, which share the series
     * @param lateLanding the way of samples whose time has been packed
     * @param projection told of interned series; the writers tell it of their samples
     */
    public record Stores(
            SeriesStore series,
            ViewStore views,
            List<? extends RowWriter> landing,
            RowWriter lateLanding,
            MetadataStore metadata,
            ExemplarStore exemplars,
            HistogramStore histograms,
            StartStore starts,
            WriteObserver projection) {}

    /** Without limits of series. */
    public Ingest(Stores stores, Removals removals, KnownMetadata knownMetadata, Metrics metrics) {
        this(stores, SeriesLimits.NONE, removals, knownMetadata, metrics);
    }

    /** @param limits of series, as long as no reload changes them */
    public Ingest(Stores stores, SeriesLimits limits, Removals removals, KnownMetadata knownMetadata, Metrics metrics) {
        budget = new SeriesBudget(stores.series(), limits, System::nanoTime);
        viewMaker = new ViewMaker(stores.views(), metrics);
        late = new Flusher("late", Flushers.Share.ALL, stores.lateLanding(), null, removals, metrics);
        Flushers flushers = new Flushers(stores.landing(), late, removals, metrics);
        // For each a memory of its own: each has its own thread, and its own series.
        Supplier<SeriesIds> ids = () -> new SeriesIds(stores.series(), budget, removals, this::makeViews);
        lanes = List.of(
                new MetadataWriter(stores.metadata(), knownMetadata, metrics),
                new ExemplarWriter(stores.exemplars(), ids.get(), metrics),
                new HistogramWriter(stores.histograms(), ids.get(), this::makeViews, metrics),
                new StartWriter(stores.starts(), ids.get(), removals, metrics),
                new Interners(
                        new Interners.Ways(stores.series(), budget, viewMaker, stores.projection(), flushers),
                        removals,
                        metrics),
                flushers);
    }

    /** From now on these limits hold. */
    public void limit(SeriesLimits limits) {
        budget.limit(limits);
    }

    public void start() {
        writers().forEach(Worker::start);
        viewMaker.start();
    }

    /** Takes a request; does not wait. Its batch belongs to this object until the acknowledgement. */
    public void submit(DecodedWrite write, Acknowledgement acknowledgement) {
        int parts = 0;
        for (Lane lane : lanes) {
            parts += lane.concerns(write) ? 1 : 0;
        }
        if (parts == 0) {
            acknowledgement.stored(write.rejections());
            return;
        }
        PendingWrite parted = new PendingWrite(parts, write.rejections(), acknowledgement, pending, failures);
        // The batch of known samples is the caller's again as soon as the last part ends.
        for (Lane lane : lanes) {
            if (lane.concerns(write)) {
                lane.accept(write, parted);
            }
        }
    }

    /** Requests that were submitted and are not acknowledged yet. */
    public int pending() {
        return pending.get();
    }

    /** Why this cannot do its work any more, however well the database is; empty if it can. */
    public Optional<String> stuck(Duration patience) {
        return Stream.concat(writers(), Stream.of(viewMaker))
                .flatMap(worker -> worker.stuck(patience).stream())
                .findFirst();
    }

    /** Why the last requests were not stored; empty if a request was stored since, or none failed within a minute. */
    public Optional<String> failing() {
        return failures.now();
    }

    /** In the order in which they stop. */
    private Stream<Worker<?>> writers() {
        return Stream.concat(lanes.stream().flatMap(Lane::workers), Stream.of(late));
    }

    /** Has the views of these metrics made, soon. */
    public void makeViews(List<Integer> metricIds) {
        if (!metricIds.isEmpty()) {
            viewMaker.add(metricIds);
        }
    }

    /** Whether anything that was sent waits to be written: background work gives way then. */
    public boolean isBusy() {
        return writers().anyMatch(Worker::isBusy);
    }

    /** Finishes what was submitted, then stops. What is submitted afterwards is refused. */
    @Override
    public void close() {
        writers().forEach(Worker::close);
        viewMaker.close();
    }
}
