package io.promgres.ingest;

import io.promgres.model.Counts;
import io.promgres.model.DecodedWrite;
import io.promgres.model.SeriesHistogram;
import io.promgres.observe.Metrics;
import io.promgres.store.HistogramStore;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Stores native histograms. What it reports as stored is committed, and its series is there: a transaction that removes
 * series waits for what is being written.
 */
final class HistogramWriter extends BatchWriter<SeriesHistogram> {

    private static final int ENOUGH = 5_000;

    private final SeriesIds ids;
    private final HistogramStore store;
    private final Consumer<List<Integer>> views;

    /** @param views has the views of metrics made */
    HistogramWriter(HistogramStore store, SeriesIds ids, Consumer<List<Integer>> views, Metrics metrics) {
        super("histograms", DecodedWrite::histograms, ENOUGH, metrics);
        this.ids = ids;
        this.store = store;
        this.views = views;
    }

    @Override
    void write(List<Part<SeriesHistogram>> parts) throws SQLException {
        SeriesLocations homes = ids.write(items(parts), SeriesHistogram::series, this::write);
        parts.forEach(part -> homes.rejectUnlocated(part, SeriesHistogram::series, this::counts, "a histogram"));
    }

    private Set<Long> write(List<SeriesHistogram> histograms, List<Long> seriesIds) throws SQLException {
        HistogramStore.Written written = store.write(histograms, seriesIds);
        views.accept(written.staleViews());
        return written.gone();
    }

    @Override
    Counts counts(int histograms) {
        return new Counts(0, histograms, 0);
    }
}
