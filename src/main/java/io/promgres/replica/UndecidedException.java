package io.promgres.replica;

/**
 * It is not known now which replica leads: the same request may be answered later. Unchecked: it passes through the decoders,
 * which have nothing to do with it, from the election to the answer of the request.
 */
public final class UndecidedException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public UndecidedException(String message, Throwable cause) {
        super(message, cause);
    }
}
