package io.promgres.bench;

import io.promgres.config.DatabaseUri;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

/** Asks one query after the other, again and again, on one connection, as who looks at a dashboard. */
final class QueryLoop implements AutoCloseable {

    private final Connection connection;
    private final QueriedForm form;
    private volatile boolean wentRound;

    QueryLoop(DatabaseUri database, QueriedForm form) throws SQLException {
        this.connection = DatabaseServer.connect(database);
        this.form = form;
    }

    /**
     * Asks all of them several times, and once before that is not counted.
     *
     * @param dataNow the present of the data, milliseconds since the epoch
     * @return milliseconds of each query, by its name
     */
    Map<String, List<Double>> times(int rounds, long dataNow) throws SQLException {
        round(dataNow);
        Map<String, List<Double>> times = new LinkedHashMap<>();
        for (int round = 0; round < rounds; round++) {
            round(dataNow).forEach((name, millis) -> add(times, name, millis));
        }
        return times;
    }

    /**
     * Asks all of them again and again while something else is done, which has to go on until {@link #wentRound}. Counts those
     * that began before that ended.
     *
     * @param dataNow the present of the data as it moves, milliseconds since the epoch
     * @return milliseconds of each query, by its name
     */
    Map<String, List<Double>> timesWhile(CompletableFuture<?> other, LongSupplier dataNow) throws SQLException {
        Map<String, List<Double>> times = new LinkedHashMap<>();
        while (!other.isDone()) {
            for (String name : form.queries(0).keySet()) {
                String query = form.queries(dataNow.getAsLong()).get(name);
                if (!other.isDone()) {
                    add(times, name, millis(query));
                }
            }
            wentRound = true;
        }
        // Says what went wrong, if something did.
        other.join();
        return times;
    }

    /** Whether each query has been asked once while something else was done. */
    boolean wentRound() {
        return wentRound;
    }

    private Map<String, Double> round(long dataNow) throws SQLException {
        Map<String, Double> times = new LinkedHashMap<>();
        for (Map.Entry<String, String> query : form.queries(dataNow).entrySet()) {
            times.put(query.getKey(), millis(query.getValue()));
        }
        return times;
    }

    private static void add(Map<String, List<Double>> times, String name, double millis) {
        times.computeIfAbsent(name, key -> new ArrayList<>()).add(millis);
    }

    private double millis(String query) throws SQLException {
        long begin = System.nanoTime();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                rows.getObject(1);
            }
        }
        return (System.nanoTime() - begin) / 1e6;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
