package io.promgres.store;

import io.promgres.session.SqlState;
import java.sql.SQLException;

/** What an SQLSTATE means for the write path. The one place where they are looked at. */
public enum SqlErrors {
    /** The database is away, starting, stopping, full, read-only or not set up: later, the same will work. */
    UNAVAILABLE,
    /** Another session was in the way: again at once. */
    CONTENTION,
    /** The row is there already. */
    DUPLICATE,
    /** A row that is referred to is not there. */
    NO_REFERENCE,
    /** A relation that was there is gone. */
    NO_RELATION,
    /** The partition is closed to the fast path. */
    SEALED,
    /** The database will never take this. */
    REFUSED;

    /** Whether the connection is gone, or has not answered in time. */
    static boolean isConnectionLost(SQLException e) {
        return e.getSQLState() != null && e.getSQLState().startsWith(SqlState.CONNECTION_EXCEPTION);
    }

    /** Whether the connection leads to a server that does not take writes: after a failover, another one may. */
    static boolean isReadOnly(SQLException e) {
        return SqlState.READ_ONLY_SQL_TRANSACTION.equals(e.getSQLState());
    }

    /** Whether less in one transaction may succeed: no memory for its locks (out_of_memory), or its time was over (query_canceled). */
    public static boolean isTooMuchAtOnce(SQLException e) {
        return SqlState.OUT_OF_MEMORY.equals(e.getSQLState()) || SqlState.QUERY_CANCELED.equals(e.getSQLState());
    }

    public static SqlErrors of(SQLException e) {
        String state = e.getSQLState();
        if (state == null) {
            return UNAVAILABLE;
        }
        return switch (state) {
            case SqlState.SERIALIZATION_FAILURE, SqlState.DEADLOCK_DETECTED, SqlState.LOCK_NOT_AVAILABLE -> CONTENTION;
            case SqlState.UNIQUE_VIOLATION -> DUPLICATE;
            case SqlState.FOREIGN_KEY_VIOLATION -> NO_REFERENCE;
            // A row outside of its partition's bounds: the partition of that name is a new one.
            case SqlState.UNDEFINED_TABLE, SqlState.CHECK_VIOLATION -> NO_RELATION;
            case SqlState.SEALED -> SEALED;
            // Read-only; and what a person who grants or migrates puts right: privilege, function, column.
            case SqlState.READ_ONLY_SQL_TRANSACTION,
                    SqlState.INSUFFICIENT_PRIVILEGE,
                    SqlState.UNDEFINED_FUNCTION,
                    SqlState.UNDEFINED_COLUMN -> UNAVAILABLE;
            default ->
                switch (state.substring(0, 2)) {
                    case "22", "23", "42", "54" -> REFUSED;
                    default -> UNAVAILABLE;
                };
        };
    }

    /** Whether what was sent is to blame: sent again, it would be refused again. After any other error it may work. */
    public static boolean isRefusal(Exception e) {
        return e instanceof SQLException sql && of(sql) == REFUSED;
    }
}
