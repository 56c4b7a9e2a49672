package io.promgres.http;

import io.netty.channel.ChannelHandlerContext;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** What happens to a connection when nothing else does in time: one action at most. Confined to its event loop. */
final class Deadline {

    private final ChannelHandlerContext context;
    private ScheduledFuture<?> action;

    Deadline(ChannelHandlerContext context) {
        this.context = context;
    }

    /** Replaces the action that is set. */
    void set(Duration after, Runnable action) {
        cancel();
        this.action = context.executor().schedule(action, after.toNanos(), TimeUnit.NANOSECONDS);
    }

    void cancel() {
        if (action != null) {
            action.cancel(false);
            action = null;
        }
    }
}
