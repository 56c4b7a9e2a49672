package io.promgres.packing;

import io.promgres.store.LockPatience;
import io.promgres.store.SqlErrors;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drops partitions from which everything has been packed.
 *
 * <p>A dropped table is gone for every transaction, also for one whose snapshot is older than the packing: it does not see
 * the packed rows yet, and would not find the landing rows any more. VACUUM knows which rows no snapshot sees, and cuts a
 * table of only such rows to a length of 0 pages; what has that length is dropped. Otherwise it is tried again: at once, when
 * the short snapshots have gone that there always are, then in intervals that double.
 *
 * <p>Not thread-safe: for the maintenance thread.
 */
final class EmptyPartitions {

    private static final Logger LOG = LoggerFactory.getLogger(EmptyPartitions.class);
    private static final Duration LOCK_PATIENCE = Duration.ofMillis(100);
    private static final int MOST_DOUBLINGS = 9;
    private static final int ATTEMPTS = 3;
    private static final long BETWEEN_ATTEMPTS_MILLIS = 250;

    private record Trial(int number, long nanos) {

        boolean isPast() {
            return System.nanoTime() - nanos > TimeUnit.SECONDS.toNanos(1L << Math.min(number, MOST_DOUBLINGS));
        }
    }

    private final DataSource database;
    private final Map<String, Trial> trials = new HashMap<>();

    EmptyPartitions(DataSource database) {
        this.database = database;
    }

    /** Drops a partition if it has no row, no snapshot sees one there, and no reader is in the way. */
    void drop(Packer.Partition partition) throws SQLException, InterruptedException {
        Trial last = trials.get(partition.name());
        if (last != null && !last.isPast()) {
            return;
        }
        try (Connection connection = database.getConnection()) {
            if (hasRows(connection, partition)) {
                trials.remove(partition.name());
                return;
            }
            if (vacuumAndDrop(connection, partition)) {
                trials.remove(partition.name());
            } else {
                trials.put(partition.name(), new Trial(last == null ? 0 : last.number() + 1, System.nanoTime()));
            }
        } catch (SQLException e) {
            if (SqlErrors.of(e) != SqlErrors.NO_RELATION) {
                throw e;
            }
            LOG.debug("another session has dropped the partition {}", partition.name());
            trials.remove(partition.name());
        }
    }

    private static boolean vacuumAndDrop(Connection connection, Packer.Partition partition)
            throws SQLException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            vacuum(connection, partition);
            if (drop(connection, partition)) {
                return true;
            }
            if (attempt == ATTEMPTS) {
                return false;
            }
            Thread.sleep(BETWEEN_ATTEMPTS_MILLIS);
        }
    }

    private static boolean hasRows(Connection connection, Packer.Partition partition) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT EXISTS (SELECT 1 FROM " + partition.table() + ")")) {
            row.next();
            return row.getBoolean(1);
        }
    }

    private static void vacuum(Connection connection, Packer.Partition partition) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("VACUUM (SKIP_LOCKED, INDEX_CLEANUP ON, TRUNCATE) " + partition.table());
        }
    }

    private static boolean drop(Connection connection, Packer.Partition partition) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            LockPatience.limit(connection, LOCK_PATIENCE);
            try (ResultSet row =
                    statement.executeQuery("SELECT _prom_catalog.drop_empty_partition('" + partition.name() + "')")) {
                row.next();
                boolean dropped = row.getBoolean(1);
                connection.commit();
                return dropped;
            }
        } catch (SQLException e) {
            connection.rollback();
            // Readers are there; the next time will do.
            LOG.debug("partition {} is not dropped yet: {}", partition.name(), e.toString());
            return false;
        } finally {
            connection.setAutoCommit(true);
        }
    }
}
