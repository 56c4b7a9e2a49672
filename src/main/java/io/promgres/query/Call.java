package io.promgres.query;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.postgresql.PGConnection;

/**
 * A request that is being answered: how long it may take, and whether it is wanted still. What it does in the database is
 * ended through its connection by {@link RunningCalls}. Thread-safe.
 */
public final class Call {

    private final long endNanos;
    private volatile QueryRefusedException reason;
    private final Set<Connection> connections = Collections.newSetFromMap(new IdentityHashMap<>());

    Call(Duration timeout) {
        endNanos = System.nanoTime() + timeout.toNanos();
    }

    /** It is not wanted any more. Does not block. */
    void cancel() {
        end(new QueryRefusedException(ErrorType.CANCELED, "query was canceled in expression evaluation"));
    }

    private synchronized void end(QueryRefusedException why) {
        if (reason == null) {
            reason = why;
        }
    }

    /** @throws QueryRefusedException if its time is over, or it is not wanted any more */
    public void check() throws QueryRefusedException {
        if (isOver()) {
            throw reason;
        }
    }

    /** Whether its time is over, or it is not wanted any more. */
    public boolean isOver() {
        if (reason == null && System.nanoTime() - endNanos > 0) {
            end(new QueryRefusedException(ErrorType.TIMEOUT, "query timed out in expression evaluation"));
        }
        return reason != null;
    }

    /** What is left of its time; at least 1 ms. */
    long remainingMillis() {
        return Math.max(1, (endNanos - System.nanoTime()) / 1_000_000);
    }

    /** From now on it works on this connection, beside others. */
    synchronized void begins(Connection connection) {
        connections.add(connection);
    }

    /** From now on it does not work on this connection; it may be called again. */
    synchronized void ends(Connection connection) {
        connections.remove(connection);
    }

    /** Ends the statements that are running, if this is over. The connections cannot be given to others meanwhile. */
    synchronized void endStatementsIfOver() throws SQLException {
        if (connections.isEmpty() || !isOver()) {
            return;
        }
        SQLException failure = null;
        for (Connection connection : connections) {
            try {
                connection.unwrap(PGConnection.class).cancelQuery();
            } catch (SQLException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** What a failure of the database means: that this is over, if it is, else itself. */
    SQLException meaning(SQLException failure) throws QueryRefusedException {
        check();
        return failure;
    }
}
