package io.promgres.session;

/** The SQLSTATEs that promgres knows, by their names in PostgreSQL's documentation, appendix A. */
public final class SqlState {

    /** A full table of locks is reported so, too. */
    public static final String OUT_OF_MEMORY = "53200";

    public static final String QUERY_CANCELED = "57014";
    public static final String READ_ONLY_SQL_TRANSACTION = "25006";
    public static final String LOCK_NOT_AVAILABLE = "55P03";
    public static final String SERIALIZATION_FAILURE = "40001";
    public static final String DEADLOCK_DETECTED = "40P01";
    public static final String UNIQUE_VIOLATION = "23505";
    public static final String FOREIGN_KEY_VIOLATION = "23503";
    public static final String CHECK_VIOLATION = "23514";
    public static final String INSUFFICIENT_PRIVILEGE = "42501";
    public static final String UNDEFINED_TABLE = "42P01";
    public static final String UNDEFINED_FUNCTION = "42883";
    public static final String UNDEFINED_COLUMN = "42703";

    /** Raised by {@code _prom_catalog.refuse_sealed()}. */
    public static final String SEALED = "PR001";

    static final String INVALID_PASSWORD = "28P01";
    static final String INVALID_AUTHORIZATION = "28000";
    static final String INVALID_CATALOG_NAME = "3D000";
    static final String FEATURE_NOT_SUPPORTED = "0A000";

    /** The driver's, for a handshake that cannot succeed. */
    static final String CONNECTION_REJECTED = "08004";

    // Classes, the first characters of their states.
    public static final String CONNECTION_EXCEPTION = "08";
    static final String INSUFFICIENT_RESOURCES = "53";
    static final String OPERATOR_INTERVENTION = "57P";
    static final String SYSTEM_ERROR = "58";
    static final String TRANSACTION_ROLLBACK = "40";

    private SqlState() {}
}
