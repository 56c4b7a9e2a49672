package io.promgres.http;

/** What the next message of a connection is for. */
enum ConnectionState {
    /** A request's line and headers. */
    HEAD(true),
    /** Nothing: the request is at the gate, where its password is checked or it waits for its first bytes in flight. */
    ENTERING(false),
    BODY(true),
    /** Nothing: what has come of the body, or all of it, waits for bytes in flight. */
    WAITING(false),
    /** The next piece of a body that is handled while it arrives. */
    STREAMING(true),
    /** Nothing: the endpoint reads a piece of the body. */
    STREAM_FULL(false),
    /** Nothing: the endpoint has the request. */
    WORKING(false),
    /** Nothing: the response is being sent. */
    RESPONDING(false),
    /** To be thrown away: the rest of a request that is answered. */
    DISCARDING(true),
    DISCARDING_THEN_CLOSING(true),
    CLOSED(false);

    private final boolean reads;

    ConnectionState(boolean reads) {
        this.reads = reads;
    }

    /** Whether a message is wanted at all. */
    boolean reads() {
        return reads;
    }

    /** Whether the connection is in no request's midst. */
    boolean isIdle() {
        return this == HEAD || this == DISCARDING || this == DISCARDING_THEN_CLOSING;
    }

    /** Whether a request is here that no thread works on yet. */
    boolean holdsRequest() {
        return this == ENTERING || this == BODY || this == WAITING;
    }
}
