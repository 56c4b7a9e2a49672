package io.promgres.session;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.postgresql.PGConnection;

/**
 * Finds out whether a pooler gives one session of the database to several clients: then two that are connected at once have
 * the same server process, or one has several. Where the server's process is the one that has greeted, there is no pooler.
 * Asked until it is known once. Thread-safe.
 */
final class SharedSessions {

    private static final int ROUNDS = 2;

    /** Connects as the session in question was. */
    interface Opener {
        Connection open() throws SQLException;
    }

    private volatile boolean known;

    /** @throws SharedSessionException they are shared */
    void refuse(Connection session, Opener opener) throws SQLException {
        if (known) {
            return;
        }
        int process = process(session);
        if (process != session.unwrap(PGConnection.class).getBackendPID()) {
            try (Connection other = opener.open()) {
                compare(process, session, other);
            }
        }
        known = true;
    }

    private static void compare(int process, Connection session, Connection other) throws SQLException {
        int processOfOther = process(other);
        for (int round = 0; round < ROUNDS; round++) {
            if (process == processOfOther || process(session) != process || process(other) != processOfOther) {
                throw new SharedSessionException();
            }
        }
    }

    private static int process(Connection session) throws SQLException {
        try (Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_catalog.pg_backend_pid()")) {
            row.next();
            return row.getInt(1);
        }
    }
}
