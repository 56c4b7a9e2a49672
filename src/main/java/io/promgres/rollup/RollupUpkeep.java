package io.promgres.rollup;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.sql.DataSource;

/**
 * What is done to rollups after packing: views show those of what is packed by now, and the rows of a span that is over, one
 * for each block, become one row a series, because a row costs about 130 bytes beside its buckets.
 */
public final class RollupUpkeep {

    /** Series of a metric that are merged in one transaction. */
    private static final int SERIES_AT_ONCE = 2_000;

    private record Span(Resolution resolution, int number, String writtenAt) {}

    private final DataSource database;
    private final RolledUpMetrics metrics;

    /** @param configured the resolutions of metrics for which the database has no choice: none, or names separated by commas */
    public RollupUpkeep(DataSource database, String configured) {
        this.database = database;
        this.metrics = new RolledUpMetrics(database, configured);
    }

    /** Has metrics rolled up from now on that are to be. */
    public void beforePacking() throws SQLException {
        metrics.note();
    }

    /** @param all whether to do at once what else waits: spans that have been written to just now, a long history */
    public void afterPacking(boolean all) throws SQLException {
        try (Connection connection = database.getConnection()) {
            new RollupStore(connection).execute("SELECT _prom_catalog.advance_rollups()");
            metrics.complete(connection, all);
            for (Span span : spansToMerge(connection, all)) {
                for (int metricId : metrics(connection, span)) {
                    merge(connection, span, metricId);
                }
                setMerged(connection, span);
            }
        }
    }

    /** One that is written to just now, as by an import, is merged when that has stopped. */
    private static List<Span> spansToMerge(Connection connection, boolean all) throws SQLException {
        List<Span> spans = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement("""
                        SELECT k.seconds, k.name, k.buckets, s.span, s.written_at::text
                        FROM _prom_catalog.rollup k JOIN _prom_catalog.rollup_span s ON s.seconds = k.seconds
                        WHERE NOT s.merged AND to_timestamp((s.span + 1)::bigint * k.buckets * k.seconds) <= k.until
                          AND (? OR s.written_at < now() - interval '10 minutes')
                        ORDER BY k.seconds, s.span""")) {
            select.setBoolean(1, all);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    spans.add(new Span(Resolution.read(rows), rows.getInt(4), rows.getString(5)));
                }
            }
        }
        return spans;
    }

    private static List<Integer> metrics(Connection connection, Span span) throws SQLException {
        List<Integer> metrics = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery("SELECT m.id FROM _prom_catalog.metric m WHERE EXISTS (SELECT FROM "
                                + span.resolution().table() + " r WHERE r.metric_id = m.id AND r.span = "
                                + span.number() + ")")) {
            while (rows.next()) {
                metrics.add(rows.getInt(1));
            }
        }
        return metrics;
    }

    private static void merge(Connection connection, Span span, int metricId) throws SQLException {
        connection.setAutoCommit(false);
        try {
            RollupStore store = new RollupStore(connection);
            boolean more = true;
            while (more) {
                more = mergeSome(store, span, metricId);
                connection.commit();
            }
        } catch (SQLException | RuntimeException e) {
            connection.rollback();
            throw e;
        } finally {
            connection.setAutoCommit(true);
        }
    }

    private static boolean mergeSome(RollupStore store, Span span, int metricId) throws SQLException {
        store.lock();
        List<RollupRow> rows = store.rowsToMerge(span.resolution(), metricId, span.number(), SERIES_AT_ONCE);
        if (rows.isEmpty()) {
            return false;
        }
        Map<Long, TreeMap<Long, Bucket>> series = new TreeMap<>();
        for (RollupRow row : rows) {
            TreeMap<Long, Bucket> buckets = series.computeIfAbsent(row.seriesId(), id -> new TreeMap<>());
            row.buckets().forEach(bucket -> buckets.put(bucket.start(), bucket));
        }
        List<RollupRow> merged = new ArrayList<>();
        series.forEach(
                (id, buckets) -> merged.add(new RollupRow(id, metricId, span.number(), List.copyOf(buckets.values()))));
        store.delete(span.resolution(), rows);
        store.write(span.resolution(), merged);
        return true;
    }

    private static void setMerged(Connection connection, Span span) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(
                "UPDATE _prom_catalog.rollup_span SET merged = true WHERE seconds = ? AND span = ? AND written_at = ?::timestamptz")) {
            update.setInt(1, span.resolution().seconds());
            update.setInt(2, span.number());
            update.setString(3, span.writtenAt());
            update.execute();
        }
    }
}
