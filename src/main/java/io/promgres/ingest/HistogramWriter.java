package io.promgres.ingest;

import io.promgres.model.Counts;
import io.promgres.model.LabelSet;
import io.promgres.model.Rejections.Reason;
import io.promgres.model.SeriesHistogram;
import io.promgres.observe.Metrics;
import io.promgres.store.HistogramStore;
import io.promgres.store.SeriesStore;
import io.promgres.store.SqlErrors;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Stores native histograms, on a thread of its own, so that samples wait for none. What it reports as stored is committed,
 * and its series is there: whoever removes series waits for what is being written.
 */
final class HistogramWriter extends Worker<HistogramWriter.Part> {

    private static final int BATCH = 5_000;

    /** Histograms of one request. */
    record Part(List<SeriesHistogram> histograms, PendingWrite pending) {}

    private final SeriesIds ids;
    private final HistogramStore store;
    private final Consumer<List<Integer>> views;

    /** @param views has the views of metrics made */
    HistogramWriter(SeriesStore series, HistogramStore store, Consumer<List<Integer>> views, Metrics metrics) {
        super("histograms", metrics);
        ids = new SeriesIds(series, views);
        this.store = store;
        this.views = views;
    }

    @Override
    void work(Part first) {
        List<Part> parts = new ArrayList<>();
        int size = 0;
        for (Part part = first; part != null; part = size < BATCH ? poll() : null) {
            parts.add(part);
            size += part.histograms().size();
        }
        store(parts);
    }

    private void store(List<Part> parts) {
        List<SeriesHistogram> histograms =
                parts.stream().flatMap(part -> part.histograms().stream()).toList();
        Map<LabelSet, Long> found;
        try {
            found = write(histograms);
        } catch (SQLException | RuntimeException e) {
            fail(parts, e);
            return;
        }
        parts.forEach(part -> end(part, found));
    }

    /** Series that have been removed since they were remembered are interned anew, once. */
    private Map<LabelSet, Long> write(List<SeriesHistogram> histograms) throws SQLException {
        for (int round = 0; round < 2; round++) {
            Map<LabelSet, Long> found =
                    ids.find(histograms.stream().map(SeriesHistogram::series).toList());
            List<SeriesHistogram> storable = histograms.stream()
                    .filter(histogram -> found.get(histogram.series()) != SeriesIds.NO_ROOM)
                    .toList();
            HistogramStore.Written written = store.write(
                    storable,
                    storable.stream()
                            .map(histogram -> found.get(histogram.series()))
                            .toList());
            if (!written.staleViews().isEmpty()) {
                views.accept(written.staleViews());
            }
            if (written.gone().isEmpty()) {
                return found;
            }
            ids.forget(written.gone());
        }
        throw new SQLException("series of histograms are removed as fast as they are made");
    }

    private static void end(Part part, Map<LabelSet, Long> found) {
        int homeless = (int) part.histograms().stream()
                .filter(histogram -> found.get(histogram.series()) == SeriesIds.NO_ROOM)
                .count();
        if (homeless > 0) {
            part.pending()
                    .reject(
                            Reason.TOO_MANY_LABEL_NAMES,
                            new Counts(0, homeless, 0),
                            "the metric of a histogram has too many different label names already");
        }
        part.pending().stored();
    }

    /** What the database refuses must not take its neighbours along: each request is tried alone then. */
    private void fail(List<Part> parts, Exception e) {
        boolean refused = e instanceof SQLException sql && SqlErrors.of(sql) == SqlErrors.REFUSED;
        if (refused && parts.size() > 1) {
            parts.forEach(part -> store(List.of(part)));
            return;
        }
        for (Part part : parts) {
            if (refused) {
                Counts all = new Counts(0, part.histograms().size(), 0);
                part.pending().reject(Reason.REFUSED_BY_DATABASE, all, "histograms: " + e.getMessage());
                part.pending().stored();
            } else {
                part.pending().failed("the database did not take histograms: " + e.getMessage());
            }
        }
    }

    @Override
    void refuse(Part part, String reason) {
        part.pending().failed(reason);
    }
}
