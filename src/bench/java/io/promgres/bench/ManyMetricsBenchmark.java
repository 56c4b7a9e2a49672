package io.promgres.bench;

import io.promgres.config.DatabaseUri;
import io.promgres.testing.Sender;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * What metrics cost, series aside: new ones that come all at once, and a database that has many. Everything that is on by
 * default is on.
 *
 * <pre>{@code mvn -q -Pbench package exec:exec -Dbench="many-metrics --storm=5000 --metrics=50000"}</pre>
 */
final class ManyMetricsBenchmark {

    private static final Duration CLOSED = Duration.ofHours(5);
    private static final String A_VIEW = "prom_metric.application_metric_000042_total";

    /** What the daemon does by default, which other benchmarks switch off. */
    private static final Map<String, String> DEFAULTS =
            Map.of("storage.grace", "10m", "self-monitoring.interval", "15s", "energy.enabled", "true");

    private final DatabaseUri database;
    private final DaemonOptions options;
    private final Path log;

    private ManyMetricsBenchmark(DatabaseUri database, DaemonOptions options, Path log) {
        this.database = database;
        this.options = options;
        this.log = log;
    }

    /** What is timed. */
    private interface Step {
        void run() throws Exception;
    }

    /**
     * @param jar the packaged daemon
     * @param work a directory that it makes, and deletes at the end
     * @param storm how many metrics come at once
     * @param metrics how many there are in the end
     */
    static void run(Path jar, Path work, int storm, int metrics) throws Exception {
        Cleanup.delete(work);
        Files.createDirectories(work);
        try (Cleanup cleanup = Cleanup.atShutdown()) {
            cleanup.add(() -> Cleanup.delete(work));
            DatabaseServer server = cleanup.add(new DatabaseServer(work.resolve("database")));
            DaemonOptions options = new DaemonOptions(jar, "512m", List.of(), DEFAULTS);
            ManyMetricsBenchmark benchmark =
                    new ManyMetricsBenchmark(server.create("many"), options, work.resolve("daemon.log"));
            benchmark.grow(storm, metrics);
            benchmark.use(metrics);
        }
    }

    private void grow(int storm, int metrics) throws Exception {
        try (DaemonProcess daemon = new DaemonProcess(options, database, log);
                Connection connection = DatabaseServer.connect(database)) {
            MetricStorm sender =
                    new MetricStorm(new Sender(daemon.url()), System.currentTimeMillis() - CLOSED.toMillis());
            sender.introduce();
            awaitViews(connection);
            long before = Measured.diskBytes(connection);
            storm(sender, connection, storm);
            System.out.printf("bytes a metric, not packed: %,d%n", (Measured.diskBytes(connection) - before) / storm);
            largest(connection, storm);
            if (metrics > storm) {
                time("%,d further metrics and their views".formatted(metrics - storm), () -> {
                    sender.metrics(storm, metrics - storm);
                    awaitViews(connection);
                });
            }
        }
    }

    private static void storm(MetricStorm sender, Connection connection, int metrics) throws Exception {
        CompletableFuture<double[]> known = CompletableFuture.supplyAsync(() -> {
            try {
                return sender.sendKnown();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        long begin = System.nanoTime();
        double acknowledged = sender.metrics(0, metrics);
        awaitViews(connection);
        double viewed = (System.nanoTime() - begin) / 1e9;
        sender.end();
        double[] took = known.get();
        System.out.printf(
                "%,d new metrics at once: acknowledged after %.1f s, views there after %.1f s; "
                        + "known series meanwhile: p50 %.3f s, p99 %.3f s%n",
                metrics, acknowledged, viewed, took[took.length / 2], took[took.length * 99 / 100]);
    }

    private void use(int metrics) throws Exception {
        try (DaemonProcess daemon = new DaemonProcess(options, database, log);
                Connection connection = DatabaseServer.connect(database)) {
            System.out.printf("with %,d metrics the daemon starts in %.1f s%n", metrics, daemon.startSeconds());
            time(
                    "a request of 100 metrics that are known",
                    () -> new MetricStorm(new Sender(daemon.url()), System.currentTimeMillis()).metrics(0, 100));
            time("packing and retention", () -> all(connection, "CALL prom_api.execute_maintenance()"));
            System.out.printf("bytes a metric, packed: %,d%n", Measured.diskBytes(connection) / metrics);
            largest(connection, metrics);
            time(
                    "packing and retention with nothing to do",
                    () -> all(connection, "CALL prom_api.execute_maintenance()"));
            catalog(connection);
            Sender page = new Sender(daemon.url());
            time("the status page's metrics", () -> get(page, "/api/v1/status/metrics"));
            time("the status page's metrics again", () -> get(page, "/api/v1/status/metrics"));
            System.out.printf(
                    "relations, all locked by pg_dump: %,d%n",
                    DatabaseServer.number(
                            connection, "SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'v', 'p', 'S', 'm')"));
        }
    }

    private static void catalog(Connection connection) throws Exception {
        time("a metric's view", () -> all(connection, "SELECT * FROM " + A_VIEW));
        time("prom_info.metric", () -> all(connection, "SELECT * FROM prom_info.metric"));
        time(
                "psql's \\d of a view",
                () -> all(
                        connection,
                        "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute WHERE attnum > 0"
                                + " AND attrelid = '" + A_VIEW + "'::regclass"));
        time("pg_views.definition of all", () -> all(connection, "SELECT * FROM pg_views"));
        time("information_schema.columns of all", () -> all(connection, "SELECT * FROM information_schema.columns"));
        time("the driver's getColumns of all", () -> {
            try (ResultSet columns = connection.getMetaData().getColumns(null, "prom_metric", null, null)) {
                drain(columns);
            }
        });
    }

    private static void time(String what, Step step) throws Exception {
        long begin = System.nanoTime();
        step.run();
        System.out.printf("%s: %.2f s%n", what, (System.nanoTime() - begin) / 1e9);
    }

    private static void all(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            if (statement.execute(sql)) {
                drain(statement.getResultSet());
            }
        }
    }

    private static void drain(ResultSet rows) throws SQLException {
        while (rows.next()) {
            rows.getString(1);
        }
    }

    private static void get(Sender daemon, String path) throws Exception {
        int status = daemon.get(path).statusCode();
        if (status != 200) {
            throw new IllegalStateException(path + ": status " + status);
        }
    }

    private static void awaitViews(Connection connection) throws Exception {
        while (DatabaseServer.number(connection, "SELECT count(*) FROM _prom_catalog.stale_views()") > 0) {
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    /** The tables that grew most, with their indexes, as bytes a metric; tables of metrics as one. */
    private static void largest(Connection connection, int metrics) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("""
                        SELECT CASE n.nspname WHEN 'prom_data' THEN 'prom_data, all tables' ELSE c.oid::regclass::text END AS name,
                               sum(pg_total_relation_size(c.oid))::bigint AS size
                        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                        WHERE c.relkind = 'r'
                        GROUP BY 1 ORDER BY 2 DESC LIMIT 10""")) {
            while (rows.next()) {
                System.out.printf("    %s: %,d%n", rows.getString(1), rows.getLong(2) / metrics);
            }
        }
    }
}
