package io.promgres.query;

/** What can be wrong with a query, as Prometheus' HTTP API names it, with the status of the answer. */
public enum ErrorType {
    /** A parameter is missing or wrong, or the expression is. */
    BAD_DATA("bad_data", 400),
    /** The query is right, but what is stored does not allow an answer, or a limit does not. */
    EXECUTION("execution", 422),
    /** It took too long. */
    TIMEOUT("timeout", 503),
    /** The client or the operator has ended it. */
    CANCELED("canceled", 503),
    /** The database is away. */
    UNAVAILABLE("unavailable", 503),
    /** A bug. */
    INTERNAL("internal", 500),
    /** Nothing is there. */
    NOT_FOUND("not_found", 404);

    private final String word;
    private final int status;

    ErrorType(String word, int status) {
        this.word = word;
        this.status = status;
    }

    String word() {
        return word;
    }

    int status() {
        return status;
    }
}
