package io.promgres.maintenance;

import io.promgres.store.LockPatience;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes packed blocks that are older than their metric's retention, a metric in a transaction, with series that have
 * nothing left, then exemplars and native histograms, and frees the places of silent series. Thread-safe.
 */
public final class Retention {

    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

    private static final Duration LOCK_PATIENCE = Duration.ofMillis(100);

    // Far longer than a write can be under way.
    private static final String QUARANTINE = "10 minutes";

    private final DataSource database;

    public Retention(DataSource database) {
        this.database = database;
    }

    /**
     * Deletes what has expired.
     *
     * @param now from when periods of retention count back, at the latest: the database's clock may have leapt since
     */
    public void apply(Instant now) throws SQLException {
        try (Connection connection = database.getConnection()) {
            believe(connection, now.toString());
            try {
                deleteExpired(connection);
            } finally {
                believe(connection, "");
            }
        }
    }

    private static void believe(Connection connection, String now) throws SQLException {
        try (PreparedStatement set = connection.prepareStatement("SELECT set_config('promgres.now', ?, false)")) {
            set.setString(1, now);
            set.execute();
        }
    }

    private void deleteExpired(Connection connection) throws SQLException {
        long rows = 0;
        for (int metric : metrics(connection)) {
            rows += expire(connection, metric);
        }
        if (rows > 0) {
            LOG.info("retention: deleted {} packed rows", rows);
        }
        call(connection, "SELECT _prom_catalog.expire_rollups()");
        call(connection, "SELECT _prom_catalog.expire_points()");
        call(connection, "SELECT _prom_catalog.expire_histograms()");
        call(connection, "SELECT _prom_catalog.retire_abandoned_groups('" + QUARANTINE + "')");
        call(connection, "SELECT _prom_catalog.free_places('" + QUARANTINE + "')");
        dropTickPartitions(connection);
    }

    private static void call(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static void dropTickPartitions(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            LockPatience.limit(connection, LOCK_PATIENCE);
            statement.execute("SELECT _prom_catalog.drop_unused_tick_partitions()");
            connection.commit();
        } catch (SQLException e) {
            connection.rollback();
            // Readers are there; the next time will do.
            LOG.debug("tick partitions are not dropped yet: {}", e.toString());
        } finally {
            connection.setAutoCommit(true);
        }
    }

    private static List<Integer> metrics(Connection connection) throws SQLException {
        List<Integer> metrics = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT id FROM _prom_catalog.metrics_to_expire() id")) {
            while (rows.next()) {
                metrics.add(rows.getInt(1));
            }
        }
        return metrics;
    }

    private static long expire(Connection connection, int metric) throws SQLException {
        try (PreparedStatement call = connection.prepareStatement(
                "SELECT _prom_catalog.expire_metric(?), _prom_catalog.remove_expired_series(?)")) {
            call.setInt(1, metric);
            call.setInt(2, metric);
            try (ResultSet row = call.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }
}
