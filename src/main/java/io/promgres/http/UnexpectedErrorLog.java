package io.promgres.http;

import io.promgres.observe.FatalErrors;
import java.util.function.LongSupplier;
import org.slf4j.Logger;

/** Logs bugs, at most one in ten seconds: a request that provokes one may come a thousand times. Thread-safe. */
final class UnexpectedErrorLog {

    private static final long QUIET_NANOS = 10_000_000_000L;

    private final Logger log;
    private final LongSupplier nanoTime;
    private boolean logged;
    private long loggedAt;
    private long suppressed;

    UnexpectedErrorLog(Logger log, LongSupplier nanoTime) {
        this.log = log;
        this.nanoTime = nanoTime;
    }

    synchronized void report(String what, Throwable cause) {
        FatalErrors.check(cause);
        long now = nanoTime.getAsLong();
        if (logged && now - loggedAt < QUIET_NANOS) {
            suppressed++;
            return;
        }
        log.error("{} (a bug; {} more since the last report)", what, suppressed, cause);
        logged = true;
        loggedAt = now;
        suppressed = 0;
    }
}
