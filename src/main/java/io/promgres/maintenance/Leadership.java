package io.promgres.maintenance;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/**
 * One leader among the daemons on a database: who holds an advisory lock on a connection of its own. The lock goes with the
 * connection, so that the lead of a killed daemon is free at once, that of one that is cut off after a minute. The database
 * ends the connection of a leader that gives no sign of life, as one that is suspended: its lead is free after the silence.
 * The same connection hears of calls for the leader, which is no statement.
 * A daemon whose role does not own the schema never leads. Thread-safe.
 */
public final class Leadership implements AutoCloseable {

    private static final int CHECK_SECONDS = 2;

    private static final String KEEPALIVE =
            "SET tcp_keepalives_idle = 20; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 4";

    // Only who may change the tables can do what a leader does.
    private static final String TRY_TO_LEAD = """
            SELECT CASE WHEN pg_has_role(nspowner, 'USAGE') THEN pg_try_advisory_lock(1886547826, 3) ELSE false END
            FROM pg_namespace WHERE nspname = '_prom_catalog'""";

    /** A leader whose connection was silent for so long has lost the lead. */
    private static final Duration SILENCE = Duration.ofSeconds(30);

    /** How often {@link #giveSignOfLife} is called. */
    public static final Duration SIGN_OF_LIFE = Duration.ofSeconds(5);

    /** What execute_maintenance() notifies. */
    private static final String LISTEN = "LISTEN promgres_maintenance";

    private static final String AS_BEFORE = "UNLISTEN *; SET idle_session_timeout = 0";

    private final DataSource database;
    private final long silenceMillis;
    private Connection connection;
    private boolean called;

    public Leadership(DataSource database) {
        this(database, SILENCE);
    }

    /** @param silence after which the database passes the lead on */
    Leadership(DataSource database, Duration silence) {
        this.database = database;
        this.silenceMillis = silence.toMillis();
    }

    /** Keeps the lead, if it is here. */
    public synchronized void giveSignOfLife() throws SQLException {
        if (connection != null && !connection.isValid(CHECK_SECONDS)) {
            close();
        }
    }

    /** Whether this is the leader; becomes it if there is none. */
    public synchronized boolean lead() throws SQLException {
        if (connection != null) {
            if (connection.isValid(CHECK_SECONDS)) {
                return true;
            }
            close();
        }
        Connection candidate = database.getConnection();
        try (Statement statement = candidate.createStatement()) {
            statement.execute(KEEPALIVE);
            try (ResultSet row = statement.executeQuery(TRY_TO_LEAD)) {
                row.next();
                if (!row.getBoolean(1)) {
                    return false;
                }
            }
            statement.execute(LISTEN + "; SET idle_session_timeout = " + silenceMillis);
            connection = candidate;
            // What was asked for before is not heard of.
            called = true;
            return true;
        } finally {
            if (connection == null) {
                candidate.close();
            }
        }
    }

    /** Whether something was asked of the leader since the last call of this, if it is here: without a word to the server. */
    synchronized boolean takeCall() throws SQLException {
        if (connection == null) {
            return false;
        }
        PGNotification[] heard = connection.unwrap(PGConnection.class).getNotifications();
        boolean any = called || heard != null && heard.length > 0;
        called = false;
        return any;
    }

    /** Gives the lead away, if it is here. */
    @Override
    public synchronized void close() {
        if (connection == null) {
            return;
        }
        try (Connection closing = connection;
                Statement statement = closing.createStatement()) {
            statement.execute("SELECT pg_advisory_unlock_all()");
            statement.execute(AS_BEFORE);
        } catch (SQLException e) {
            // The lock has gone with the connection.
        } finally {
            connection = null;
        }
    }
}
