package io.promgres.ingest;

import io.promgres.model.Counts;
import io.promgres.model.LabelSet;
import io.promgres.model.Rejections.Reason;
import io.promgres.model.SeriesExemplar;
import io.promgres.observe.Metrics;
import io.promgres.store.ExemplarStore;
import io.promgres.store.SeriesStore;
import io.promgres.store.SqlErrors;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Stores exemplars, on a thread of its own. Their series are interned like those of samples.
 */
final class ExemplarWriter extends Worker<ExemplarWriter.Part> {

    private static final int BATCH = 5_000;

    /** Exemplars of one request. */
    record Part(List<SeriesExemplar> exemplars, PendingWrite pending) {}

    private final SeriesIds ids;
    private final ExemplarStore store;

    /** @param views has the views of metrics made */
    ExemplarWriter(SeriesStore series, ExemplarStore store, Consumer<List<Integer>> views, Metrics metrics) {
        super("exemplars", metrics);
        ids = new SeriesIds(series, views);
        this.store = store;
    }

    @Override
    void work(Part first) {
        List<Part> parts = new ArrayList<>();
        int size = 0;
        for (Part part = first; part != null; part = size < BATCH ? poll() : null) {
            parts.add(part);
            size += part.exemplars().size();
        }
        store(parts);
    }

    private void store(List<Part> parts) {
        List<SeriesExemplar> exemplars =
                parts.stream().flatMap(part -> part.exemplars().stream()).toList();
        Map<LabelSet, Long> found;
        try {
            found = write(exemplars);
        } catch (SQLException | RuntimeException e) {
            fail(parts, e);
            return;
        }
        parts.forEach(part -> end(part, found));
    }

    /** Series that retention has removed since they were remembered are interned anew, once. */
    private Map<LabelSet, Long> write(List<SeriesExemplar> exemplars) throws SQLException {
        for (int round = 0; round < 2; round++) {
            Map<LabelSet, Long> found =
                    ids.find(exemplars.stream().map(SeriesExemplar::series).toList());
            List<SeriesExemplar> storable = exemplars.stream()
                    .filter(exemplar -> found.get(exemplar.series()) != SeriesIds.NO_ROOM)
                    .toList();
            List<Long> seriesIds = storable.stream()
                    .map(exemplar -> found.get(exemplar.series()))
                    .toList();
            Set<Long> gone = store.write(storable, seriesIds);
            if (gone.isEmpty()) {
                return found;
            }
            ids.forget(gone);
        }
        throw new SQLException("series of exemplars are removed as fast as they are made");
    }

    private static void end(Part part, Map<LabelSet, Long> found) {
        int homeless = (int) part.exemplars().stream()
                .filter(exemplar -> found.get(exemplar.series()) == SeriesIds.NO_ROOM)
                .count();
        if (homeless > 0) {
            part.pending()
                    .reject(
                            Reason.TOO_MANY_LABEL_NAMES,
                            new Counts(0, 0, homeless),
                            "the metric of an exemplar has too many different label names already");
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
                Counts all = new Counts(0, 0, part.exemplars().size());
                part.pending().reject(Reason.REFUSED_BY_DATABASE, all, "exemplars: " + e.getMessage());
                part.pending().stored();
            } else {
                part.pending().failed("the database did not take exemplars: " + e.getMessage());
            }
        }
    }

    @Override
    void refuse(Part part, String reason) {
        part.pending().failed(reason);
    }
}
