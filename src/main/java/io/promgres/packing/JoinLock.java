package io.promgres.packing;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Each transaction that changes packed runs shares a lock until its end; a unit of {@link Joiner}, which reads runs and
 * writes them anew, has it alone.
 */
final class JoinLock {

    private JoinLock() {}

    /** Waits for the unit that is being joined. */
    static void share(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT _prom_catalog.share_join_lock()");
        }
    }

    /** False if others have it: no transaction waits behind a unit that waits for a long deletion. */
    static boolean take(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT _prom_catalog.take_join_lock()")) {
            row.next();
            return row.getBoolean(1);
        }
    }
}
