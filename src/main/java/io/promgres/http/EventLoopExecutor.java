package io.promgres.http;

import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.RejectedExecutionException;

/** The event loop of a connection, which everything about it happens on. Any thread may use this. */
final class EventLoopExecutor {

    private final EventExecutor executor;

    EventLoopExecutor(EventExecutor executor) {
        this.executor = executor;
    }

    /** Runs the task on the event loop when what it does now is done; not at all if it has stopped. */
    void later(Runnable task) {
        try {
            executor.execute(task);
        } catch (RejectedExecutionException e) {
            // There is no connection any more, either.
        }
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
