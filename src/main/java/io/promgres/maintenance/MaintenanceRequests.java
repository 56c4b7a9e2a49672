package io.promgres.maintenance;

import io.promgres.maintenance.JobStore.JobType;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;

/** The calls of execute_maintenance() that wait for a daemon. Thread-safe. */
public final class MaintenanceRequests {

    private final DataSource database;

    public MaintenanceRequests(DataSource database) {
        this.database = database;
    }

    /** @param types what is to be done */
    record Request(long id, Set<JobType> types) {}

    List<Request> open() throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT id, job_type::text FROM _prom_catalog.maintenance_request WHERE finished_at IS NULL ORDER BY id")) {
            List<Request> open = new ArrayList<>();
            while (rows.next()) {
                String type = rows.getString(2);
                open.add(new Request(
                        rows.getLong(1), type == null ? EnumSet.allOf(JobType.class) : EnumSet.of(JobType.of(type))));
            }
            return open;
        }
    }

    /** @param failure null if it went well */
    void finish(Request request, String failure) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement update = connection.prepareStatement(
                        "UPDATE _prom_catalog.maintenance_request SET finished_at = clock_timestamp(), failure = ? WHERE id = ?")) {
            update.setString(1, failure);
            update.setLong(2, request.id());
            update.executeUpdate();
        }
    }
}
