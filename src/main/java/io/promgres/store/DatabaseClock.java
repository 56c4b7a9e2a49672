package io.promgres.store;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The clock of the database, which all daemons share: read now and then, and counted on meanwhile by a clock that cannot be
 * set. So it stays right when this machine's clock is set forward or back. Until it has been read, it is this machine's.
 * Thread-safe.
 */
public final class DatabaseClock implements InstantSource {

    private static final Logger LOG = LoggerFactory.getLogger(DatabaseClock.class);
    private static final long NANOS_PER_MILLI = 1_000_000;

    private record Reading(long millis, long nanos) {}

    private final DataSource database;
    private final InstantSource own;
    private final LongSupplier nanoTime;
    private volatile Reading last;

    private DatabaseClock(DataSource database, InstantSource own, LongSupplier nanoTime) {
        this.database = database;
        this.own = own;
        this.nanoTime = nanoTime;
    }

    /**
     * Reads it for the first time, unless the database is away.
     *
     * @param own the clock of this machine
     */
    public static DatabaseClock of(DataSource database, InstantSource own) {
        DatabaseClock clock = new DatabaseClock(database, own, System::nanoTime);
        try {
            clock.read();
        } catch (SQLException e) {
            LOG.debug("the clock of the database is not read yet: {}", e.toString());
        }
        return clock;
    }

    /** Looks at it again. */
    public void read() throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint")) {
            row.next();
            last = new Reading(row.getLong(1), nanoTime.getAsLong());
        }
    }

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(millis());
    }

    @Override
    public long millis() {
        Reading reading = last;
        return reading == null
                ? own.millis()
                : reading.millis() + (nanoTime.getAsLong() - reading.nanos()) / NANOS_PER_MILLI;
    }

    /** How far it is ahead of this machine's; negative if it is behind. */
    public Duration ahead() {
        return Duration.ofMillis(millis() - own.millis());
    }

    /** The later of this clock and this machine's: what is ahead of it, is ahead of both. */
    public InstantSource orOwnIfLater() {
        return () -> Instant.ofEpochMilli(Math.max(millis(), own.millis()));
    }
}
