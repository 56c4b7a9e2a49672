package io.promgres.rollup;

import io.promgres.packing.PackedSamples;
import io.promgres.packing.Packer;
import io.promgres.packing.Samples;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Rolls up what a unit of packing has packed, in its transaction: so a bucket always is what its packed samples come to. Views
 * show rollups up to a time before which everything is packed, see {@link RollupUpkeep}.
 */
public final class Rollups implements Packer.Follower {

    /** The buckets of a series in the unit, by their start. */
    private record SeriesBuckets(int metricId, TreeMap<Long, Bucket> byStart) {}

    @Override
    public void packed(Connection connection, List<PackedSamples> metrics, long from, long to) throws SQLException {
        RollupStore store = new RollupStore(connection);
        Map<Resolution, Set<Integer>> rolledUp =
                store.rolledUp(metrics.stream().map(PackedSamples::metricId).toList());
        if (rolledUp.isEmpty()) {
            return;
        }
        store.lock();
        for (Map.Entry<Resolution, Set<Integer>> entry : rolledUp.entrySet()) {
            Resolution resolution = entry.getKey();
            long first = resolution.floor(from);
            long end = resolution.ceiling(to);
            List<PackedSamples> widened = new ArrayList<>();
            for (PackedSamples metric : metrics) {
                if (entry.getValue().contains(metric.metricId())) {
                    widened.add(metric.widened(connection, first, end));
                }
            }
            rollUp(store, widened, resolution, first, end);
        }
    }

    /**
     * Rolls up packed samples, while rollups are locked.
     *
     * @param from where a bucket begins
     * @param to where a bucket ends, exclusive
     */
    static void rollUp(RollupStore store, List<PackedSamples> metrics, Resolution resolution, long from, long to)
            throws SQLException {
        Map<Long, SeriesBuckets> series = new HashMap<>();
        for (PackedSamples metric : metrics) {
            add(metric, resolution, from, to, series);
        }
        write(store, resolution, series, store.rows(resolution, series.keySet(), from, to));
    }

    private static void add(
            PackedSamples metric, Resolution resolution, long from, long to, Map<Long, SeriesBuckets> into) {
        for (Map.Entry<Long, Samples> entry : metric.series().entrySet()) {
            List<Bucket> buckets = Bucket.of(entry.getValue(), resolution, from, to);
            if (!buckets.isEmpty()) {
                TreeMap<Long, Bucket> byStart = new TreeMap<>();
                buckets.forEach(bucket -> byStart.put(bucket.start(), bucket));
                into.put(entry.getKey(), new SeriesBuckets(metric.metricId(), byStart));
            }
        }
    }

    private static void write(
            RollupStore store, Resolution resolution, Map<Long, SeriesBuckets> series, List<RollupRow> stored)
            throws SQLException {
        for (RollupRow row : stored) {
            TreeMap<Long, Bucket> byStart = series.get(row.seriesId()).byStart();
            row.buckets().forEach(bucket -> byStart.merge(bucket.start(), bucket, (old, made) -> old.orFuller(made)));
        }
        if (!stored.isEmpty()) {
            store.delete(resolution, stored);
        }
        List<RollupRow> rows = new ArrayList<>(series.size());
        series.forEach(
                (id, one) -> RollupRow.ofSpans(id, one.metricId(), one.byStart().values(), resolution, rows::add));
        TreeSet<Integer> spans = new TreeSet<>();
        rows.forEach(row -> spans.add(row.span()));
        store.noteSpans(resolution, spans);
        store.write(resolution, rows);
    }
}
