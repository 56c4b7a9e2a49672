package io.promgres.codec;

import io.promgres.remotewrite.Limits;

/** A request body that is larger than the {@link Limits} allow, decompressed. Thrown before memory is taken for it. */
public final class BodyTooLargeException extends Exception {

    public BodyTooLargeException(String message) {
        super(message);
    }
}
