package io.promgres.maintenance;

import io.promgres.maintenance.JobStore.JobType;
import io.promgres.maintenance.JobStore.Schedule;
import io.promgres.observe.FailureLog;
import io.promgres.observe.JobMetrics;
import io.promgres.observe.Metrics;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * One kind of maintenance: when it runs, and what is noted about a run. It is due an interval after its last end, a tenth
 * more or less, so that daemons on one server do not all do it in the same moment, by a clock that cannot be set. For one
 * thread.
 */
final class PeriodicJob {

    private static final Logger LOG = LoggerFactory.getLogger(PeriodicJob.class);
    private static final double JITTER = 0.1;

    /** The work itself. */
    @FunctionalInterface
    interface Work {
        void run() throws SQLException, InterruptedException;
    }

    private final JobType type;
    private final JobStore store;
    private final InstantSource clock;
    private Long lastEnd;
    private double stretch = 1;
    private final JobMetrics metrics;
    private final FailureLog failures;
    private final ClockJumpGuard longPause = new ClockJumpGuard(System::nanoTime);

    PeriodicJob(JobType type, JobStore store, InstantSource clock, Metrics metrics) {
        this.type = type;
        this.store = store;
        this.clock = clock;
        this.metrics = metrics.job(type.toString());
        this.failures = new FailureLog(LOG, Level.WARN, type + " failed, and is tried again");
    }

    /** False if it is not due by this schedule, whatever the clock of the database says. */
    boolean mayBeDue(Schedule schedule) {
        double interval = schedule.interval().toNanos() * stretch;
        return schedule.enabled() && (lastEnd == null || System.nanoTime() - lastEnd >= interval);
    }

    boolean isDue(Schedule schedule) {
        return mayBeDue(schedule) && (type != JobType.RETENTION || longPause.isOver(schedule));
    }

    /**
     * Runs the work now, and notes how it went.
     *
     * @throws SQLException if the work failed, or nothing could be noted
     */
    void run(Work work, boolean verbose) throws SQLException, InterruptedException {
        long begin = System.nanoTime();
        try {
            store.started(type, clock.instant());
            work.run();
            store.finished(type, clock.instant(), null);
            metrics.succeeded(clock.instant(), System.nanoTime() - begin);
        } catch (SQLException e) {
            metrics.failed(System.nanoTime() - begin);
            note(e);
            throw e;
        } finally {
            lastEnd = System.nanoTime();
            stretch = 1 + ThreadLocalRandom.current().nextDouble(-JITTER, JITTER);
        }
        failures.succeeded();
        if (verbose) {
            LOG.info("{}: done in {} ms", type, (lastEnd - begin) / 1_000_000);
        }
    }

    /** As {@link #run}, with a failure in the log. */
    void runOnSchedule(Work work, boolean verbose) throws InterruptedException {
        try {
            run(work, verbose);
        } catch (SQLException e) {
            failures.failed(e);
        }
    }

    private void note(SQLException failure) {
        try {
            store.finished(type, clock.instant(), failure.getMessage());
        } catch (SQLException e) {
            failure.addSuppressed(e);
        }
    }
}
