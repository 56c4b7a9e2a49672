package io.promgres.testing;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Waits for what another thread or process does, by looking again and again. */
public final class Await {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long BETWEEN_LOOKS_NANOS = 20_000_000;

    private Await() {}

    /**
     * Returns as soon as the condition holds.
     *
     * @param what is waited for, for the failure
     * @throws AssertionError if it does not hold within a minute
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
}
