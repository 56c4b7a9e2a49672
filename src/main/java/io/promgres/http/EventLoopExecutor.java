package io.promgres.http;

import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.RejectedExecutionException;

/** The event loop of a connection, which everything about it happens on. Any thread may use this. */
final class EventLoopExecutor {

    private final EventExecutor executor;

    EventLoopExecutor(EventExecutor executor) {
        this.executor = executor;
    }

    /** Runs the task on the event loop, or, if that has stopped, the other one here. */
    void run(Runnable task, Runnable stopped) {
        if (executor.inEventLoop()) {
            task.run();
            return;
        }
        try {
            executor.execute(task);
        } catch (RejectedExecutionException e) {
            stopped.run();
        }
    }
}
