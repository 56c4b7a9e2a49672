package io.promgres.energy;

import io.promgres.observe.Metrics;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * Brings energy.fact_usage and its dimensions up to date with the stored samples. Any number of daemons may run it: an
 * advisory lock lets one of them work at a time. All it needs to know is in the database, so that it goes on where another
 * one stopped or was killed.
 */
final class Projector {

    private static final int BUCKETS = 48;
    private static final String PROJECT = "SELECT _energy.project(?, ?::pg_snapshot, ?)";
    private static final String PROJECT_IN_TURN =
            "SELECT _energy.project(?, ?::pg_snapshot, ?) FROM (SELECT pg_advisory_xact_lock(1886547826, 5) OFFSET 0) l";
    private static final Duration REBUILT_AT_ONCE = Duration.ofHours(6);

    /** At once, while writers of facts wait. */
    private static final int HOURS = 12;

    private static final Duration LATE = Duration.ofMinutes(15);

    private static final long REST_NANOS = Duration.ofSeconds(5).toNanos();

    private static final long LOOK_NANOS = Duration.ofMinutes(1).toNanos();
    private static final long EXPIRY_NANOS = Duration.ofMinutes(10).toNanos();

    private final DataSource database;
    private final InstantSource clock;
    private final RulesInForce rules;
    private final Metrics metrics;
    private Optional<Long> ended = Optional.empty();
    private Optional<Long> worked = Optional.empty();
    private long expired = System.nanoTime() - EXPIRY_NANOS;
    private long looked = System.nanoTime() - LOOK_NANOS;

    Projector(DataSource database, InstantSource clock, RulesInForce rules, Metrics metrics) {
        this.database = database;
        this.clock = clock;
        this.rules = rules;
        this.metrics = metrics;
    }

    /**
     * Works until no touched bucket is left, or another daemon is at it; within some seconds of the last time it does so only if it had
     * no work then and has some now.
     *
     * @param interval of the facts. Sums over many targets change with the scrape of each target: the projector writes them once
     *     for all scrapes that came in an interval
     */
    void run(Duration interval) throws SQLException {
        long begin = System.nanoTime();
        if (ended.isPresent() && begin - ended.get() < REST_NANOS && (worked.isPresent() || !hasWork())) {
            return;
        }
        findSessions();
        if (worked.isEmpty() || begin - worked.get() >= interval.toNanos()) {
            worked = hasWork() && drain(PROJECT) ? Optional.of(begin) : Optional.empty();
        }
        refreshWorkspaces();
        if (begin - looked > LOOK_NANOS) {
            lookForGaps();
            looked = begin;
        }
        if (begin - expired > EXPIRY_NANOS) {
            execute("SELECT _energy.expire()");
            sumHours();
            expired = begin;
        }
        ended = Optional.of(System.nanoTime());
    }

    /** What counts for no user, and energy whose carbon nothing tells. */
    private void lookForGaps() throws SQLException {
        try (Connection connection = patient();
                PreparedStatement select = connection.prepareStatement("""
                        SELECT (SELECT count(*) FROM energy.v_unmatched_workspaces),
                               (SELECT count(DISTINCT w.machine_id) FROM energy.v_energy_without_carbon w
                                WHERE w.scope = 'machine' AND w.ts > ?::timestamptz - interval '1 hour')""")) {
            select.setObject(1, OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC));
            try (ResultSet row = select.executeQuery()) {
                row.next();
                metrics.energyGaps(row.getLong(1), row.getLong(2));
            }
        }
    }

    /** Of hours that ended a while ago: most of what comes late has come. */
    private void sumHours() throws SQLException {
        try (Connection connection = patient();
                PreparedStatement sum = connection.prepareStatement("SELECT _energy.sum_hours(?, ?)")) {
            sum.setInt(1, HOURS);
            sum.setObject(2, OffsetDateTime.ofInstant(clock.instant().minus(LATE), ZoneOffset.UTC));
            int summed;
            do {
                try (ResultSet row = sum.executeQuery()) {
                    row.next();
                    summed = row.getInt(1);
                }
            } while (summed == HOURS && !Thread.currentThread().isInterrupted());
        }
    }

    private void findSessions() throws SQLException {
        execute("SELECT _energy.know_session_hosts()");
        rules.adopt();
    }

    /** Asked each second while there is nothing to do, so that it takes less than to look for it piece by piece. */
    private boolean hasWork() throws SQLException {
        try (Connection connection = patient();
                PreparedStatement select = connection.prepareStatement("SELECT _energy.has_work()");
                ResultSet row = select.executeQuery()) {
            row.next();
            return row.getBoolean(1);
        }
    }

    private void refreshWorkspaces() throws SQLException {
        execute("""
                SELECT _energy.refresh_workspaces(?)
                WHERE pg_try_advisory_xact_lock(1886547826, 5)""", clock.instant());
    }

    /**
     * Ends when there were few: those that are touched all the time have their turn the next time.
     *
     * @return whether there were any
     */
    private boolean drain(String project) throws SQLException {
        int done = project(project);
        boolean worked = done > 0;
        while (done >= BUCKETS && !Thread.currentThread().isInterrupted()) {
            done = project(project);
        }
        return worked;
    }

    private int project(String sql) throws SQLException {
        try (Connection connection = patient();
                PreparedStatement project = connection.prepareStatement(sql)) {
            Flushes flushes = Flushes.take(connection, BUCKETS);
            boolean settled = flushes.awaitEnd();
            project.setInt(1, BUCKETS);
            project.setString(2, flushes.snapshot());
            project.setBoolean(3, settled);
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
        findSessions();
        for (Instant begin = from; begin.isBefore(to); begin = begin.plus(REBUILT_AT_ONCE)) {
            Instant end = begin.plus(REBUILT_AT_ONCE).isBefore(to) ? begin.plus(REBUILT_AT_ONCE) : to;
            execute("SELECT _energy.touch_again(?, ?)", begin, end);
            // Another daemon may do a part of it; what it has taken is done when it lets go of the lock.
            drain(PROJECT_IN_TURN);
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
