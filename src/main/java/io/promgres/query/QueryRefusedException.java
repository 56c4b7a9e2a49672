package io.promgres.query;

/** A request of the query API that gets no result. The message is for the client. */
public final class QueryRefusedException extends Exception {

    private static final long serialVersionUID = 1;

    private final ErrorType type;

    public QueryRefusedException(ErrorType type, String message) {
        super(message);
        this.type = type;
    }

    static QueryRefusedException badData(String message) {
        return new QueryRefusedException(ErrorType.BAD_DATA, message);
    }

    static QueryRefusedException badParameter(String name, String message) {
        return badData("invalid parameter \"" + name + "\": " + message);
    }

    public ErrorType type() {
        return type;
    }
}
