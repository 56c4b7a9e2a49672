package io.promgres.maintenance;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** The calls of execute_maintenance() that wait for a daemon. Thread-safe. */
public final class Requests {

    private final DataSource database;

    public Requests(DataSource database) {
        this.database = database;
    }

    List<Long> open() throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT id FROM _prom_catalog.maintenance_request WHERE finished_at IS NULL ORDER BY id")) {
            List<Long> open = new ArrayList<>();
            while (rows.next()) {
                open.add(rows.getLong(1));
            }
            return open;
        }
    }

    /** @param failure null if it went well */
    void finish(long request, String failure) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement update = connection.prepareStatement(
                        "UPDATE _prom_catalog.maintenance_request SET finished_at = clock_timestamp(), failure = ? WHERE id = ?")) {
            update.setString(1, failure);
            update.setLong(2, request);
            update.executeUpdate();
        }
    }
}
