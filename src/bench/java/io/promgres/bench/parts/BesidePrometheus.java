package io.promgres.bench.parts;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.promgres.bench.Cleanup;
import io.promgres.remoteread.PrometheusServer;
import io.promgres.store.Database;
import io.promgres.testing.PackedFiller;
import io.promgres.testing.PrometheusRelease;
import io.promgres.testing.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Queries in SQL beside the same in PromQL: a promgres and a real Prometheus have the same packed samples, and are asked in turns.
 * Prints a table of medians in milliseconds, the client's part included.
 *
 * <p>Run: {@code mvn -q -Pbench package exec:exec -Dbench=beside-prometheus -Dbench.java="-Dtest.prometheus3=$(.ci/prometheus-3)"}; without the
 * property it is the Prometheus that is installed. promtool has to be.
 */
public final class BesidePrometheus {

    private static final int SERIES = 320;
    private static final int HOURS = 6;
    private static final int SAMPLES_OF_AN_HOUR = 240;
    private static final int ROUNDS = 9;
    private static final int ROWS_AT_ONCE = 10_000;
    private static final String GRID = "'%1$s'::timestamptz - interval '%2$s', '%1$s', ";

    /**
     * @param length of the range query in hours; 0 for a query at one time
     * @param step in seconds
     */
    private record Query(String name, String sql, String promql, int length, int step) {}

    private static final List<Query> QUERIES = List.of(
            at("last value of all series", "SELECT series_id, value FROM prom_latest.filled", "filled"),
            over(
                    "one series, last hour",
                    "SELECT time, value FROM filled WHERE instance_id = (SELECT id FROM _prom_catalog.label WHERE key = 'instance' AND value"
                            + " = 'host-7') AND time > '%1$s'::timestamptz - interval '%2$s'",
                    "filled{instance=\"host-7\"}",
                    1,
                    15),
            over(
                    "rate of one, 1 h by minute",
                    "SELECT time, value FROM rate_over('filled', '{\"instance\": \"host-7\"}', " + GRID + "'1m')",
                    "rate(filled{instance=\"host-7\"}[1m])",
                    1,
                    60),
            over(
                    "sum of rates, 1 h by minute",
                    "SELECT time, label(labels, 'job'), sum(value) FROM rate_over('filled', NULL, " + GRID
                            + "'1m') GROUP BY 1, 2",
                    "sum by (job) (rate(filled[1m]))",
                    1,
                    60),
            over(
                    "sum of rates, 3 h by minute",
                    "SELECT time, label(labels, 'job'), sum(value) FROM rate_over('filled', NULL, " + GRID
                            + "'1m') GROUP BY 1, 2",
                    "sum by (job) (rate(filled[1m]))",
                    3,
                    60),
            over(
                    "rates of 5 min, 1 h by 15 s",
                    "SELECT time, label(labels, 'job'), sum(value) FROM rate_over('filled', NULL, " + GRID
                            + "'15s', '5m') GROUP BY 1, 2",
                    "sum by (job) (rate(filled[5m]))",
                    1,
                    15),
            over(
                    "rate() of groups, 1 h by minute",
                    "SELECT m, sum(r) FROM (SELECT date_trunc('minute', time) AS m, rate(time, value) AS r FROM filled"
                            + " WHERE time > '%1$s'::timestamptz - interval '%2$s' GROUP BY 1, series_id) x GROUP BY 1",
                    "sum by (job) (rate(filled[1m]))",
                    1,
                    60),
            at(
                    "top 10 by rate, 5 min",
                    "SELECT labels, value FROM rate_over('filled', NULL, '%1$s', '%1$s', '5m') ORDER BY value DESC LIMIT 10",
                    "topk(10, rate(filled[5m]))"),
            at("all series with labels", "SELECT jsonb(labels)::text FROM prom_series.filled", "filled"),
            over(
                    "average by host, 4 h by 5 min",
                    "SELECT time, label(labels, 'instance'), avg(value) FROM avg_over('filled', NULL, " + GRID
                            + "'5m') GROUP BY 1, 2",
                    "avg by (instance) (avg_over_time(filled[5m]))",
                    4,
                    300),
            at(
                    "raw samples of an hour",
                    "SELECT time, series_id, value FROM filled WHERE time > '%1$s'::timestamptz - interval '1 hour'",
                    "filled[1h]"),
            at("the newest 10", "SELECT time, value FROM newest_samples('filled', 10)", "topk(10, timestamp(filled))"));

    private final Connection connection;
    private final PrometheusServer prometheus;
    private final Instant end;

    private BesidePrometheus(Connection connection, PrometheusServer prometheus, Instant end) {
        this.connection = connection;
        this.prometheus = prometheus;
        this.end = end;
    }

    private static Query at(String name, String sql, String promql) {
        return new Query(name, sql, promql, 0, 0);
    }

    private static Query over(String name, String sql, String promql, int hours, int step) {
        return new Query(name, sql, promql, hours, step);
    }

    public static void run() throws Exception {
        Path directory = Files.createTempDirectory("beside-prometheus");
        try (TestDatabase test = TestDatabase.migrated();
                Database database = new Database(test.uri(), 2, new SimpleMeterRegistry());
                Connection connection = test.connect()) {
            PackedFiller.fill(
                    database,
                    (long) SERIES * SAMPLES_OF_AN_HOUR * HOURS,
                    SERIES,
                    1,
                    Instant.now().getEpochSecond());
            PrometheusServer.makeBlocks(directory, export(connection, directory.resolve("samples")));
            PrometheusRelease release = PrometheusRelease.newest();
            try (PrometheusServer prometheus = PrometheusServer.start(release, directory, "global: {}\n")) {
                new BesidePrometheus(connection, prometheus, last(connection)).print();
            }
        } finally {
            Cleanup.delete(directory);
        }
    }

    static Instant last(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("SELECT extract(epoch FROM max(time))::bigint FROM prom_data.tick")) {
            row.next();
            return Instant.ofEpochSecond(row.getLong(1));
        }
    }

    static Path export(Connection connection, Path file) throws SQLException, IOException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement();
                Writer text = Files.newBufferedWriter(file)) {
            statement.setFetchSize(ROWS_AT_ONCE);
            try (ResultSet rows =
                    statement.executeQuery("SELECT val(instance_id), value, extract(epoch FROM time)::bigint"
                            + " FROM prom_metric.filled ORDER BY series_id, time")) {
                while (rows.next()) {
                    text.write("filled{instance=\"" + rows.getString(1) + "\",job=\"filled\"} " + rows.getDouble(2)
                            + " " + rows.getLong(3) + "\n");
                }
            }
            text.write("# EOF\n");
        }
        connection.setAutoCommit(true);
        return file;
    }

    private void print() {
        System.out.println("| query | SQL ms | rows | Prometheus " + prometheus.majorVersion() + " ms | ratio |");
        System.out.println("|---|---:|---:|---:|---:|");
        for (Query query : QUERIES) {
            double[] sql = new double[ROUNDS];
            double[] promql = new double[ROUNDS];
            long rows = 0;
            for (int round = 0; round < ROUNDS; round++) {
                long begin = System.nanoTime();
                rows = askSql(query);
                long between = System.nanoTime();
                askPromql(query);
                sql[round] = (between - begin) / 1e6;
                promql[round] = (System.nanoTime() - between) / 1e6;
            }
            Arrays.sort(sql);
            Arrays.sort(promql);
            double ours = sql[ROUNDS / 2];
            double theirs = promql[ROUNDS / 2];
            System.out.printf("| %s | %.1f | %d | %.1f | %.1f |%n", query.name(), ours, rows, theirs, ours / theirs);
        }
    }

    private long askSql(Query query) {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query.sql().formatted(end, query.length() + " hours"))) {
            long count = 0;
            while (rows.next()) {
                count++;
            }
            return count;
        } catch (SQLException e) {
            throw new IllegalStateException(query.name(), e);
        }
    }

    private void askPromql(Query query) {
        String at = BigDecimal.valueOf(end.getEpochSecond()).toPlainString();
        String status = query.length() == 0
                ? prometheus
                        .api("/api/v1/query", Map.of("query", query.promql(), "time", at))
                        .at("/status")
                        .asText()
                : prometheus
                        .api(
                                "/api/v1/query_range",
                                Map.of(
                                        "query",
                                        query.promql(),
                                        "start",
                                        ""
                                                + end.minus(Duration.ofHours(query.length()))
                                                        .getEpochSecond(),
                                        "end",
                                        at,
                                        "step",
                                        "" + query.step()))
                        .at("/status")
                        .asText();
        if (!status.equals("success")) {
            throw new UncheckedIOException(new IOException(query.promql() + ": " + status));
        }
    }
}
