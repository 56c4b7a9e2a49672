package io.promgres.remoteread;

/** A query that is not answered: it is wrong, or asks for more than is allowed. The message is for who asked. */
public final class ReadRefusedException extends Exception {

    public ReadRefusedException(String message) {
        super(message);
    }
}
