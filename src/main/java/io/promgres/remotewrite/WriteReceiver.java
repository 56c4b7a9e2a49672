package io.promgres.remotewrite;

import java.util.function.Consumer;

/** Takes the body of a write request: decodes it, and has it stored. Called by many threads at once. */
@FunctionalInterface
public interface WriteReceiver {

    /**
     * Decodes a body on the calling thread, which is a decode worker, and reports when it is stored.
     *
     * @param protocol which message the body is
     * @param bytes holds the body, snappy-compressed (block format); valid until this method returns, not to be changed
     * @param offset of the body's first byte
     * @param length of the body
     * @param done to be called once, now or later, on any thread
     */
    void receive(WriteProtocol protocol, byte[] bytes, int offset, int length, Caller done);

    /** Is told of the outcome. */
    @FunctionalInterface
    interface Caller extends Consumer<WriteOutcome> {

        /**
         * Claims memory for the decoded request, until it is told of the outcome. Does not wait.
         *
         * @return whether it is there
         */
        default boolean claim(long bytes) {
            return true;
        }

        /** What can be claimed at most, in bytes, for one request and in all. */
        default long mostBytes() {
            return Long.MAX_VALUE;
        }

        /** Whether it waits no more, and what is not begun need not be done. */
        default boolean isGone() {
            return false;
        }
    }
}
