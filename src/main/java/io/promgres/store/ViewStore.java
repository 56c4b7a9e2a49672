package io.promgres.store;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** Makes the views of metrics, each in a short transaction that gives way to readers. Thread-safe. */
public final class ViewStore {

    private final DataSource database;

    public ViewStore(DataSource database) {
        this.database = database;
    }

    /** Metrics whose views have to be made or lack a column. */
    public List<Integer> stale() throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT id FROM _prom_catalog.stale_views() id")) {
            List<Integer> stale = new ArrayList<>();
            while (rows.next()) {
                stale.add(rows.getInt(1));
            }
            return stale;
        }
    }

    /**
     * Makes the views of the metrics, where they are stale.
     *
     * @param metricIds few enough for one transaction: it locks three views for each
     * @param patience how long to wait for readers, for each view; while it waits, new readers wait as well
     * @return the metrics whose views a reader or another daemon held on to: to be tried again
     */
    public List<Integer> make(List<Integer> metricIds, Duration patience) throws SQLException {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            if (ViewFunction.MAKE.callFor(connection, metricIds, patience)) {
                return List.of();
            }
            if (metricIds.size() == 1) {
                return metricIds;
            }
            List<Integer> held = new ArrayList<>();
            for (Integer metricId : metricIds) {
                if (!ViewFunction.MAKE.callFor(connection, List.of(metricId), patience)) {
                    held.add(metricId);
                }
            }
            return held;
        }
    }
}
