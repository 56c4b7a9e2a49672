package io.promgres.codec;

/** A request body that is larger than the limits allow, decompressed. Thrown before memory is taken for it. */
public final class BodyTooLargeException extends Exception {

    public BodyTooLargeException(String message) {
        super(message);
    }
}
