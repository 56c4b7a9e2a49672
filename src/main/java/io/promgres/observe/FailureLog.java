package io.promgres.observe;

import java.sql.SQLException;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/**
 * Logs something that may fail a thousand times in a row, as it does while a database is away: the first time in full, then
 * at most a line a minute with the number of failures, and a line when it works again. What fails and works by turns is
 * logged no more often. A message of the database is one line; anything else has its stack. Thread-safe.
 */
public final class FailureLog {

    private static final Duration INTERVAL = Duration.ofMinutes(1);
    private static final double NANOS = 1e9;

    private final Logger log;
    private final Level level;
    private final String what;
    private final LongSupplier nanoTime;
    private boolean everLogged;
    private long loggedAt;
    private long unlogged;
    private long failures;
    private long began;
    private boolean known;

    /** @param what fails: a sentence without its end, such as "samples cannot be written" */
    public FailureLog(Logger log, Level level, String what) {
        this(log, level, what, System::nanoTime);
    }

    FailureLog(Logger log, Level level, String what, LongSupplier nanoTime) {
        this.log = log;
        this.level = level;
        this.what = what;
        this.nanoTime = nanoTime;
    }

    public synchronized void failed(Throwable cause) {
        long now = nanoTime.getAsLong();
        if (failures++ == 0) {
            began = now;
        }
        if (everLogged && now - loggedAt < INTERVAL.toNanos()) {
            unlogged++;
            return;
        }
        log(cause);
        everLogged = true;
        loggedAt = now;
        unlogged = 0;
        known = true;
    }

    private void log(Throwable cause) {
        String more = unlogged == 0 ? "" : " (and " + unlogged + " times since the last report)";
        if (known || cause instanceof SQLException) {
            log.atLevel(level).log("{}{}: {}", what, more, cause.toString());
        } else {
            log.atLevel(level).setCause(cause).log("{}{}", what, more);
        }
    }

    /** It works. Where failures were logged, this is too. */
    public synchronized void succeeded() {
        if (known) {
            double seconds = Math.round((nanoTime.getAsLong() - began) / NANOS * 10) / 10.0;
            log.info("no longer: {} ({} times in {} s)", what, failures, seconds);
        }
        failures = 0;
        known = false;
    }
}
