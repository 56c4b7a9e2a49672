package io.promgres.perftest;

import io.promgres.store.SqlErrors;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Set;
import javax.sql.DataSource;

/** Inserts reported rows: all rows of a request or none, in one transaction. Thread-safe. */
public final class ResultStore {

    private static final int ATTEMPTS = 3;

    private final DataSource database;
    private final int mostAnswered;

    /**
     * @param database whose patience is enough for a large report, of some 100,000 rows
     * @param mostAnswered the largest answer that is held in memory, in bytes
     */
    public ResultStore(DataSource database, int mostAnswered) {
        this.database = database;
        this.mostAnswered = mostAnswered;
    }

    /** The largest answer, in bytes. */
    int mostAnswered() {
        return mostAnswered;
    }

    /**
     * Inserts what a body holds: one JSON object or an array of them, maybe empty. After it returns they are committed.
     *
     * @param body in UTF-8; one that can be read again from its mark is, where another session was in the way
     * @throws ApiException says why nothing was inserted
     */
    Inserted insert(Insert insert, InputStream body) throws ApiException {
        for (int attempt = 1; ; attempt++) {
            try {
                body.mark(Integer.MAX_VALUE);
                return insertOnce(insert, new RowBatches(body));
            } catch (SQLException e) {
                if (attempt == ATTEMPTS || SqlErrors.of(e) != SqlErrors.CONTENTION || !body.markSupported()) {
                    throw DatabaseErrors.of(e);
                }
                RowBatches.again(body);
            }
        }
    }

    /** Inserts a body that is in memory. */
    Inserted insert(Insert insert, byte[] bytes, int offset, int length) throws ApiException {
        return insert(insert, new ByteArrayInputStream(bytes, offset, length));
    }

    private Inserted insertOnce(Insert insert, RowBatches batches) throws SQLException, ApiException {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            try {
                Inserted inserted = insertAll(connection, insert, batches);
                connection.commit();
                return inserted;
            } finally {
                // After a commit there is nothing to take back.
                connection.rollback();
            }
        }
    }

    private Inserted insertAll(Connection connection, Insert insert, RowBatches batches)
            throws SQLException, ApiException {
        AnswerBuffer answer = new AnswerBuffer(insert.wanted().single(), mostAnswered);
        Set<String> names = null;
        for (Rows rows = batches.next(); rows != null; rows = batches.next()) {
            names = names == null ? rows.names() : names;
            check(insert, rows, names);
            insert(connection, insert, rows, answer);
        }
        return answer.inserted(insert.returned().isPresent());
    }

    private static void check(Insert insert, Rows rows, Set<String> first) throws ApiException {
        if (insert.columns().isPresent()) {
            return;
        }
        for (String name : rows.names()) {
            insert.table().column(name);
        }
        // Else what becomes of a row that is there would depend on what other rows bring.
        boolean alike = rows.alike() && rows.names().equals(first);
        if (insert.duplicates() == Insert.Duplicates.MERGE && !alike) {
            throw ApiException.unfit(
                    "PGRST102",
                    "All object keys must match",
                    "rows that are to be merged bring different columns",
                    "name the columns in the parameter columns");
        }
    }

    private static void insert(Connection connection, Insert insert, Rows rows, AnswerBuffer answer)
            throws SQLException, ApiException {
        try (PreparedStatement statement = insert.sql(rows).prepare(connection)) {
            if (insert.returned().isEmpty()) {
                answer.add(statement.executeUpdate());
                return;
            }
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    answer.add(result.getString(1));
                }
            }
        }
    }
}
