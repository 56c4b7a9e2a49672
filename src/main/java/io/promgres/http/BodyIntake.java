package io.promgres.http;

import java.time.Duration;

/**
 * How the body of a request arrives: what it holds of the budget of bytes in flight grows with it, and it waits where there
 * is no room. A body that hardly comes while others wait is refused, so that slow senders cannot hold the budget. One body
 * at a time. Confined to the connection's event loop.
 */
final class BodyIntake {

    /** The fewest bytes of a body that have to come in a second while others wait. */
    static final int LEAST_BYTES = 16 * 1024;

    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

    /** What becomes of a body. */
    interface Listener {

        /** More of it may come. Called when a part of it has room, at once or later. */
        void goOn();

        /** All of it is there, and so is the room for handling it. */
        void complete();

        /** It is longer than what is handled as a whole, and there is the room for handling it while it arrives. */
        void outgrown();

        /** The request gets this answer. */
        void refused(Response response);
    }

    private final ServerContext service;
    private final EventLoopExecutor loop;
    private final Deadline deadline;
    private final Listener listener;
    private Exchange arriving;
    private boolean granted;
    private boolean paused;
    private long claimed;
    private Duration left;
    private long came;
    private long cameBefore;

    BodyIntake(ServerContext service, EventLoopExecutor loop, Deadline deadline, Listener listener) {
        this.service = service;
        this.loop = loop;
        this.deadline = deadline;
        this.listener = listener;
    }

    /** The body of a request, whose first bytes are claimed, comes from now on. */
    void begin(Exchange exchange) {
        paused = false;
        arriving = exchange;
        claimed = exchange.firstBytesInFlight();
        left = service.limits().readTimeout();
        came = 0;
        watch();
    }

    /** The exchange has got a part of it. */
    void added(int bytes) {
        came += bytes;
        if (arriving.isOutgrown()) {
            claim(arriving.streamBytesInFlight(), this::outgrown);
            return;
        }
        long needed = arriving.bytesArrived();
        if (needed > claimed) {
            claim(needed, listener::goOn);
        } else {
            listener.goOn();
        }
    }

    /** The exchange has got the last part of it. */
    void ended() {
        deadline.cancel();
        claim(arriving.bytesInFlight(), this::complete);
    }

    /** The connection is about something else now, or gone. */
    void leave() {
        arriving = null;
    }

    private void outgrown() {
        deadline.cancel();
        leave();
        listener.outgrown();
    }

    private void complete() {
        deadline.cancel();
        leave();
        listener.complete();
    }

    private void claim(long bytes, Runnable then) {
        Exchange candidate = arriving;
        claimed = bytes;
        granted = false;
        candidate.claim().resize(bytes, claim -> loop.run(() -> granted(candidate, then), claim::release));
        paused = !granted;
        if (paused) {
            deadline.set(service.settings().queueTimeout(), this::overloaded);
        }
    }

    private void granted(Exchange candidate, Runnable then) {
        if (arriving != candidate) {
            return;
        }
        granted = true;
        if (paused) {
            watch();
        }
        then.run();
    }

    private void overloaded() {
        refuse(service.refusals().overloaded(arriving));
    }

    private void watch() {
        cameBefore = came;
        Duration next = left.compareTo(BETWEEN_LOOKS) < 0 ? left : BETWEEN_LOOKS;
        deadline.set(next, () -> look(next));
    }

    private void look(Duration since) {
        left = left.minus(since);
        if (left.isZero()) {
            refuse(service.refusals().bodyTimedOut(arriving));
        } else if (came - cameBefore < LEAST_BYTES && service.inFlight().waiting() > 0) {
            refuse(service.refusals().bodyTooSlow(arriving));
        } else {
            watch();
        }
    }

    private void refuse(Response response) {
        leave();
        listener.refused(response);
    }
}
