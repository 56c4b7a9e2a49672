package io.promgres.bench.parts;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.promgres.bench.Cleanup;
import io.promgres.embedded.EmbeddedPostgres;
import io.promgres.model.LabelSet;
import io.promgres.model.LandingRows;
import io.promgres.model.PlaceEpoch;
import io.promgres.schema.Migrations;
import io.promgres.store.Database;
import io.promgres.store.LandingWriter;
import io.promgres.store.RerouteException;
import io.promgres.store.SeriesStore;
import io.promgres.store.ViewStore;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.LongStream;
import javax.sql.DataSource;

/**
 * The times of functions, operators and lists of the SQL interface over 110,000 series of 201 metrics, 101 samples each of
 * one metric's 500 and of another one's 10,000, and the plans of the matchers. Beside each time stands its ratio to the yardstick, which reads the same
 * 50,500 samples and does nothing with them.
 *
 * <pre>{@code mvn -q -Pbench package exec:exec -Dbench=queries -Dbench.java=-Xmx256m}</pre>
 *
 * <p>Results: src/docs/queries.md.
 */
public final class QueriesBenchmark {

    private static final Path DIRECTORY = Path.of("target", "queries");
    private static final int METRICS = 200;
    private static final int PODS = 50;
    private static final int WIDE_PODS = 1_000;
    private static final int CPUS = 10;
    private static final int SCRAPES = 101;
    private static final int BATCH = 5_000;
    private static final int ROUNDS = 7;
    private static final int INTERVAL_MILLIS = 15_000;
    private static final String WIDE = "wide";
    private static final String SAMPLES = "prom_metric.metric_7";

    private static final List<String> PLANS = List.of(
            "SELECT * FROM prom_metric.metric_7 WHERE labels ? ('pod' == 'pod-3') AND time > now() - interval '5 minutes'",
            "SELECT * FROM prom_series.metric_7 WHERE labels ? ('pod' !=~ 'pod-3.*')",
            "SELECT * FROM prom_metric.metric_7 WHERE labels @> jsonb '{\"pod\": \"pod-3\", \"cpu\": \"1\"}'",
            "SELECT * FROM prom_latest.metric_7");

    private final DataSource database;

    private QueriesBenchmark(DataSource database) {
        this.database = database;
    }

    public static void run() throws Exception {
        Cleanup.delete(DIRECTORY);
        try (EmbeddedPostgres server = EmbeddedPostgres.start(DIRECTORY, 0)) {
            new Migrations(server.uri()).migrate();
            try (Database database = new Database(server.uri(), 4, new SimpleMeterRegistry())) {
                long[] addresses = intern(new SeriesStore(database.pool()));
                ViewStore views = new ViewStore(database.pool());
                views.make(views.stale(), Duration.ofSeconds(10));
                QueriesBenchmark benchmark = new QueriesBenchmark(database.background());
                benchmark.fill(addresses);
                benchmark.times();
                benchmark.plans();
            }
        }
        Cleanup.delete(DIRECTORY);
    }

    /** The addresses of the series of metric 7 and of the wide one. */
    private static long[] intern(SeriesStore store) throws SQLException {
        List<LabelSet> all = new ArrayList<>();
        for (int metric = 0; metric < METRICS; metric++) {
            addSeries(all, "metric_" + metric, PODS);
        }
        addSeries(all, WIDE, WIDE_PODS);
        long[] addresses = new long[all.size()];
        for (int from = 0; from < all.size(); from += BATCH) {
            long[] batch = store.intern(all.subList(from, from + BATCH)).addresses();
            System.arraycopy(batch, 0, addresses, from, batch.length);
        }
        return LongStream.concat(
                        Arrays.stream(addresses, 7 * PODS * CPUS, 8 * PODS * CPUS),
                        Arrays.stream(addresses, METRICS * PODS * CPUS, addresses.length))
                .toArray();
    }

    private static void addSeries(List<LabelSet> all, String metric, int pods) {
        for (int pod = 0; pod < pods; pod++) {
            for (int cpu = 0; cpu < CPUS; cpu++) {
                all.add(LabelSet.ofSorted(
                        "__name__", metric,
                        "cpu", "" + cpu,
                        "instance", "10.0.0." + pod + ":9100",
                        "job", "nodes",
                        "pod", "pod-" + pod));
            }
        }
    }

    private void fill(long[] addresses) throws SQLException, RerouteException {
        LandingWriter writer = new LandingWriter(database, Duration.ofHours(2));
        LandingRows rows = new LandingRows(1 << 14);
        long end = System.currentTimeMillis();
        PlaceEpoch places = new SeriesStore(database).places();
        for (int scrape = 0; scrape < SCRAPES; scrape++) {
            for (long address : addresses) {
                rows.add(
                        address, end - (SCRAPES - scrape) * (long) INTERVAL_MILLIS, Double.doubleToRawLongBits(scrape));
            }
            writer.write(rows, places);
            rows.clear();
        }
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("VACUUM ANALYZE");
        }
    }

    private void times() throws SQLException {
        Map<String, String> queries = new LinkedHashMap<>();
        queries.put("`value` of 50,500 samples, the yardstick", "SELECT count(value), count(labels) FROM " + SAMPLES);
        queries.put("`jsonb(labels)` of 50,500 samples", "SELECT count(jsonb(labels)) FROM " + SAMPLES);
        queries.put("`val(pod_id)` of 50,500 samples", "SELECT count(val(pod_id)) FROM " + SAMPLES);
        queries.put("`SELECT * FROM prom_latest.metric`, 500 series", "SELECT * FROM prom_latest.metric_7");
        queries.put("`SELECT * FROM prom_latest.metric`, 10,000 series", "SELECT * FROM prom_latest." + WIDE);
        queries.put(
                "the same, `val(pod_id)` and value of the last 5 minutes",
                "SELECT val(pod_id), value FROM prom_latest." + WIDE + " WHERE time > now() - interval '5 minutes'");
        queries.put("`SELECT * FROM prom_info.metric`, 201 metrics", "SELECT * FROM prom_info.metric");
        queries.put("`SELECT * FROM prom_info.label`", "SELECT * FROM prom_info.label");
        queries.put(
                "`labels ? ('pod' == 'pod-3')` in a series view",
                "SELECT * FROM prom_series.metric_7 WHERE labels ? ('pod' == 'pod-3')");
        queries.put(
                "`labels ? ('pod' !=~ 'pod-3.*') AND labels ? ('cpu' !== '1')` in a series view",
                "SELECT * FROM prom_series.metric_7 WHERE labels ? ('pod' !=~ 'pod-3.*') AND labels ? ('cpu' !== '1')");
        queries.put(
                "`eq(labels, jsonb '{...}')` in a series view",
                "SELECT * FROM prom_series.metric_7 WHERE eq(labels, jsonb '{\"pod\": \"pod-3\", \"cpu\": \"1\","
                        + " \"job\": \"nodes\", \"instance\": \"10.0.0.3:9100\"}')");
        System.out.println("| query | ms, median of " + ROUNDS + " | of the yardstick |\n|---|---|---|");
        double yardstick = 0;
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SET search_path = public, ps_tag, prom_api");
            for (Map.Entry<String, String> query : queries.entrySet()) {
                double millis = median(statement, query.getValue());
                yardstick = yardstick == 0 ? millis : yardstick;
                System.out.printf(Locale.ROOT, "| %s | %.1f | %.2f |%n", query.getKey(), millis, millis / yardstick);
            }
        }
    }

    private static double median(Statement statement, String query) throws SQLException {
        long[] nanos = new long[ROUNDS];
        for (int round = -1; round < ROUNDS; round++) {
            long start = System.nanoTime();
            try (ResultSet rows = statement.executeQuery(query)) {
                while (rows.next()) {
                    rows.getObject(1);
                }
            }
            if (round >= 0) {
                nanos[round] = System.nanoTime() - start;
            }
        }
        Arrays.sort(nanos);
        return nanos[ROUNDS / 2] / 1e6;
    }

    private void plans() throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SET search_path = public, ps_tag, prom_api");
            for (String query : PLANS) {
                System.out.println("\n" + query);
                try (ResultSet plan = statement.executeQuery("EXPLAIN (COSTS OFF, ANALYZE, TIMING OFF) " + query)) {
                    while (plan.next()) {
                        System.out.println("    " + plan.getString(1));
                    }
                }
            }
        }
    }
}
