package io.promgres.http;

import io.netty.handler.codec.http.HttpObject;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * The messages that one read of a socket brought, beyond the one that was wanted: at most {@link HttpServer#MAX_READ}
 * bytes of each of two reads. Owns them until they are taken. Confined to an event loop.
 */
final class PendingMessages {

    private final Queue<HttpObject> messages = new ArrayDeque<>();
    private boolean delivering;

    void add(HttpObject message) {
        messages.add(message);
    }

    /** Whether no message is here, and none is being delivered. */
    boolean isIdle() {
        return messages.isEmpty() && !delivering;
    }

    /**
     * Delivers messages one by one as long as one is wanted. A call from within a delivery returns at once and leaves
     * the rest to the outer call: thousands of small messages may come in one read, and must not nest.
     *
     * @param receiver must retain what it keeps
     */
    void deliver(BooleanSupplier wanted, Consumer<HttpObject> receiver) {
        if (delivering) {
            return;
        }
        delivering = true;
        try {
            while (!messages.isEmpty() && wanted.getAsBoolean()) {
                deliver(messages.remove(), receiver);
            }
        } finally {
            delivering = false;
        }
    }

    void clear() {
        messages.forEach(ReferenceCountUtil::release);
        messages.clear();
    }

    private static void deliver(HttpObject message, Consumer<HttpObject> receiver) {
        try {
            receiver.accept(message);
        } finally {
            ReferenceCountUtil.release(message);
        }
    }
}
