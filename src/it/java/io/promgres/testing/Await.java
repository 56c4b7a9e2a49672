package io.promgres.testing;

import java.sql.Connection;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Waits for what another thread or process does, by looking again and again. */
public final class Await {

    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final long BETWEEN_LOOKS_NANOS = 20_000_000;

    private Await() {}

    /**
     * Returns as soon as the condition holds.
     *
     * @param what is waited for, for the failure
     * @throws AssertionError if it does not hold within five minutes, which is far more than anything takes
     */
    public static void until(String what, Callable<Boolean> condition) throws Exception {
        long begin = System.nanoTime();
        while (!condition.call()) {
            if (System.nanoTime() - begin > PATIENCE.toNanos()) {
                throw new AssertionError("waited in vain: " + what);
            }
            LockSupport.parkNanos(BETWEEN_LOOKS_NANOS);
        }
    }

    /** Views follow the first sample of a metric by a moment: returns when there are all of them, with all columns. */
    public static void views(Connection connection) throws Exception {
        until(
                "the views of every metric",
                () -> Sql.rows(connection, "SELECT _prom_catalog.stale_views()").isEmpty());
    }
}
