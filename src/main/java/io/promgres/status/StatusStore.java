package io.promgres.status;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import javax.sql.DataSource;

/** Asks the database, for a bounded time and without writing. Thread-safe. */
public final class StatusStore {

    private static final String QUERY_CANCELED = "57014";

    private final DataSource database;
    private final Duration patience;

    /**
     * @param database not the write path's: a question takes a connection for as long as {@code patience}
     * @param patience after which the server ends a statement
     */
    public StatusStore(DataSource database, Duration patience) {
        this.database = database;
        this.patience = patience;
    }

    /**
     * The answer to a question as JSON in UTF-8.
     *
     * @param argument of the question, ignored where it takes none
     * @return empty if there is no such thing
     * @throws UnansweredException if the database is away, or takes too long
     */
    Optional<byte[]> ask(StatusQuery question, String argument) throws UnansweredException {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            try {
                bound(connection);
                return answer(connection, question, argument);
            } finally {
                connection.rollback();
            }
        } catch (SQLException e) {
            throw new UnansweredException(reason(e), e);
        }
    }

    private void bound(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            // A wait for a lock counts too.
            statement.execute("SET TRANSACTION READ ONLY; SET LOCAL statement_timeout = " + patience.toMillis());
        }
    }

    private static Optional<byte[]> answer(Connection connection, StatusQuery question, String argument)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(question.sql())) {
            if (!question.parameter().isEmpty()) {
                statement.setString(1, argument);
            }
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.of(row.getString(1).getBytes(StandardCharsets.UTF_8)) : Optional.empty();
            }
        }
    }

    private String reason(SQLException e) {
        if (QUERY_CANCELED.equals(e.getSQLState())) {
            return "the database took longer than " + patience.toMillis() + " ms to answer";
        }
        // What a pool says of itself tells a viewer nothing.
        Throwable told = e instanceof SQLTransientConnectionException && e.getCause() != null ? e.getCause() : e;
        return "the database does not answer: " + told.getMessage();
    }
}
