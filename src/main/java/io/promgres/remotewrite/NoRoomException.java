package io.promgres.remotewrite;

/** A request unfolds into more than the budget of bytes in flight has, now or at all. Unchecked: it passes through the decoders. */
final class NoRoomException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final boolean permanent;

    private NoRoomException(String message, boolean permanent) {
        super(message);
        this.permanent = permanent;
    }

    static NoRoomException now() {
        return new NoRoomException(
                "overloaded: no room for the request, decoded, in the bytes in flight; send it again later", false);
    }

    /** @param most bytes */
    static NoRoomException ever(long most) {
        return new NoRoomException(
                "the request, decoded, takes more than the " + most + " bytes of ingest.max-in-flight-bytes", true);
    }

    /** Whether the same request has no room later either. */
    boolean isPermanent() {
        return permanent;
    }
}
