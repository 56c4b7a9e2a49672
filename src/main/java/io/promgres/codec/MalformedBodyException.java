package io.promgres.codec;

/** A request body that is not what its headers say: not snappy, or not the protobuf message. Sending it again is useless. */
public sealed class MalformedBodyException extends Exception permits UnknownEncodingException {

    public MalformedBodyException(String message) {
        super(message);
    }
}
