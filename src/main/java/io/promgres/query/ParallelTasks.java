package io.promgres.query;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;

/** Does work on several databases at the same time: the first on the caller's thread, the others on threads beside it. */
final class ParallelTasks {

    /** For work on one database. */
    static final ParallelTasks ALONE = new ParallelTasks(Runnable::run);

    private final Executor threads;

    /** @param threads at least as many as there are tasks beside callers at any time */
    ParallelTasks(Executor threads) {
        this.threads = threads;
    }

    /**
     * The results of all, in their order.
     *
     * @throws QueryRefusedException the first failure, once all have ended; so with the others
     */
    <T> List<T> run(List<Callable<T>> tasks) throws QueryRefusedException, SQLException {
        List<CompletableFuture<T>> running = new ArrayList<>();
        for (Callable<T> task : tasks.subList(1, tasks.size())) {
            running.add(start(threads, task));
        }
        running.add(0, start(Runnable::run, tasks.get(0)));
        List<T> results = new ArrayList<>();
        Throwable failure = null;
        for (CompletableFuture<T> one : running) {
            try {
                results.add(one.join());
            } catch (CompletionException e) {
                failure = failure == null ? e.getCause() : failure;
            }
        }
        if (failure != null) {
            rethrow(failure);
        }
        return results;
    }

    private static <T> CompletableFuture<T> start(Executor executor, Callable<T> task) {
        CompletableFuture<T> result = new CompletableFuture<>();
        try {
            executor.execute(() -> complete(result, task));
        } catch (RuntimeException e) {
            // The threads have been stopped.
            result.completeExceptionally(e);
        }
        return result;
    }

    private static <T> void complete(CompletableFuture<T> result, Callable<T> task) {
        try {
            result.complete(task.call());
        } catch (Exception | Error e) {
            result.completeExceptionally(e);
        }
    }

    private static void rethrow(Throwable failure) throws QueryRefusedException, SQLException {
        if (failure instanceof QueryRefusedException refused) {
            throw refused;
        }
        if (failure instanceof SQLException database) {
            throw database;
        }
        if (failure instanceof Error error) {
            throw error;
        }
        throw failure instanceof RuntimeException runtime ? runtime : new IllegalStateException(failure);
    }
}
