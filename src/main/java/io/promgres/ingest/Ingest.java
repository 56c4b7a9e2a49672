package io.promgres.ingest;

import io.promgres.model.DecodedWrite;
import io.promgres.observe.Metrics;
import io.promgres.series.SeriesCache;
import io.promgres.store.RowWriter;
import io.promgres.store.SeriesStore;
import io.promgres.store.ViewStore;
import java.util.List;

/**
 * From decoded requests to committed samples. Samples of known series go to the {@link Flusher} at once; those of new
 * series pass the {@link Interner} first, on a thread and a connection of its own, so that a storm of new series does not
 * hold up the others. A request is acknowledged when all of its parts are committed.
 *
 * <p>Neither queue is bounded here: whoever submits holds a claim on {@link InFlight} until the acknowledgement.
 */
public final class Ingest implements AutoCloseable {

    private final Flusher late;
    private final Flusher flusher;
    private final Interner interner;
    private final ViewMaker viewMaker;

    /**
     * @param landing the fast way
     * @param lateLanding the way of samples whose time has been packed
     */
    public Ingest(
            SeriesStore series,
            ViewStore views,
            RowWriter landing,
            RowWriter lateLanding,
            SeriesCache cache,
            Metrics metrics) {
        late = new Flusher("promgres-late", lateLanding, null, metrics);
        flusher = new Flusher("promgres-flusher", landing, late, metrics);
        viewMaker = new ViewMaker(views);
        interner = new Interner(series, viewMaker, cache, flusher, metrics);
    }

    public void start() {
        late.start();
        flusher.start();
        viewMaker.start();
        interner.start();
    }

    /** Takes a request; does not wait. Its batch belongs to this object until the acknowledgement. */
    public void submit(DecodedWrite write, Acknowledgement acknowledgement) {
        boolean known = write.known().size() > 0;
        boolean unknown = !write.unknown().isEmpty();
        int parts = (known ? 1 : 0) + (unknown ? 1 : 0);
        if (parts == 0) {
            acknowledgement.stored(write.rejections());
            return;
        }
        PendingWrite pending = new PendingWrite(parts, write.rejections(), acknowledgement);
        if (known) {
            flusher.add(new Flusher.Part(write.known(), pending));
        }
        if (unknown) {
            interner.add(new Interner.Request(write.unknown(), pending));
        }
    }

    /** Has the views of these metrics made, soon. */
    public void makeViews(List<Integer> metricIds) {
        viewMaker.add(metricIds);
    }

    /** Whether samples or series wait: background work gives way then. */
    public boolean isBusy() {
        return flusher.isBusy() || late.isBusy() || interner.isBusy();
    }

    /** Finishes what was submitted, then stops. What is submitted afterwards is refused. */
    @Override
    public void close() {
        interner.close();
        flusher.close();
        late.close();
        viewMaker.close();
    }
}
