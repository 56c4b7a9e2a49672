package io.promgres.perftest;

/** A request is not carried out; nothing is stored. */
public final class ApiException extends Exception {

    /** What is in the way. */
    public enum Kind {
        /** The request is not what the table takes: no JSON, an unknown column, a value or filter that does not fit. */
        UNFIT,
        /** A row is there already, or refers to one that is not there. */
        CONFLICT,
        /** One row was asked for, and there are more or none. */
        NOT_SINGULAR,
        /** The answer would begin after the last row. */
        OUT_OF_RANGE,
        /** The answer would be larger than what is held in memory. */
        TOO_LARGE,
        /** The body ended before its time. */
        CUT_OFF,
        /** The database is away: later, the same will work. */
        UNAVAILABLE
    }

    private final Kind kind;
    private final transient ApiError error;

    public ApiException(Kind kind, ApiError error) {
        this(kind, error, null);
    }

    public ApiException(Kind kind, ApiError error, Throwable cause) {
        super(error.message(), cause);
        this.kind = kind;
        this.error = error;
    }

    /** The request does not fit, for this reason. */
    static ApiException unfit(String code, String message, String details, String hint) {
        return new ApiException(Kind.UNFIT, new ApiError(code, message, details, hint));
    }

    /** A parameter of the URL cannot be read. */
    static ApiException unreadable(String parameter, String details) {
        return unfit("PGRST100", "the parameter " + parameter + " cannot be read", details, null);
    }

    public Kind kind() {
        return kind;
    }

    public ApiError error() {
        return error;
    }
}
