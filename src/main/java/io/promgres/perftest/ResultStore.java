package io.promgres.perftest;

import io.promgres.store.SqlErrors;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import javax.sql.DataSource;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** Inserts reported rows: all rows of a request or none, by one statement. Thread-safe. */
public final class ResultStore {

    private static final int ATTEMPTS = 3;
    private static final String CONNECTION_EXCEPTION = "08000";

    private final DataSource database;

    public ResultStore(DataSource database) {
        this.database = database;
    }

    /**
     * Inserts what a body holds: one JSON object or an array of them, maybe empty. After it returns they are committed.
     *
     * @param bytes hold the body, in UTF-8
     * @return the inserted rows as a JSON array, if they were asked for
     * @throws InsertException says why nothing was inserted
     */
    public Optional<String> insert(Table table, byte[] bytes, int offset, int length, Options options)
            throws InsertException {
        Rows rows = Rows.parse(table, bytes, offset, length);
        for (int attempt = 1; ; attempt++) {
            try {
                return insert(table, rows, options);
            } catch (SQLException e) {
                if (attempt == ATTEMPTS || SqlErrors.of(e) != SqlErrors.CONTENTION) {
                    throw new InsertException(kind(e), error(e), e);
                }
            }
        }
    }

    private Optional<String> insert(Table table, Rows rows, Options options) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql(table, rows.withId(), options))) {
            statement.setString(1, rows.json());
            if (!options.returnRows()) {
                statement.executeUpdate();
                return Optional.empty();
            }
            try (ResultSet result = statement.executeQuery()) {
                result.next();
                return Optional.of(result.getString(1));
            }
        }
    }

    /** Made of the fixed names of {@link Table} alone. */
    private static String sql(Table table, boolean withId, Options options) {
        String columns = table.columnList(withId);
        String insert = "INSERT INTO " + table.qualifiedName() + " (" + columns + ") SELECT " + columns
                + " FROM json_populate_recordset(NULL::" + table.qualifiedName() + ", ?::json)"
                + (options.ignoreDuplicates() ? " ON CONFLICT DO NOTHING" : "");
        return options.returnRows()
                ? "WITH inserted AS (" + insert + " RETURNING *)"
                        + " SELECT coalesce(json_agg(inserted), '[]')::text FROM inserted"
                : insert;
    }

    private static InsertException.Kind kind(SQLException e) {
        return switch (SqlErrors.of(e)) {
            case DUPLICATE, NO_REFERENCE -> InsertException.Kind.CONFLICT;
            case REFUSED -> InsertException.Kind.UNFIT;
            case UNAVAILABLE, CONTENTION, NO_RELATION, SEALED -> InsertException.Kind.UNAVAILABLE;
        };
    }

    private static InsertError error(SQLException e) {
        String code = e.getSQLState() == null ? CONNECTION_EXCEPTION : e.getSQLState();
        ServerErrorMessage server = e instanceof PSQLException own ? own.getServerErrorMessage() : null;
        return server == null
                ? new InsertError(code, e.getMessage())
                : new InsertError(code, server.getMessage(), server.getDetail(), server.getHint());
    }
}
