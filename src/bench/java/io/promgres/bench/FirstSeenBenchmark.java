package io.promgres.bench;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.promgres.config.DatabaseUri;
import io.promgres.model.LabelSet;
import io.promgres.schema.Migrations;
import io.promgres.store.Database;
import io.promgres.store.SeriesStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * Series that nobody has seen before, interned into an empty database as the daemon does it, beside the same rows copied from
 * table to table into tables with the same columns and indexes: what PostgreSQL itself needs to keep them.
 *
 * <pre>{@code mvn -q -Pbench package exec:exec -Dbench=first-seen}</pre>
 *
 * Prints a line for each tenth: how the cost grows.
 */
final class FirstSeenBenchmark {

    private static final int BATCH = 5_000;
    private static final int LINES = 10;
    private static final List<String> TABLES = List.of("label", "series_group", "series", "series_json");

    private final DatabaseServer server;
    private final Connection connection;
    private final SeriesStore store;

    private FirstSeenBenchmark(DatabaseServer server, Connection connection, SeriesStore store) {
        this.server = server;
        this.connection = connection;
        this.store = store;
    }

    /** @param work a directory that it makes, and deletes at the end */
    static void run(int series, Workload workload, Path work) throws Exception {
        Population population = workload.population(series);
        Cleanup.delete(work);
        Files.createDirectories(work);
        try (Cleanup cleanup = Cleanup.atShutdown()) {
            cleanup.add(() -> Cleanup.delete(work));
            DatabaseServer server = cleanup.add(new DatabaseServer(work.resolve("database")));
            DatabaseUri database = server.create("first_seen");
            new Migrations(database).migrate();
            Connection connection = cleanup.add(DatabaseServer.connect(database));
            Database pool = cleanup.add(new Database(database, 2, new SimpleMeterRegistry()));
            new FirstSeenBenchmark(server, connection, new SeriesStore(pool.pool())).measure(population);
        }
    }

    private void measure(Population population) throws SQLException {
        System.out.println("| series known | new series/s | database CPU s/M | daemon CPU s/M |");
        System.out.println("|---:|---:|---:|---:|");
        int step = population.size() / LINES;
        double interning = 0;
        for (int from = 0; from + step <= population.size(); from += step) {
            interning += line(population, from, from + step);
        }
        System.out.printf("| **%,d** | **%,.0f** | | |%n", step * LINES, step * LINES / interning);
        double copying = 0;
        System.out.println();
        for (String table : TABLES) {
            double seconds = copy(table);
            System.out.printf("%s: %.1f s from table to table%n", table, seconds);
            copying += seconds;
        }
        System.out.printf("interning took %.1f times as long as these copies%n", interning / copying);
    }

    private double line(Population population, int from, int to) throws SQLException {
        double database = server.cpuSeconds();
        double own = Measured.ownCpuSeconds();
        long begin = System.nanoTime();
        for (int first = from; first < to; first += BATCH) {
            List<LabelSet> batch = new ArrayList<>();
            for (int index = first; index < Math.min(to, first + BATCH); index++) {
                batch.add(LabelSet.ofSorted(
                        population.series().get(index).labels().toArray(String[]::new)));
            }
            if (store.intern(batch).created() != batch.size()) {
                throw new IllegalStateException("series that are not new");
            }
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        double millions = (to - from) / 1e6;
        System.out.printf(
                "| %,d | %,.0f | %.1f | %.1f |%n",
                to,
                (to - from) / seconds,
                (server.cpuSeconds() - database) / millions,
                (Measured.ownCpuSeconds() - own) / millions);
        return seconds;
    }

    /** Seconds that a copy of a table with its indexes takes, in the order of its rows. */
    private double copy(String table) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE copy_of_" + table + " (LIKE _prom_catalog." + table + " INCLUDING ALL)");
            long begin = System.nanoTime();
            statement.execute("INSERT INTO copy_of_" + table + " OVERRIDING SYSTEM VALUE SELECT * FROM _prom_catalog."
                    + table + " ORDER BY ctid");
            return (System.nanoTime() - begin) / 1e9;
        }
    }
}
