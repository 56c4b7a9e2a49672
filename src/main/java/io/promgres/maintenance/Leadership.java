package io.promgres.maintenance;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/**
 * One leader among the daemons on a database: who holds an advisory lock on a connection of its own. The lock goes with the
 * connection, so that the lead of a killed daemon is free at once, that of one that is cut off after a minute. A daemon
 * whose role does not own the schema never leads.
 *
 * <p>Not thread-safe: for the maintenance thread.
 */
public final class Leadership implements AutoCloseable {

    private static final String KEEPALIVE =
            "SET tcp_keepalives_idle = 20; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 4";

    // Only who may change the tables can do what a leader does.
    private static final String TRY_TO_LEAD = """
            SELECT CASE WHEN pg_has_role(nspowner, 'USAGE') THEN pg_try_advisory_lock(1886547826, 3) ELSE false END
            FROM pg_namespace WHERE nspname = '_prom_catalog'""";

    private final DataSource database;
    private Connection connection;

    public Leadership(DataSource database) {
        this.database = database;
    }

    /** Whether this is the leader; becomes it if nobody is. */
    public boolean lead() throws SQLException {
        if (connection != null) {
            if (connection.isValid(2)) {
                return true;
            }
            close();
        }
        Connection candidate = database.getConnection();
        try (Statement statement = candidate.createStatement()) {
            statement.execute(KEEPALIVE);
            try (ResultSet row = statement.executeQuery(TRY_TO_LEAD)) {
                row.next();
                if (row.getBoolean(1)) {
                    connection = candidate;
                    return true;
                }
            }
        } finally {
            if (connection == null) {
                candidate.close();
            }
        }
        return false;
    }

    /** Gives the lead away, if it is here. */
    @Override
    public void close() {
        if (connection == null) {
            return;
        }
        try (Connection closing = connection;
                Statement statement = closing.createStatement()) {
            statement.execute("SELECT pg_advisory_unlock_all()");
        } catch (SQLException e) {
            // The lock has gone with the connection.
        } finally {
            connection = null;
        }
    }
}
