package io.promgres.ingest;

import io.promgres.model.Counts;
import io.promgres.model.LabelSet;
import io.promgres.model.Rejections.Reason;
import io.promgres.model.SeriesStart;
import io.promgres.observe.Metrics;
import io.promgres.series.Removals;
import io.promgres.store.SeriesStore;
import io.promgres.store.SqlErrors;
import io.promgres.store.StartStore;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Stores the starts of series that have changed, on a thread of its own, and makes them known: then they do not come here
 * again.
 */
final class StartWriter extends Worker<StartWriter.Part> {

    private static final int BATCH = 5_000;

    /** The id of a series that its metric has no room for. */
    private static final long NO_ROOM = 0;

    /** Starts of one request. */
    record Part(List<SeriesStart> starts, PendingWrite pending) {}

    private final SeriesStore series;
    private final SeriesBudget budget;
    private final StartStore store;
    private final Removals removals;
    private final Consumer<List<Integer>> views;

    /** @param views has the views of metrics made */
    StartWriter(
            SeriesStore series,
            SeriesBudget budget,
            StartStore store,
            Removals removals,
            Consumer<List<Integer>> views,
            Metrics metrics) {
        super("starts", metrics);
        this.series = series;
        this.budget = budget;
        this.store = store;
        this.removals = removals;
        this.views = views;
    }

    @Override
    void work(Part first) {
        List<Part> parts = new ArrayList<>();
        int size = 0;
        for (Part part = first; part != null; part = size < BATCH ? poll() : null) {
            parts.add(part);
            size += part.starts().size();
        }
        store(parts);
    }

    private void store(List<Part> parts) {
        try {
            write(parts.stream().flatMap(part -> part.starts().stream()).toList());
        } catch (SQLException | RuntimeException e) {
            fail(parts, e);
            return;
        }
        parts.forEach(part -> part.pending().stored());
    }

    private void write(List<SeriesStart> starts) throws SQLException {
        List<LabelSet> admitted = budget.decide(
                        starts.stream().map(SeriesStart::series).distinct().toList())
                .admitted();
        Map<LabelSet, Integer> positions = new HashMap<>();
        admitted.forEach(one -> positions.put(one, positions.size()));
        long epoch = removals.epoch();
        SeriesStore.Interned interned = series.intern(admitted);
        budget.created(interned.created());
        views.accept(interned.staleViews());
        // The samples of the others are rejected, with the reason.
        List<SeriesStart> storable = starts.stream()
                .filter(start -> positions.containsKey(start.series()))
                .filter(start -> interned.ids()[positions.get(start.series())] != NO_ROOM)
                .toList();
        store.write(
                storable,
                storable.stream()
                        .map(start -> interned.ids()[positions.get(start.series())])
                        .toList());
        for (SeriesStart start : storable) {
            removals.rememberStart(interned.addresses()[positions.get(start.series())], start.start(), epoch);
        }
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
                part.pending().reject(Reason.REFUSED_BY_DATABASE, Counts.NONE, "starts: " + e.getMessage());
                part.pending().stored();
            } else {
                part.pending().failed("the database did not take the starts of series: " + e.getMessage());
            }
        }
    }

    @Override
    void refuse(Part part, String reason) {
        part.pending().failed(reason);
    }
}
