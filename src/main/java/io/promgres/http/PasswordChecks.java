package io.promgres.http;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Where passwords are hashed: one thread, so that a flood of wrong ones costs one processor and not all of them. What would
 * wait longer than some seconds is turned away. Thread-safe.
 */
final class PasswordChecks implements AutoCloseable {

    // A check of the usual cost takes a tenth of a second.
    private static final int MOST_WAITING = 64;

    private final ThreadPoolExecutor thread = new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MOST_WAITING),
            new DefaultThreadFactory("promgres-password"));

    /** @return false if too many wait; then the check is not run */
    boolean submit(Runnable check) {
        try {
            thread.execute(check);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
