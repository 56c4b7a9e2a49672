package io.promgres.testing;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Statements on a connection, with their results as text, as psql shows them. */
public final class Sql {

    /** PostgreSQL reports it as an internal error, XX000. */
    private static final String CHANGED_BY_ANOTHER_SESSION = "tuple concurrently updated";

    private Sql() {}

    /** The rows, each with its columns joined by {@code |}; NULL is empty. */
    public static List<String> rows(Connection connection, String sql, Object... arguments) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < arguments.length; i++) {
                statement.setObject(i + 1, arguments[i]);
            }
            try (ResultSet result = statement.executeQuery()) {
                List<String> rows = new ArrayList<>();
                while (result.next()) {
                    rows.add(row(result));
                }
                return rows;
            }
        }
    }

    /** The only row of a query, as in {@link #rows}. */
    public static String value(Connection connection, String sql, Object... arguments) throws SQLException {
        List<String> rows = rows(connection, sql, arguments);
        if (rows.size() != 1) {
            throw new AssertionError(rows.size() + " rows: " + sql);
        }
        return rows.get(0);
    }

    private static String row(ResultSet result) throws SQLException {
        StringBuilder row = new StringBuilder();
        for (int column = 1; column <= result.getMetaData().getColumnCount(); column++) {
            String text = result.getString(column);
            row.append(column == 1 ? "" : "|").append(text == null ? "" : text);
        }
        return row.toString();
    }

    /**
     * Runs a statement without a result. PostgreSQL refuses a GRANT or an ALTER on a table whose catalog row another session
     * changes at that moment, as the daemon does when it makes a partition; such a statement is run again.
     */
    public static void execute(Connection connection, String sql) throws SQLException {
        while (!ran(connection, sql)) {
            Thread.onSpinWait();
        }
    }

    /** False if the statement met another change of the same catalog row, and can be run again. */
    private static boolean ran(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
            return true;
        } catch (SQLException e) {
            if (connection.getAutoCommit() && e.getMessage().contains(CHANGED_BY_ANOTHER_SESSION)) {
                return false;
            }
            throw e;
        }
    }

    /** A name as SQL wants it, whatever it holds. */
    public static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }
}
