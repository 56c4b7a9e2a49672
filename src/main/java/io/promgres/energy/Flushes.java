package io.promgres.energy;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * Flushes, of all daemons, that may count on a row of _energy.touched which the projector has just taken: they saw it before,
 * and wrote none. The row may go when they have ended. No flush waits for it: the projector looks whether they have.
 */
final class Flushes {

    private static final long PATIENCE_NANOS = Duration.ofSeconds(2).toNanos();
    private static final long BETWEEN_LOOKS_NANOS = Duration.ofMillis(20).toNanos();

    private final Connection connection;
    private final String snapshot;
    private final Set<String> begun;

    private Flushes(Connection connection, String snapshot, Set<String> begun) {
        this.connection = connection;
        this.snapshot = snapshot;
        this.begun = begun;
    }

    /**
     * Takes touched buckets.
     *
     * @param connection that commits each statement
     */
    static Flushes take(Connection connection, int buckets) throws SQLException {
        try (PreparedStatement take = connection.prepareStatement("SELECT _energy.take(?)")) {
            take.setInt(1, buckets);
            take.execute();
        }
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_current_snapshot()::text, _energy.flushes()")) {
            row.next();
            return new Flushes(connection, row.getString(1), transactions(row, 2));
        }
    }

    private static Set<String> transactions(ResultSet row, int column) throws SQLException {
        return new HashSet<>(List.of((String[]) row.getArray(column).getArray()));
    }

    /** Whatever was taken in a transaction that this sees was taken before the flushes were looked for. */
    String snapshot() {
        return snapshot;
    }

    /** Whether they have ended, at once or within two seconds. */
    boolean awaitEnd() throws SQLException {
        long begin = System.nanoTime();
        while (!begun.isEmpty() && System.nanoTime() - begin < PATIENCE_NANOS) {
            LockSupport.parkNanos(BETWEEN_LOOKS_NANOS);
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SELECT _energy.flushes()")) {
                row.next();
                begun.retainAll(transactions(row, 1));
            }
        }
        return begun.isEmpty();
    }
}
