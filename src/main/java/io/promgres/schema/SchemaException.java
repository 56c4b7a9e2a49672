package io.promgres.schema;

/** The schema cannot be read or brought up to date; the message is for the user. */
public final class SchemaException extends RuntimeException {

    public SchemaException(String message) {
        super(message);
    }

    public SchemaException(String message, Throwable cause) {
        super(message, cause);
    }
}
