package io.promgres.http;

import java.io.IOException;

/** Makes the body of a response piece by piece, on the executor of its route. */
@FunctionalInterface
public interface Streaming {

    /**
     * Writes the whole body. Not called if the client is gone before.
     *
     * @throws Exception what has been sent cannot be taken back: the connection is cut, so that the client notices
     */
    void writeTo(Body body) throws Exception;

    /** Where the pieces go. */
    interface Body {

        /**
         * Sends a piece. Waits while the client has not taken the piece before, so that at most two are in memory.
         *
         * @param bytes not to be changed afterwards
         * @throws IOException if the client is gone, or takes nothing for too long
         */
        void write(byte[] bytes) throws IOException;
    }
}
