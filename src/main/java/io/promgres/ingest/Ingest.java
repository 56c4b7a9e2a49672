package io.promgres.ingest;

import io.promgres.model.DecodedWrite;
import io.promgres.model.Rejections;
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
    private final Flusher late;
    private final Flushers flushers;
    private final Interners interners;
    private final ViewMaker viewMaker;
    private final MetadataWriter metadata;
    private final ExemplarWriter exemplars;
    private final HistogramWriter histograms;
    private final StartWriter starts;
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

    /** @param limits of series, as long as nobody changes them */
    public Ingest(Stores stores, SeriesLimits limits, Removals removals, KnownMetadata knownMetadata, Metrics metrics) {
        budget = new SeriesBudget(stores.series(), limits, System::nanoTime);
        late = new Flusher("late", Flushers.Share.ALL, stores.lateLanding(), null, removals, metrics);
        flushers = new Flushers(stores.landing(), late, removals, metrics);
        viewMaker = new ViewMaker(stores.views(), metrics);
        interners = new Interners(
                new Interners.Ways(stores.series(), budget, viewMaker, stores.projection(), flushers),
                removals,
                metrics);
        metadata = new MetadataWriter(stores.metadata(), knownMetadata, metrics);
        // For each a memory of its own: each has its own thread, and its own series.
        Supplier<SeriesIds> ids = () -> new SeriesIds(stores.series(), budget, removals, this::makeViews);
        exemplars = new ExemplarWriter(stores.exemplars(), ids.get(), metrics);
        histograms = new HistogramWriter(stores.histograms(), ids.get(), this::makeViews, metrics);
        starts = new StartWriter(stores.starts(), ids.get(), removals, metrics);
    }

    /** From now on these limits hold. */
    public void limit(SeriesLimits limits) {
        budget.limit(limits);
    }

    public void start() {
        late.start();
        flushers.start();
        viewMaker.start();
        interners.start();
        metadata.start();
        exemplars.start();
        histograms.start();
        starts.start();
    }

    /** Takes a request; does not wait. Its batch belongs to this object until the acknowledgement. */
    public void submit(DecodedWrite write, Acknowledgement acknowledgement) {
        boolean known = write.known().size() > 0;
        boolean unknown = !write.unknown().isEmpty();
        boolean described = !write.metadata().isEmpty();
        boolean exemplified = !write.exemplars().isEmpty();
        boolean distributed = !write.histograms().isEmpty();
        boolean started = !write.starts().isEmpty();
        int parts = count(known, unknown, described, exemplified, distributed, started);
        if (parts == 0) {
            acknowledgement.stored(write.rejections());
            return;
        }
        pending.incrementAndGet();
        PendingWrite parted = new PendingWrite(parts, write.rejections(), new Counted(acknowledgement));
        if (known) {
            flushers.add(write.known(), parted);
        }
        if (unknown) {
            interners.add(write.unknown(), parted);
        }
        if (described) {
            metadata.add(new BatchWriter.Part<>(write.metadata(), parted));
        }
        if (exemplified) {
            exemplars.add(new BatchWriter.Part<>(write.exemplars(), parted));
        }
        if (distributed) {
            histograms.add(new BatchWriter.Part<>(write.histograms(), parted));
        }
        if (started) {
            starts.add(new BatchWriter.Part<>(write.starts(), parted));
        }
    }

    private static int count(boolean... parts) {
        int count = 0;
        for (boolean part : parts) {
            count += part ? 1 : 0;
        }
        return count;
    }

    /** Ends a request's time among the pending ones with its answer. */
    private final class Counted implements Acknowledgement {
        private final Acknowledgement acknowledgement;

        Counted(Acknowledgement acknowledgement) {
            this.acknowledgement = acknowledgement;
        }

        @Override
        public void stored(Rejections rejections) {
            pending.decrementAndGet();
            failures.stored();
            acknowledgement.stored(rejections);
        }

        @Override
        public boolean isAwaited() {
            return acknowledgement.isAwaited();
        }

        @Override
        public void unavailable(String reason) {
            pending.decrementAndGet();
            failures.failed(reason);
            acknowledgement.unavailable(reason);
        }
    }

    /** Requests that were submitted and are not acknowledged yet. */
    public int pending() {
        return pending.get();
    }

    /** Why this cannot do its work any more, however well the database is; empty if it can. */
    public Optional<String> stuck(Duration patience) {
        Stream<Worker<?>> others =
                Stream.concat(interners.workers(), Stream.of(late, viewMaker, metadata, exemplars, histograms, starts));
        return Stream.concat(flushers.workers(), others)
                .flatMap(worker -> worker.stuck(patience).stream())
                .findFirst();
    }

    /** Why the last requests were not stored; empty if a request was stored since, or none failed within a minute. */
    public Optional<String> failing() {
        return failures.now();
    }

    /** Has the views of these metrics made, soon. */
    public void makeViews(List<Integer> metricIds) {
        if (!metricIds.isEmpty()) {
            viewMaker.add(metricIds);
        }
    }

    /** Whether anything that was sent waits to be written: background work gives way then. */
    public boolean isBusy() {
        return flushers.isBusy()
                || interners.isBusy()
                || Stream.of(late, metadata, exemplars, histograms, starts).anyMatch(Worker::isBusy);
    }

    /** Finishes what was submitted, then stops. What is submitted afterwards is refused. */
    @Override
    public void close() {
        metadata.close();
        exemplars.close();
        histograms.close();
        starts.close();
        interners.close();
        flushers.close();
        late.close();
        viewMaker.close();
    }
}
