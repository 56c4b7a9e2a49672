package io.promgres.query;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * The databases that queries read from: the daemon's own, and those of other shares of the targets. A query reads them one after
 * the other, and fails where one does not answer. Thread-safe.
 */
public final class QueryDatabases {

    private final List<QueryDatabase> all;

    /** @param all the daemon's own first */
    public QueryDatabases(List<QueryDatabase> all) {
        this.all = List.copyOf(all);
    }

    /** What is done with a snapshot of each database. */
    @FunctionalInterface
    interface Work<T> {
        T run(List<QueryDatabase.Snapshot> snapshots) throws QueryRefusedException, SQLException;
    }

    /** Does the work in a transaction of each database; the results in their order. */
    <T> List<T> readEach(Call call, QueryDatabase.Work<T> work) throws QueryRefusedException, SQLException {
        List<T> results = new ArrayList<>();
        for (QueryDatabase database : all) {
            results.add(database.read(call, work));
        }
        return results;
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
