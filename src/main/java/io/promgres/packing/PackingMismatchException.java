package io.promgres.packing;

/** What was packed reads back as something else. The landing rows stay. */
public final class PackingMismatchException extends Exception {

    PackingMismatchException(String message) {
        super(message);
    }
}
