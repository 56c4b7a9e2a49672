package io.promgres.query;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;

/**
 * The databases that queries read from: the daemon's own, and those of other shares of the targets. A query reads them at the
 * same time, and fails where one does not answer. Thread-safe.
 */
public final class QueryDatabases {

    private final List<QueryDatabase> all;
    private final ParallelTasks tasks;

    /**
     * @param all the daemon's own first
     * @param threads for the others: as many as there are others, for each query at a time
     */
    public QueryDatabases(List<QueryDatabase> all, Executor threads) {
        this.all = List.copyOf(all);
        this.tasks = new ParallelTasks(threads);
    }

    /** What is done with a snapshot of each database. */
    @FunctionalInterface
    interface Work<T> {
        T run(List<QueryDatabase.Snapshot> snapshots) throws QueryRefusedException, SQLException;
    }

    ParallelTasks tasks() {
        return tasks;
    }

    /** Does the work in a transaction of each database; the results in their order. */
    <T> List<T> readEach(Call call, QueryDatabase.Work<T> work) throws QueryRefusedException, SQLException {
        List<Callable<T>> reads = new ArrayList<>();
        for (QueryDatabase database : all) {
            reads.add(() -> database.read(call, work));
        }
        return tasks.run(reads);
    }

    /** Does the work with transactions of all databases that are open together. */
    <T> T readTogether(Call call, Work<T> work) throws QueryRefusedException, SQLException {
        return open(call, new ArrayList<>(), work);
    }

    private <T> T open(Call call, List<QueryDatabase.Snapshot> opened, Work<T> work)
            throws QueryRefusedException, SQLException {
        if (opened.size() == all.size()) {
            return work.run(opened);
        }
        return all.get(opened.size()).read(call, snapshot -> {
            opened.add(snapshot);
            return open(call, opened, work);
        });
    }
}
