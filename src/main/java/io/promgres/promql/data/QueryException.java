package io.promgres.promql.data;

/** A query that has no answer: it is wrong, or it passed a limit. The message is Prometheus' own. */
public final class QueryException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** The kinds of errors of Prometheus' HTTP API; the text is the errorType. */
    public enum Type {
        BAD_DATA("bad_data"),
        EXECUTION("execution"),
        TIMEOUT("timeout"),
        CANCELED("canceled");

        private final String text;

        Type(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    private final Type type;

    public QueryException(Type type, String message) {
        super(message);
        this.type = type;
    }

    /** An error of the evaluation. */
    public static QueryException execution(String message) {
        return new QueryException(Type.EXECUTION, message);
    }

    /** @param most samples that a query may hold */
    public static QueryException tooManySamples(long most) {
        return execution(
                "query processing would load too many samples into memory in query execution: the limit is " + most);
    }

    public Type type() {
        return type;
    }
}
