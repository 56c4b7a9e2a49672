package io.promgres.schedule;

import io.promgres.observe.FailureLog;
import io.promgres.observe.FatalErrors;
import io.promgres.observe.JobMetrics;
import io.promgres.observe.Metrics;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Runs jobs in intervals, one at a time, on a thread of its own. A job that fails runs again at its next time. */
public final class Scheduler implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Scheduler.class);
    private static final long STOP_SECONDS = 5;

    private final ScheduledExecutorService thread;
    private final Metrics metrics;

    /** @param name of the thread */
    public Scheduler(String name, Metrics metrics) {
        this.metrics = metrics;
        thread = Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, name));
    }

    /** Runs a job now and then in this interval, which is counted from its end. */
    public void every(Duration interval, String name, Job job) {
        Runnable guarded = new Guarded(name, job, metrics.job(name));
        thread.scheduleWithFixedDelay(guarded, 0, interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    /**
     * Runs a job now, and again in an interval from its end: the short one while it says that it has work under way, else the long
     * one.
     *
     * @return ends the long interval at once; from any thread, cheap while there is none
     */
    public Runnable every(Duration busy, Duration idle, String name, Watch watch) {
        PacedJob paced = new PacedJob(thread, busy, idle, watch);
        paced.start(new Guarded(name, paced, metrics.job(name)));
        return paced::wake;
    }

    @Override
    public void close() {
        thread.shutdownNow();
        try {
            if (!thread.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("a maintenance job is still running");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static final class Guarded implements Runnable {
        private final Job job;
        private final JobMetrics metrics;
        private final FailureLog failures;

        Guarded(String name, Job job, JobMetrics metrics) {
            this.job = job;
            this.metrics = metrics;
            this.failures = new FailureLog(LOG, Level.WARN, "maintenance job " + name + " failed");
        }

        @Override
        public void run() {
            long begin = System.nanoTime();
            try {
                job.run();
                metrics.succeeded(Instant.now(), System.nanoTime() - begin);
                failures.succeeded();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (Exception | Error e) {
                FatalErrors.check(e);
                metrics.failed(System.nanoTime() - begin);
                failures.failed(e);
            }
        }
    }
}
