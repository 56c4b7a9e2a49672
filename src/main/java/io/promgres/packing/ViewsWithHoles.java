package io.promgres.packing;

import io.promgres.store.SqlErrors;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

/**
 * Makes the views of metrics anew that are to have runs with holes: the others do not pay for the look at them. Where a
 * reader is in the way, nothing is tried for a while. Not thread-safe: for the maintenance thread.
 */
final class ViewsWithHoles {

    /** New readers wait as well while this waits for those that are at it. */
    private static final String PATIENCE = "SET LOCAL lock_timeout = '1s'";

    private static final long PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final DataSource database;
    private long pauseFrom = System.nanoTime() - PAUSE_NANOS;

    ViewsWithHoles(DataSource database) {
        this.database = database;
    }

    /** False if a reader holds on to one of them. */
    boolean make(Set<Integer> metricIds) throws SQLException {
        if (System.nanoTime() - pauseFrom < PAUSE_NANOS) {
            return false;
        }
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            for (int metricId : metricIds) {
                make(connection, metricId);
            }
            return true;
        } catch (SQLException e) {
            if (SqlErrors.of(e) == SqlErrors.CONTENTION) {
                pauseFrom = System.nanoTime();
                return false;
            }
            throw e;
        }
    }

    private static void make(Connection connection, int metricId) throws SQLException {
        try (Statement patience = connection.createStatement();
                PreparedStatement make = connection.prepareStatement("SELECT _prom_catalog.show_holes(?)")) {
            patience.execute(PATIENCE);
            make.setInt(1, metricId);
            make.execute();
            connection.commit();
        } catch (SQLException e) {
            connection.rollback();
            throw e;
        }
    }
}
