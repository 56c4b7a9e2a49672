package io.promgres.perftest;

/** Nothing was inserted. */
public final class InsertException extends Exception {

    /** Whose doing it is. */
    public enum Kind {
        /** The body is not what the table takes: no JSON, an unknown column, a value that does not fit. */
        UNFIT,
        /** A row is there already, or refers to one that is not there. */
        CONFLICT,
        /** The database is away: later, the same will work. */
        UNAVAILABLE
    }

    private final Kind kind;
    private final transient InsertError error;

    public InsertException(Kind kind, InsertError error) {
        this(kind, error, null);
    }

    public InsertException(Kind kind, InsertError error, Throwable cause) {
        super(error.message(), cause);
        this.kind = kind;
        this.error = error;
    }

    public Kind kind() {
        return kind;
    }

    public InsertError error() {
        return error;
    }
}
