package io.promgres.replica;

/**
 * Nobody can say now which replica leads: the same request may be answered later. Unchecked: it passes through the decoders,
 * which have nothing to do with it, from the election to whoever answers the request.
 */
public final class UndecidedException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public UndecidedException(String message, Throwable cause) {
        super(message, cause);
    }
}
