package io.promgres.promql.syntax;

/** A query that cannot be read; the message has its position. */
public final class ParseException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final transient Position position;

    ParseException(Position position, String query, String message) {
        super(position.in(query) + ": parse error: " + message, null, false, false);
        this.position = position;
    }

    public Position position() {
        return position;
    }
}
