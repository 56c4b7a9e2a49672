package io.promgres.bench.parts;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.promgres.bench.Cleanup;
import io.promgres.embedded.EmbeddedPostgres;
import io.promgres.schema.Migrations;
import io.promgres.store.Database;
import io.promgres.store.SeriesStore;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.sql.DataSource;

/**
 * Writes the same samples to an embedded PostgreSQL in several ways, with its settings as promgres ships them, and prints a
 * table. One connection, one flush for each scrape, acknowledged on disk. The workloads take turns, so that what else the
 * machine does meets all of them; each figure is the median of its turns.
 *
 * <pre>{@code mvn -q -Pbench package exec:exec -Dbench="write-path --rounds=5"}</pre>
 *
 * <p>Results: src/docs/decisions.md.
 */
public final class WritePathBenchmark {

    private static final int SCRAPES = 40;
    private static final Path DIRECTORY = Path.of("target", "write-path");

    private final DataSource database;
    private final List<WriteWorkload> workloads;
    private final Map<WriteWorkload, List<Measurement>> results = new LinkedHashMap<>();

    private WritePathBenchmark(DataSource database, Fleet fleet) {
        this.database = database;
        this.workloads = List.of(
                new RawRowCopy(database, fleet),
                new MetricTableCopy(database, fleet),
                new DirectCopy(database, fleet),
                new Staging(database, fleet),
                new Resend(database, fleet, false),
                new Resend(database, fleet, true),
                new LateHalves(database, fleet));
    }

    public static void run(int rounds) throws SQLException, IOException {
        Cleanup.delete(DIRECTORY);
        try (EmbeddedPostgres server = EmbeddedPostgres.start(DIRECTORY, 0)) {
            new Migrations(server.uri()).migrate();
            try (Database database = new Database(server.uri(), 2, new SimpleMeterRegistry())) {
                long begin = System.currentTimeMillis() / 1000 * 1000 - SCRAPES * 15_000L;
                Fleet fleet = new Fleet(new SeriesStore(database.pool()), begin);
                new WritePathBenchmark(database.pool(), fleet).measure(rounds);
            }
        }
        Cleanup.delete(DIRECTORY);
    }

    private void measure(int rounds) throws SQLException {
        // The first round warms up the JVM and the server, and is not counted.
        for (int round = 0; round <= rounds; round++) {
            for (WriteWorkload workload : workloads) {
                Measurement measurement = Measurement.of(workload, database, SCRAPES);
                if (round > 0) {
                    results.computeIfAbsent(workload, key -> new ArrayList<>()).add(measurement);
                }
            }
        }
        print(rounds);
    }

    private void print(int rounds) throws SQLException {
        try (Connection connection = database.getConnection()) {
            System.out.printf(
                    "%d processors, PostgreSQL %s, Java %s, %d series, %d scrapes, median of %d%n%n",
                    Runtime.getRuntime().availableProcessors(),
                    connection.getMetaData().getDatabaseProductVersion(),
                    Runtime.version().feature(),
                    Fleet.SERIES,
                    SCRAPES,
                    rounds);
        }
        double raw = median(workloads.get(0)).samplesPerSecond();
        double perMetric = median(workloads.get(1)).samplesPerSecond();
        System.out.println(
                "| workload | samples/s | of rows, no index | of rows, table per metric | WAL B/sample | disk B/sample |");
        System.out.println("|---|---|---|---|---|---|");
        for (WriteWorkload workload : workloads) {
            Measurement median = median(workload);
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %,.0fk | %.2f | %.1f | %.0f | %.0f |%n",
                    workload.name(),
                    median.samplesPerSecond() / 1000,
                    median.samplesPerSecond() / raw,
                    median.samplesPerSecond() / perMetric,
                    median.walBytesPerSample(),
                    median.diskBytesPerSample());
        }
    }

    private Measurement median(WriteWorkload workload) {
        List<Measurement> sorted = results.get(workload).stream()
                .sorted(Comparator.comparingDouble(Measurement::samplesPerSecond))
                .toList();
        return sorted.get(sorted.size() / 2);
    }
}
