package io.promgres.daemon;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** Threads that know how long each task they were given has not ended. Thread-safe. */
final class WatchedThreads implements Executor {

    private final String name;
    private final Executor threads;
    private final Set<Task> open = ConcurrentHashMap.newKeySet();

    /** @param name of the threads, in messages */
    WatchedThreads(String name, Executor threads) {
        this.name = name;
        this.threads = threads;
    }

    private final class Task implements Runnable {
        private final Runnable work;
        private final long since = System.nanoTime();

        Task(Runnable work) {
            this.work = work;
        }

        @Override
        public void run() {
            try {
                work.run();
            } finally {
                open.remove(this);
            }
        }
    }

    @Override
    public void execute(Runnable work) {
        Task task = new Task(work);
        open.add(task);
        try {
            threads.execute(task);
        } catch (RejectedExecutionException e) {
            open.remove(task);
            throw e;
        }
    }

    /** Why they do not do their work, empty if they do: something has waited, or been at work, for longer than this. */
    Optional<String> stuck(Duration patience) {
        long now = System.nanoTime();
        return open.stream().anyMatch(task -> now - task.since >= patience.toNanos())
                ? Optional.of("threads " + name + " have not ended a request for " + patience.toSeconds() + " s")
                : Optional.empty();
    }
}
