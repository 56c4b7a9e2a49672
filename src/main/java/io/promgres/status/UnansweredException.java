package io.promgres.status;

/** The database did not answer a question; the message says why, for the viewer of the page. */
public final class UnansweredException extends Exception {

    public UnansweredException(String message, Throwable cause) {
        super(message, cause);
    }
}
