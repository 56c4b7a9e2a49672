package io.promgres.rollup;

import io.promgres.packing.PackedSamples;
import io.promgres.store.LockPatience;
import io.promgres.store.SqlErrors;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/**
 * Which metrics are rolled up: begins with those that are to be, rolls up what was packed of them before, and ends with others.
 * Each step is a transaction, and the next call goes on where one was broken off. For the thread that packs.
 */
final class RolledUpMetrics {

    /** Series of a metric whose samples of a span are in memory at once. */
    private static final int SERIES_AT_ONCE = 1_000;

    private static final Duration LOCK_PATIENCE = Duration.ofMillis(250);

    /** How long packing may wait for a history that is being rolled up. */
    private static final Duration TURN = Duration.ofSeconds(20);

    private record Part(Resolution resolution, int metricId) {}

    private final DataSource database;
    private final String configured;

    RolledUpMetrics(DataSource database, String configured) {
        this.database = database;
        this.configured = configured;
    }

    void note() throws SQLException {
        try (Connection connection = database.getConnection()) {
            try (PreparedStatement set =
                    connection.prepareStatement("SELECT _prom_catalog.set_setting('configured_rollups', ?)")) {
                set.setString(1, configured);
                set.execute();
            }
            try (Statement statement = connection.createStatement()) {
                statement.execute("SELECT _prom_catalog.note_wanted_rollups()");
            }
            for (Part part : parts(connection, "_prom_catalog.unwanted_rollups() x")) {
                changeViews(connection, "drop_rollups", part);
            }
        }
    }

    /** Rolls up what was packed before its metric was rolled up, and makes the views. */
    void complete(Connection connection, boolean all) throws SQLException {
        long begin = System.nanoTime();
        for (Part part : parts(connection, "_prom_catalog.metric_rollup x WHERE NOT x.complete")) {
            for (int span : spans(connection, part)) {
                if (!all && System.nanoTime() - begin > TURN.toNanos()) {
                    return;
                }
                rollUp(connection, part, span);
            }
            changeViews(connection, "show_rollups", part);
        }
    }

    private static List<Part> parts(Connection connection, String from) throws SQLException {
        List<Part> parts = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("""
                        SELECT k.seconds, k.name, k.buckets, m.id
                        FROM (SELECT x.metric_id, x.seconds FROM %s) x
                        JOIN _prom_catalog.metric m ON m.id = x.metric_id JOIN _prom_catalog.rollup k ON k.seconds = x.seconds
                        ORDER BY k.seconds DESC, m.id""".formatted(from))) {
            while (rows.next()) {
                parts.add(new Part(Resolution.read(rows), rows.getInt(4)));
            }
        }
        return parts;
    }

    private static List<Integer> spans(Connection connection, Part part) throws SQLException {
        List<Integer> spans = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT _prom_catalog.spans_to_roll_up(" + part.metricId()
                        + ", " + part.resolution().seconds() + ")")) {
            while (rows.next()) {
                spans.add(rows.getInt(1));
            }
        }
        return spans;
    }

    private static void rollUp(Connection connection, Part part, int span) throws SQLException {
        List<Long> series = series(connection, part.metricId());
        for (int from = 0; from < series.size(); from += SERIES_AT_ONCE) {
            rollUp(connection, part, span, series.subList(from, Math.min(series.size(), from + SERIES_AT_ONCE)));
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute("UPDATE _prom_catalog.metric_rollup SET next_span = " + (span + 1) + " WHERE metric_id = "
                    + part.metricId() + " AND seconds = " + part.resolution().seconds());
        }
    }

    private static List<Long> series(Connection connection, int metricId) throws SQLException {
        List<Long> series = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT id FROM _prom_catalog.series WHERE metric_id = " + metricId + " ORDER BY id")) {
            while (rows.next()) {
                series.add(rows.getLong(1));
            }
        }
        return series;
    }

    /** Samples are read once rollups are locked: a deletion that has not come to them yet waits, and finds these. */
    private static void rollUp(Connection connection, Part part, int span, List<Long> series) throws SQLException {
        Resolution resolution = part.resolution();
        long from = resolution.start(span, 1);
        long to = resolution.start(span + 1, 1);
        connection.setAutoCommit(false);
        try {
            RollupStore store = new RollupStore(connection);
            store.lock();
            PackedSamples samples = PackedSamples.read(connection, part.metricId(), series, from, to);
            Rollups.rollUp(store, List.of(samples), resolution, from, to);
            connection.commit();
        } catch (SQLException | RuntimeException e) {
            connection.rollback();
            throw e;
        } finally {
            connection.setAutoCommit(true);
        }
    }

    /** Where a reader holds on to the views, the next packing tries again. */
    private static void changeViews(Connection connection, String function, Part part) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            LockPatience.limit(connection, LOCK_PATIENCE);
            statement.execute("SELECT _prom_catalog." + function + "(" + part.metricId() + ", "
                    + part.resolution().seconds() + ")");
            connection.commit();
        } catch (SQLException e) {
            connection.rollback();
            if (SqlErrors.of(e) != SqlErrors.CONTENTION) {
                throw e;
            }
        } finally {
            connection.setAutoCommit(true);
        }
    }
}
