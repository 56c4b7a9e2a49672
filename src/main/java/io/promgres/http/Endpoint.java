package io.promgres.http;

import java.io.InputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What answers the requests of a route. It sees a request twice: its headers before a byte of the body is read, then
 * the whole body. All methods are called by many threads at once.
 */
public interface Endpoint {

    /**
     * Decides from the headers alone whether to go on. Called on an event loop, so it must not block.
     *
     * @return the answer, if the request is not to be handled: its body is then thrown away unread
     */
    default Optional<Response> refuse(RequestHead head) {
        return Optional.empty();
    }

    /** The largest body in bytes; a larger one is answered 413. */
    default int bodyLimit() {
        return 0;
    }

    /**
     * The memory that handling this body takes, in bytes, the body included: what is claimed from the budget before it is
     * handled. Called on an event loop, so it must not block.
     */
    default long bytesInFlight(Request request) {
        return request.length();
    }

    /**
     * How long a request may take, from its headers on: after that the server answers 503, and {@link Request.Client#isGone}.
     * The request keeps its share of the budget until the endpoint has answered too, which the server throws away. A body that
     * takes long to come leaves half of the time. Empty if the endpoint itself limits its time.
     */
    default Optional<Duration> answerWithin() {
        return Optional.empty();
    }

    /**
     * How long a request may wait until a thread of the route's executor is free; then it is not handled, but gets {@link
     * #waitedTooLong}. A request whose client goes away meanwhile is not handled either. Called on an event loop, so it must
     * not block. Empty: as long as it takes.
     */
    default Optional<Duration> waitsWithin(Request request) {
        return Optional.empty();
    }

    /** The answer to a request for which no thread was free in time. Must not block. */
    default Response waitedTooLong() {
        return problem(Problem.UNAVAILABLE, "no thread was free in time").retryAfter(1);
    }

    /**
     * The longest body in bytes that is handled as a whole. A longer one is handled while it arrives, by {@link
     * #handle(RequestHead, InputStream, Consumer)}.
     */
    default int wholeUpTo() {
        return bodyLimit();
    }

    /** The memory that handling a body takes while it arrives, in bytes. Must not block. */
    default long streamBytesInFlight(RequestHead head) {
        return wholeUpTo();
    }

    /** The answer to a request to this endpoint that the server itself has to refuse. Must not block. */
    default Response problem(Problem problem, String message) {
        return problem.answer(message);
    }

    /**
     * Handles a request on the route's executor.
     *
     * @param request its bytes are valid until this method returns
     * @param answer to be called once, now or later, on any thread; a second call is ignored. The request is in flight
     *     until then, so it must be called in the end.
     */
    void handle(Request request, Consumer<Response> answer);

    /**
     * Handles a request whose body is longer than {@link #wholeUpTo} and still arriving, on the route's executor.
     *
     * @param body valid until this method returns; an {@link java.io.IOException} says that the rest does not come
     * @param answer as above; the rest of the body is thrown away then
     */
    default void handle(RequestHead head, InputStream body, Consumer<Response> answer) {
        throw new UnsupportedOperationException("no body is longer than what is handled as a whole");
    }
}
