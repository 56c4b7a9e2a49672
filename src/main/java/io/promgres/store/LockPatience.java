package io.promgres.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/**
 * The limits of a transaction that takes locks which readers or writers wait for: it gives up where the locks are not to
 * be had, and where its daemon is suspended, the server ends it.
 */
public final class LockPatience {

    /** Shorter than the time within which a write is answered, {@code ingest.request-timeout}. */
    private static final Duration SUSPENDED = Duration.ofSeconds(20);

    private LockPatience() {}

    /**
     * Limits the transaction under way.
     *
     * @param connection without autocommit
     * @param patience how long to wait for each lock; while the session waits, others wait behind it
     */
    public static void limit(Connection connection, Duration patience) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET LOCAL lock_timeout = %d; SET LOCAL idle_in_transaction_session_timeout = %d"
                    .formatted(patience.toMillis(), SUSPENDED.toMillis()));
        }
    }
}
