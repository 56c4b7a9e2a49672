package io.promgres.promql;

/** An expression that has no value: it is wrong, or what it is applied to is, or a limit was reached. */
public final class QueryException extends Exception {

    private static final long serialVersionUID = 1;

    /** Why there is no value. */
    public enum Kind {
        /** The text is no expression. */
        PARSE,
        /** It cannot be evaluated on these samples, or needs more than is allowed. */
        EXECUTION,
        /** Its time is over. */
        TIMEOUT,
        /** It is not wanted any more. */
        CANCELED
    }

    private final Kind kind;

    public QueryException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    static QueryException execution(String message) {
        return new QueryException(Kind.EXECUTION, message);
    }

    public Kind kind() {
        return kind;
    }
}
