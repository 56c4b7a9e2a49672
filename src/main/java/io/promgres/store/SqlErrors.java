package io.promgres.store;

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

    /** The state that a partition is reported with that was dropped: undefined_table. */
    static final String PARTITION_GONE = "42P01";

    /** read_only_sql_transaction. */
    private static final String READ_ONLY = "25006";

    /** Whether the connection is gone, or has not answered in time. */
    static boolean isConnectionLost(SQLException e) {
        return e.getSQLState() != null && e.getSQLState().startsWith("08");
    }

    /** Whether the connection leads to a server that does not take writes: after a failover, another one may. */
    static boolean isReadOnly(SQLException e) {
        return READ_ONLY.equals(e.getSQLState());
    }

    /** Whether less in one transaction may succeed: no memory for its locks (out_of_memory), or its time was over (query_canceled). */
    public static boolean isTooMuchAtOnce(SQLException e) {
        return "53200".equals(e.getSQLState()) || "57014".equals(e.getSQLState());
    }

    /** Source of the codes: PostgreSQL documentation, appendix A. */
    public static SqlErrors of(SQLException e) {
        String state = e.getSQLState();
        if (state == null) {
            return UNAVAILABLE;
        }
        return switch (state) {
            case "40001", "40P01", "55P03" -> CONTENTION;
            case "23505" -> DUPLICATE;
            case "23503" -> NO_REFERENCE;
            // A row outside of its partition's bounds: the partition of that name is a new one.
            case PARTITION_GONE, "23514" -> NO_RELATION;
            // Raised by _prom_catalog.refuse_sealed().
            case "PR001" -> SEALED;
            // Read-only; and what a person who grants or migrates puts right: privilege, function, column.
            case READ_ONLY, "42501", "42883", "42703" -> UNAVAILABLE;
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
