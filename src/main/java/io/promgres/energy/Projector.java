package io.promgres.energy;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import javax.sql.DataSource;

/**
 * Brings energy.fact_usage and its dimensions up to date with the stored samples. Any number of daemons may run it: an
 * advisory lock lets one of them work at a time. All it needs to know is in the database, so that it goes on where another
 * one stopped or was killed.
 */
public final class Projector {

    private static final int BUCKETS = 48;
    private static final Duration REBUILT_AT_ONCE = Duration.ofHours(6);

    private final DataSource database;
    private final InstantSource clock;

    public Projector(DataSource database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    /** Works until no touched bucket is left, or another daemon is at it. */
    public void run() throws SQLException {
        drain();
        execute("""
                SELECT _energy.refresh_workspaces(?)
                WHERE pg_try_advisory_xact_lock(1886547826, 5)""", clock.instant());
    }

    private void drain() throws SQLException {
        boolean more = true;
        while (more && !Thread.currentThread().isInterrupted()) {
            more = project() > 0;
        }
    }

    private int project() throws SQLException {
        try (Connection connection = patient();
                PreparedStatement project = connection.prepareStatement("SELECT _energy.project(?)")) {
            project.setInt(1, BUCKETS);
            try (ResultSet row = project.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        }
    }

    /**
     * Computes everything again that stored samples of a range of time decide. If nothing was wrong, nothing changes.
     *
     * @param from inclusive
     * @param to exclusive
     */
    void rebuild(Instant from, Instant to) throws SQLException {
        for (Instant begin = from; begin.isBefore(to); begin = begin.plus(REBUILT_AT_ONCE)) {
            Instant end = begin.plus(REBUILT_AT_ONCE).isBefore(to) ? begin.plus(REBUILT_AT_ONCE) : to;
            execute("SELECT _energy.touch_again(?, ?)", begin, end);
            // Another daemon may do a part of it meanwhile; what it has taken is done before it lets go of the lock.
            drain();
            execute("SELECT _energy.write_facts_again(?, ?)", begin, end);
        }
    }

    private void execute(String sql, Instant... times) throws SQLException {
        try (Connection connection = patient();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < times.length; i++) {
                statement.setObject(i + 1, OffsetDateTime.ofInstant(times[i], ZoneOffset.UTC));
            }
            statement.execute();
        }
    }

    /** A batch may take longer than what the write path waits for an answer; the pool puts its own limit back. */
    private Connection patient() throws SQLException {
        Connection connection = database.getConnection();
        connection.setNetworkTimeout(Runnable::run, 0);
        return connection;
    }
}
