package io.promgres.maintenance;

import io.promgres.maintenance.JobStore.Schedule;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Doubts a long time without a run: either no daemon was running, or the clock of the database has leapt forward, and what
 * it says has expired has not. A clock that is wrong is put right soon, as a rule; so who finds such a pause waits. For
 * one thread.
 */
final class ClockJumpGuard {

    /** How long a pause is believed at once; twice the interval if that is longer. */
    static final Duration BELIEVED = Duration.ofDays(1);

    /** How long another one is doubted: by a clock that cannot be set. */
    static final Duration DOUBT = Duration.ofHours(1);

    private static final Logger LOG = LoggerFactory.getLogger(ClockJumpGuard.class);

    private final LongSupplier nanoTime;
    private Long doubtedSince;

    ClockJumpGuard(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Whether there is none, or it has been doubted for long enough. */
    boolean isOver(Schedule schedule) {
        Duration interval = schedule.interval().multipliedBy(2);
        Duration believed = interval.compareTo(BELIEVED) > 0 ? interval : BELIEVED;
        if (schedule.pause().compareTo(believed) <= 0) {
            doubtedSince = null;
            return true;
        }
        if (doubtedSince == null) {
            doubtedSince = nanoTime.getAsLong();
            LOG.warn(
                    "retention has not run for {} days by the clock of the database: it waits for {} minutes, in case that clock is wrong",
                    schedule.pause().toDays(),
                    DOUBT.toMinutes());
        }
        return nanoTime.getAsLong() - doubtedSince >= DOUBT.toNanos();
    }
}
