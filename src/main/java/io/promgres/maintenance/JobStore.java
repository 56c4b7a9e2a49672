package io.promgres.maintenance;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import javax.sql.DataSource;

/** The kinds of maintenance as config_maintenance_jobs() has set them, and how their last runs went. Thread-safe. */
final class JobStore {

    /** The kinds, by the names that they have in SQL. */
    enum JobType {
        COMPRESSION("compression"),
        RETENTION("retention");

        private final String sql;

        JobType(String sql) {
            this.sql = sql;
        }

        static JobType of(String sql) {
            for (JobType type : values()) {
                if (type.sql.equals(sql)) {
                    return type;
                }
            }
            throw new IllegalArgumentException("no kind of maintenance: " + sql);
        }

        @Override
        public String toString() {
            return sql;
        }
    }

    /**
     * @param interval from the end of a run to the begin of the next
     * @param verbose whether each run writes a line to the log
     * @param pause since the end of the last run of any daemon, by the clock of the database; zero if there was none, negative
     *     if that clock has been set back
     */
    record Schedule(boolean enabled, Duration interval, boolean verbose, Duration pause) {}

    private final DataSource database;

    JobStore(DataSource database) {
        this.database = database;
    }

    Map<JobType, Schedule> schedules() throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("""
                        SELECT job_type::text, number_jobs > 0, extract(epoch FROM schedule_interval) * 1000,
                               coalesce(config @> '{"log_verbose": true}', false),
                               coalesce(extract(epoch FROM clock_timestamp() - finished_at) * 1000, 0)
                        FROM _prom_catalog.maintenance_job""")) {
            Map<JobType, Schedule> schedules = new EnumMap<>(JobType.class);
            while (rows.next()) {
                schedules.put(
                        JobType.of(rows.getString(1)),
                        new Schedule(
                                rows.getBoolean(2),
                                Duration.ofMillis(rows.getLong(3)),
                                rows.getBoolean(4),
                                Duration.ofMillis(rows.getLong(5))));
            }
            return schedules;
        }
    }

    /** @param at by the clock of the database */
    void started(JobType type, Instant at) throws SQLException {
        update(
                "UPDATE _prom_catalog.maintenance_job SET started_at = ?::timestamptz WHERE job_type::text = ?",
                at.toString(),
                type.sql);
    }

    /**
     * @param at by the clock of the database
     * @param failure null if it went well
     */
    void finished(JobType type, Instant at, String failure) throws SQLException {
        update(
                "UPDATE _prom_catalog.maintenance_job SET finished_at = ?::timestamptz, failure = ? WHERE job_type::text = ?",
                at.toString(),
                failure,
                type.sql);
    }

    private void update(String sql, String... parameters) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement update = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                update.setString(i + 1, parameters[i]);
            }
            update.executeUpdate();
        }
    }
}
