package io.promgres.http;

import java.time.Duration;

/**
 * A request whose body has arrived.
 *
 * <p>The bytes belong to the server, which takes them back into its pool when {@link Endpoint#handle} returns: what is
 * needed later must be copied, or decoded, before.
 *
 * @param bytes holds the body among other things; not to be changed
 * @param offset of the body's first byte
 * @param length of the body
 * @param client who waits for the answer
 */
public record Request(RequestHead head, byte[] bytes, int offset, int length, Client client) {

    /** Who waits for an answer. */
    @FunctionalInterface
    public interface Client {

        /**
         * Has the client watched until it is answered.
         *
         * @param action run once, when the client has closed the connection or has been answered without the endpoint, after
         *     {@link Endpoint#answerWithin}; on an event loop, so it must not block
         */
        void whenGone(Runnable action);

        /**
         * Claims more of the budget of bytes in flight for this request, without waiting, until it is answered.
         *
         * @return whether it is there
         */
        default boolean claim(long bytes) {
            return true;
        }

        /** How long the request has waited until a thread of its route's executor was free, once one is. */
        default Duration waited() {
            return Duration.ZERO;
        }

        /** Whether the client is known to wait no more: work for it is useless. */
        default boolean isGone() {
            return false;
        }
    }
}
