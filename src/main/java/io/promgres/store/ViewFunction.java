package io.promgres.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;

/** The functions of the database that change the views of a metric, which waits for others that hold on to them. */
public enum ViewFunction {
    /** Makes them, or appends columns for new label names. */
    MAKE("make_views"),
    /** Has them look at runs with holes. */
    SHOW_HOLES("show_holes"),
    /** Says what they and their columns are; waits for those that change them, not for readers. */
    COMMENT("comment_views");

    private final String call;

    ViewFunction(String name) {
        call = "SELECT count(*) FROM (SELECT _prom_catalog." + name + "(id) FROM unnest(?) id ORDER BY id) made";
    }

    /**
     * Calls it for some metrics in a transaction.
     *
     * @param connection without autocommit
     * @param metricIds few enough for one transaction: it locks three views for each
     * @param patience how long to wait for readers, for each view; while it waits, new readers wait as well
     * @return false if a reader or another daemon held on to one of the views: nothing was done
     */
    public boolean callFor(Connection connection, Collection<Integer> metricIds, Duration patience)
            throws SQLException {
        try (PreparedStatement make = connection.prepareStatement(call)) {
            LockPatience.limit(connection, patience);
            make.setArray(1, connection.createArrayOf("int4", metricIds.toArray()));
            make.execute();
            connection.commit();
            return true;
        } catch (SQLException e) {
            connection.rollback();
            if (SqlErrors.of(e) == SqlErrors.CONTENTION) {
                return false;
            }
            throw e;
        }
    }
}
