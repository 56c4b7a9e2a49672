package io.promgres.http;

import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import java.time.Duration;

/**
 * How a body arrives that is handled in the meantime, because it is longer than its endpoint wants to have in memory. What is
 * waited for the client is limited: a slow one holds a worker. One body at a time. Confined to the connection's event loop.
 */
final class StreamIntake {

    /** What becomes of a body. */
    interface Listener {

        /** More of it is wanted. */
        void goOn();

        /** Nothing is wanted until what came is read. */
        void pause();

        /** All of it is there. */
        void complete();

        /** The rest is not wanted, and the request gets this answer. */
        void refused(Response response);
    }

    private final ServerContext service;
    private final EventLoopExecutor loop;
    private final Deadline deadline;
    private final Listener listener;
    private Exchange arriving;
    private long came;
    // How long may still be waited for the client; it grows with what comes.
    private Duration patience;
    private long waitingSince;

    StreamIntake(ServerContext service, EventLoopExecutor loop, Deadline deadline, Listener listener) {
        this.service = service;
        this.loop = loop;
        this.deadline = deadline;
        this.listener = listener;
    }

    /** The rest of a body comes in pieces from now on, when they are wanted. */
    void begin(Exchange exchange) {
        arriving = exchange;
        patience = service.limits().readTimeout();
        came = exchange.openStream(() -> loop.run(() -> wanted(exchange), () -> {}));
    }

    private void wanted(Exchange candidate) {
        if (arriving == candidate) {
            waitingSince = System.nanoTime();
            deadline.set(patience, this::slow);
            listener.goOn();
        }
    }

    /** A piece has come. */
    void add(HttpContent content) {
        int bytes = content.content().readableBytes();
        came += bytes;
        if (came > arriving.endpoint().bodyLimit()) {
            refuse(service.refusals().bodyTooLarge(arriving), "the body is too long");
            return;
        }
        if (bytes > 0) {
            arriving.stream().put(ByteBufUtil.getBytes(content.content()));
            patience = patience.minusNanos(System.nanoTime() - waitingSince)
                    .plusNanos(Duration.ofSeconds(1).toNanos() * bytes / BodyIntake.LEAST_BYTES);
        }
        if (content instanceof LastHttpContent) {
            complete();
        } else if (bytes > 0) {
            deadline.cancel();
            listener.pause();
        }
    }

    private void complete() {
        deadline.cancel();
        arriving.bodyEnded();
        arriving.stream().end();
        arriving = null;
        listener.complete();
    }

    /** What comes is no HTTP. */
    void undecodable(Throwable cause) {
        refuse(service.refusals().undecodable(cause), "the body is malformed");
    }

    /** The connection is about something else now, or gone. */
    void leave() {
        if (arriving != null) {
            arriving.stream().fail("the client is gone");
            arriving = null;
        }
    }

    private void slow() {
        refuse(service.refusals().bodyTimedOut(arriving), "the body did not arrive in time");
    }

    private void refuse(Response response, String why) {
        Exchange refused = arriving;
        arriving = null;
        deadline.cancel();
        refused.stream().fail(why);
        refused.expire();
        listener.refused(response);
    }
}
