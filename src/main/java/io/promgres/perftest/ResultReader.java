package io.promgres.perftest;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Reads rows of results back. Thread-safe. */
public final class ResultReader {

    // Rows that the driver holds at a time.
    private static final int FETCHED_ROWS = 500;

    private final DataSource database;

    public ResultReader(DataSource database) {
        this.database = database;
    }

    /** Takes rows. */
    @FunctionalInterface
    interface Sink {

        /** @param json an object */
        void row(String json) throws Exception;
    }

    /**
     * How many rows there are, without regard to the page.
     *
     * @throws ApiException a filter's value does not fit its column, or the database is away
     */
    long count(Query query) throws ApiException {
        try (Connection connection = database.getConnection();
                PreparedStatement statement = query.count().prepare(connection);
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getLong(1);
        } catch (SQLException e) {
            throw DatabaseErrors.of(e);
        }
    }

    /**
     * Hands on the rows of a page, of which a few are in memory at a time.
     *
     * @param most rows
     */
    void read(Query query, long most, Sink sink) throws Exception {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            try (PreparedStatement statement = query.rows(most).prepare(connection)) {
                statement.setFetchSize(FETCHED_ROWS);
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        sink.row(rows.getString(1));
                    }
                }
            } finally {
                connection.rollback();
            }
        }
    }
}
