package io.promgres.schema;

import io.promgres.session.SessionFailure;

/** The schema cannot be read or brought up to date; the message is for the user. */
public final class SchemaException extends RuntimeException {

    public SchemaException(String message) {
        super(message);
    }

    public SchemaException(String message, Throwable cause) {
        super(message, cause);
    }

    /** Whether the same may succeed later, see {@link SessionFailure#mayPass}. */
    public boolean mayPass() {
        return getCause() != null && SessionFailure.mayPass(getCause());
    }
}
