package io.promgres.maintenance;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs jobs in intervals, one at a time, on a thread of its own. A job that fails runs again at its next time. */
public final class Scheduler implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Scheduler.class);
    private static final long STOP_SECONDS = 5;

    private final ScheduledExecutorService thread;

    /** @param name of the thread */
    public Scheduler(String name) {
        thread = Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, name));
    }

    /** Runs a job now and then in this interval, which is counted from its end. */
    public void every(Duration interval, String name, Job job) {
        Runnable guarded = new Guarded(name, job);
        thread.scheduleWithFixedDelay(guarded, 0, interval.toMillis(), TimeUnit.MILLISECONDS);
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
        private final String name;
        private final Job job;
        private boolean failing;

        Guarded(String name, Job job) {
            this.name = name;
            this.job = job;
        }

        @Override
        public void run() {
            try {
                job.run();
                failing = false;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (Exception e) {
                // One line when it begins to fail; the next success ends it.
                if (!failing) {
                    LOG.warn("maintenance job {} failed: {}", name, e.toString());
                }
                failing = true;
            }
        }
    }
}
