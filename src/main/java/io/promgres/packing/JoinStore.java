package io.promgres.packing;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** What there is to be joined, and the note that it has been. */
final class JoinStore {

    private static final int FETCHED = 10_000;

    private final DataSource database;

    JoinStore(DataSource database) {
        this.database = database;
    }

    /**
     * Periods that are over, whose samples are all packed and not all joined, the oldest first.
     *
     * @param rest for so long they have been over
     */
    List<JoinPeriod> periods(int level, Duration length, Duration rest) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement select = connection.prepareStatement(
                        "SELECT (extract(epoch FROM period) * 1000)::bigint, newest"
                                + " FROM _prom_catalog.periods_to_join(?, make_interval(secs => ?), make_interval(secs => ?))")) {
            select.setInt(1, level);
            select.setLong(2, length.toSeconds());
            select.setLong(3, rest.toSeconds());
            List<JoinPeriod> periods = new ArrayList<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    periods.add(new JoinPeriod(level, rows.getLong(1), length.toMillis(), rows.getLong(2)));
                }
            }
            return periods;
        }
    }

    /**
     * A metric whose blocks of a period may be joined.
     *
     * @param firstVector of its vectors in the period, as the last one an id
     */
    record Metric(int id, long firstVector, long lastVector) {}

    /** The metrics whose blocks of the period may be joined. */
    List<Metric> metrics(JoinPeriod period) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT metric_id, first_vector, last_vector FROM _prom_catalog.metrics_to_join(" + sql(period)
                                + ")")) {
            List<Metric> metrics = new ArrayList<>();
            while (rows.next()) {
                metrics.add(new Metric(rows.getInt(1), rows.getLong(2), rows.getLong(3)));
            }
            return metrics;
        }
    }

    /** Units of what the targets have packed of these metrics, where something of theirs has not been joined yet. */
    List<JoinUnit> units(JoinPeriod period, List<Metric> metrics, long blockMillis) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            try {
                statement.execute(
                        "SELECT _prom_catalog.list_vectors_to_join(" + period.level() + ", " + sql(period) + ")");
                list(connection, period, metrics, blockMillis);
                return plan(connection, new JoinPlan(period, blockMillis));
            } finally {
                statement.execute("DROP TABLE IF EXISTS pg_temp.promgres_join, pg_temp.promgres_join_vector");
            }
        }
    }

    private static void list(Connection connection, JoinPeriod period, List<Metric> metrics, long blockMillis)
            throws SQLException {
        try (PreparedStatement list = connection.prepareStatement("SELECT _prom_catalog.list_series_to_join(?, ?, ?,"
                + " make_interval(secs => ?), make_interval(secs => ?))")) {
            list.setLong(4, period.length() / 1000);
            list.setLong(5, blockMillis / 1000);
            for (Metric metric : metrics) {
                list.setInt(1, metric.id());
                list.setLong(2, metric.firstVector());
                list.setLong(3, metric.lastVector());
                list.execute();
            }
        }
    }

    private static List<JoinUnit> plan(Connection connection, JoinPlan plan) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.setFetchSize(FETCHED);
            List<JoinPlan.Listed> target = new ArrayList<>();
            long last = 0;
            try (ResultSet rows = statement.executeQuery("""
                    SELECT t.target, j.series_id, j.metric_id, j.samples, j.runs, ceil(j.ticks)::bigint
                    FROM pg_temp.promgres_join j
                    JOIN (SELECT job, instance, row_number() OVER (ORDER BY job, instance) AS target
                          FROM pg_temp.promgres_join GROUP BY job, instance HAVING bool_or(fresh)) t USING (job, instance)
                    ORDER BY t.target, j.series_id""")) {
                while (rows.next()) {
                    if (rows.getLong(1) != last) {
                        plan.add(target);
                        target = new ArrayList<>();
                        last = rows.getLong(1);
                    }
                    LandingUnit.Series series = new LandingUnit.Series(rows.getLong(2), rows.getInt(3));
                    target.add(new JoinPlan.Listed(series, rows.getLong(4), rows.getLong(5), rows.getLong(6)));
                }
            }
            plan.add(target);
            return plan.units();
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    /** Whether a part of a period has a vector that has been joined less often than it is to be. */
    static boolean isFresh(Connection connection, JoinPeriod period, long from, long to) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT EXISTS (SELECT FROM prom_data.vector v WHERE v.joined < "
                        + period.level() + " AND " + SqlTime.within("v.block", from, to) + ")")) {
            row.next();
            return row.getBoolean(1);
        }
    }

    /** Everything of the period is joined that was there when it was listed; what was deleted leaves room for others. */
    void finish(JoinPeriod period, List<Metric> metrics) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            for (Metric metric : metrics) {
                statement.execute("SELECT _prom_catalog.bound_joined_blocks(" + metric.id() + ", " + sql(period) + ")");
            }
            statement.execute("UPDATE prom_data.vector v SET joined = " + period.level() + " WHERE v.joined < "
                    + period.level() + " AND " + SqlTime.within("v.block", period.start(), period.end())
                    + " AND v.id <= " + period.newest());
            statement.execute("VACUUM (SKIP_LOCKED, TRUNCATE false) prom_data.packed");
        }
    }

    private static String sql(JoinPeriod period) {
        return SqlTime.literal(period.start()) + ", interval '" + period.length() / 1000 + " s'";
    }
}
