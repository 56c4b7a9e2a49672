package io.promgres.store;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Runs the transactions of a writer, again where that helps. */
final class Transactions {

    private static final int ATTEMPTS = 5;

    /** What a transaction does, but for its begin and its commit. */
    @FunctionalInterface
    interface Work {
        void run(Connection connection) throws SQLException, RerouteException;
    }

    private final DataSource database;
    private final LandingPartitions partitions;

    Transactions(DataSource database, LandingPartitions partitions) {
        this.database = database;
        this.partitions = partitions;
    }

    /**
     * Commits the work. Runs it again if a partition has gone, or, after telling, if another session was in the way or a
     * row was there already.
     *
     * @param onConflict another session writes the same rows
     */
    void run(Work work, Runnable onConflict) throws SQLException, RerouteException {
        for (int attempt = 1; ; attempt++) {
            try {
                runOnce(work);
                return;
            } catch (SQLException e) {
                switch (SqlErrors.of(e)) {
                    case DUPLICATE, CONTENTION -> onConflict.run();
                    case NO_RELATION, SEALED -> partitions.forget();
                    default -> throw e;
                }
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private void runOnce(Work work) throws SQLException, RerouteException {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            try {
                work.run(connection);
                connection.commit();
            } catch (SQLException | RerouteException | RuntimeException e) {
                rollback(connection, e);
                throw e;
            }
        }
    }

    private static void rollback(Connection connection, Exception cause) {
        try {
            if (cause instanceof SQLException sql && (SqlErrors.isConnectionLost(sql) || SqlErrors.isReadOnly(sql))) {
                // A rollback would not be answered either, and it would be waited for as long again. Who has become
                // read-only is asked no more: a new connection may find the primary.
                connection.abort(Runnable::run);
            } else {
                connection.rollback();
            }
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }
}
