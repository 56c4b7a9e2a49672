package io.promgres.schedule;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * A job that runs in one of two intervals, each counted from its end: the short one while it has work under way, has been woken, or
 * has failed. Thread-safe.
 */
final class PacedJob implements Job {

    private enum State {
        /** Runs again after the short interval. */
        BUSY,
        RUNS,
        /** Runs again after the long interval, or when it is woken. */
        RESTS
    }

    private final ScheduledExecutorService thread;
    private final Duration busy;
    private final Duration idle;
    private final Watch watch;
    private Runnable guarded;
    private boolean goesOn;
    // Of what was scheduled last: what was scheduled before it does nothing.
    private long turn;
    private volatile State state = State.BUSY;

    PacedJob(ScheduledExecutorService thread, Duration busy, Duration idle, Watch watch) {
        this.thread = thread;
        this.busy = busy;
        this.idle = idle;
        this.watch = watch;
    }

    /** @param guarded calls {@link #run}, and throws nothing */
    synchronized void start(Runnable guarded) {
        this.guarded = guarded;
        schedule(Duration.ZERO);
    }

    /** For its own thread. */
    @Override
    public void run() throws Exception {
        goesOn = true;
        goesOn = watch.run();
    }

    /** It is run at once if it rests, and again soon if it runs. */
    void wake() {
        if (state != State.BUSY) {
            synchronized (this) {
                if (state == State.RESTS) {
                    schedule(Duration.ZERO);
                }
                state = State.BUSY;
            }
        }
    }

    private void runTurn(long mine) {
        synchronized (this) {
            if (mine != turn) {
                return;
            }
            state = State.RUNS;
        }
        guarded.run();
        synchronized (this) {
            state = goesOn || state == State.BUSY ? State.BUSY : State.RESTS;
            schedule(state == State.BUSY ? busy : idle);
        }
    }

    private void schedule(Duration delay) {
        turn++;
        long mine = turn;
        try {
            thread.schedule(() -> runTurn(mine), delay.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            // Its scheduler is closed.
            state = State.BUSY;
        }
    }
}
