package io.promgres.wire;

/** A request body that is not what its headers say: not snappy, or not the protobuf message. Sending it again is useless. */
public final class MalformedBodyException extends Exception {

    public MalformedBodyException(String message) {
        super(message);
    }
}
