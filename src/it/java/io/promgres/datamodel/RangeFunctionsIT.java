package io.promgres.datamodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promgres.testing.Packed;
import io.promgres.testing.PrometheusRelease;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The functions over ranges, on samples of both tiers, give what a real Prometheus 3 gives at each point of a grid. */
class RangeFunctionsIT {

    private static final long STALE = 0x7ff0000000000002L;
    private static final long BLOCK = Duration.ofHours(2).toMillis();
    private static final Duration LENGTH = Duration.ofHours(4);
    private static final Instant END =
            Instant.now().truncatedTo(ChronoUnit.SECONDS).minusSeconds(60);
    private static final Instant START = END.minus(LENGTH);

    /** Steps and ranges: equal, overlapping, with gaps between them, and of no common measure. */
    private static final int[][] GRIDS = {{60, 60}, {60, 300}, {300, 60}, {30, 30}, {97, 233}};

    private static final String[] BOUNDS = {"0.1", "0.5", "1.0", "+Inf"};

    @TempDir
    private static Path directory;

    private static final List<TestSample> SAMPLES = new ArrayList<>();
    private static final Random RANDOM = new Random(18);
    private static TestDatabase database;
    private static RunningDaemon db;

    @BeforeAll
    static void fill() throws Exception {
        for (int series = 0; series < 10; series++) {
            series(series);
        }
        targets();
        histogram("a");
        histogram("b");
        database = TestDatabase.migrated();
        db = RunningDaemon.on(database);
        db.send(SAMPLES);
        // PromQL has no stale markers in ranges: they are between the others, and change nothing.
        db.send(SAMPLES.stream()
                .filter(sample -> !sample.labels().containsKey("instance") && RANDOM.nextInt(20) == 0)
                .map(sample -> new TestSample(sample.labels(), sample.time() + 3_000, STALE))
                .toList());
        db.awaitViews();
        db.execute("CALL execute_maintenance()");
        assertThat(db.value("SELECT count(*) > 0 FROM " + Packed.of("m"))).isEqualTo("t");
        assertThat(db.value("SELECT count(*) > 0 FROM prom_data.landing")).isEqualTo("t");
    }

    @AfterAll
    static void close() throws Exception {
        db.close();
        database.close();
    }

    /** Counters that begin again, some with values that are no numbers, and gauges; with gaps, at times that are not even. */
    private static void series(int id) {
        double value = id % 3 == 0 ? 1e6 : 0;
        for (long at = id * 700L + 1; at < LENGTH.toMillis(); at += 15_000) {
            if (RANDOM.nextInt(12) == 0) {
                at += RANDOM.nextInt(200_000);
            }
            value = id == 9
                    ? RANDOM.nextGaussian()
                    : RANDOM.nextInt(25) == 0 ? RANDOM.nextInt(5) : value + RANDOM.nextInt(50);
            SAMPLES.add(TestSample.of(
                    "m",
                    START.toEpochMilli() + at + RANDOM.nextInt(900),
                    odd(id, value),
                    "id",
                    "" + id,
                    "odd",
                    "" + id % 2));
        }
    }

    /** Targets that are scraped evenly, as most are. Each has several series: one falls, one ends, one is not always there. */
    private static void targets() {
        long[] values = new long[12];
        for (int scrape = 0; scrape * 15_000L < LENGTH.toMillis(); scrape++) {
            for (int id = 0; id < values.length; id++) {
                long at = START.toEpochMilli() + 1_000 + scrape * 15_000L + id / 6 * 350;
                boolean falls = id % 6 == 1 && (at / BLOCK > (at - 15_000) / BLOCK || RANDOM.nextInt(60) == 0);
                values[id] = falls ? RANDOM.nextInt(9) : values[id] + RANDOM.nextInt(50);
                if (id % 6 == 2 && scrape > 500
                        || id % 6 == 3 && RANDOM.nextInt(20) == 0
                        || id / 6 == 1 && scrape % 200 > 190) {
                    continue;
                }
                double value = id % 6 == 4 ? values[id] / 7.0 : id % 6 == 5 ? 5 : values[id];
                SAMPLES.add(TestSample.of("c", at, value, "id", "" + id, "instance", "i" + id / 6));
            }
        }
    }

    private static double odd(int id, double value) {
        return switch (id < 4 ? RANDOM.nextInt(40) : 3) {
            case 0 -> Double.NaN;
            case 1 -> Double.POSITIVE_INFINITY;
            case 2 -> id == 2 ? Double.NEGATIVE_INFINITY : value;
            default -> value;
        };
    }

    private static void histogram(String id) {
        long[] counts = new long[BOUNDS.length];
        for (long at = 1; at < LENGTH.toMillis(); at += 14_000) {
            for (int bucket = 0, more = 0; bucket < BOUNDS.length; bucket++) {
                more += RANDOM.nextInt(4);
                counts[bucket] += more;
                SAMPLES.add(TestSample.of(
                        "h_bucket", START.toEpochMilli() + at, counts[bucket], "id", id, "le", BOUNDS[bucket]));
            }
        }
    }

    @Test
    void itIsSaidWhetherArraysOrSamplesAreRead() throws SQLException {
        String ends = "Reads: arrays of both tiers";
        String samples = "Reads: samples, each of them";
        assertThat(explained("rate_over", "c", START)).startsWith(ends).contains("Scan");
        assertThat(explained("increase", "c", START)).startsWith(ends);
        assertThat(explained("last", "c", START)).startsWith(ends);
        assertThat(explained("rate", "c{id=\"1\"}", END.minusSeconds(600))).startsWith(samples);
        for (String function : List.of("avg", "min", "max", "sum", "count", "quantile")) {
            assertThat(explained(function + "_over", "c", START))
                    .as(function)
                    .startsWith(samples)
                    .contains("Aggregate");
        }
        assertThatThrownBy(() -> explained("median_over", "c", START)).hasMessageContaining("median_over()");
    }

    private static String explained(String function, String metric, Instant start) throws SQLException {
        return String.join(
                "\n",
                db.rows(
                        "SELECT * FROM explain_over(?, ?, NULL, ?::timestamptz, ?::timestamptz, '1 minute')",
                        function,
                        metric,
                        start.toString(),
                        END.toString()));
    }

    private static Map<String, Double> asked(String function, String arguments, int[] grid) throws SQLException {
        Map<String, Double> values = new TreeMap<>();
        String sql = "SELECT (extract(epoch FROM time) * 1000)::bigint || ' ' || label(labels, 'id'), value FROM "
                + function + "_over(" + arguments + ", '" + START + "', '" + END + "', '" + grid[0] + "s', '" + grid[1]
                + "s')";
        for (String row : db.rows(sql)) {
            String[] columns = row.split("\\|");
            assertThat(values.put(columns[0], Double.valueOf(columns[1])))
                    .as("twice")
                    .isNull();
        }
        return values;
    }

    private static void assertSame(String what, Map<String, Double> actual, Map<String, Double> expected) {
        assertThat(expected).as(what).isNotEmpty();
        assertThat(actual.keySet()).as(what).isEqualTo(expected.keySet());
        expected.forEach((key, value) -> assertThat(same(actual.get(key), value))
                .as("%s at %s: %s, not %s", what, key, actual.get(key), value)
                .isTrue());
    }

    private static boolean same(double a, double b) {
        return Double.compare(a, b) == 0 || Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(b));
    }

    @Test
    void eachPointIsThatOfPrometheus() throws Exception {
        PrometheusRelease.THREE.require();
        try (RealPrometheus prometheus = new RealPrometheus(PrometheusRelease.THREE, directory, SAMPLES)) {
            for (int[] grid : GRIDS) {
                Duration step = Duration.ofSeconds(grid[0]);
                Map<String, String> functions = Map.of(
                        "rate",
                        "rate(m[R])",
                        "increase",
                        "increase(m[R])",
                        "avg",
                        "avg_over_time(m[R])",
                        "min",
                        "min_over_time(m[R])",
                        "max",
                        "max_over_time(m[R])",
                        "last",
                        "last_over_time(m[R])");
                for (Map.Entry<String, String> function : functions.entrySet()) {
                    String promql = function.getValue().replace("R", grid[1] + "s");
                    assertSame(
                            promql,
                            asked(function.getKey(), "'m', NULL", grid),
                            prometheus.queryRange(promql, START, END, step, "id"));
                }
                for (String function : List.of("rate(c[R])", "increase(c[R])", "last_over_time(c[R])")) {
                    String promql = function.replace("R", grid[1] + "s");
                    assertSame(
                            promql,
                            asked(function.split("[_(]")[0], "'c', NULL", grid),
                            prometheus.queryRange(promql, START, END, step, "id"));
                }
                for (String quantile : List.of("0.25", "0.9", "1.5")) {
                    String promql = "quantile_over_time(" + quantile + ", m[" + grid[1] + "s])";
                    assertSame(
                            promql,
                            asked("quantile", quantile + ", 'm', NULL", grid),
                            prometheus.queryRange(promql, START, END, step, "id"));
                    promql = "histogram_quantile(" + quantile + ", rate(h_bucket[" + grid[1] + "s]))";
                    assertSame(
                            promql,
                            asked("histogram_quantile", quantile + ", 'h_bucket', NULL", grid),
                            prometheus.queryRange(promql, START, END, step, "id"));
                }
            }
            int[] grid = {300, 300};
            for (String matchers : List.of(
                    "id=~\"1|2\"",
                    "id!~\"[0-5]\"",
                    "odd!=\"1\", id!=\"0\",",
                    "none=\"\"",
                    "id!=\"\"",
                    "none=~\".*\",id='3'",
                    "odd=`1`,id=~\"[1-3].*\"")) {
                String promql = "rate(m{" + matchers + "}[300s])";
                assertSame(
                        promql,
                        asked("rate", "$$m{" + matchers + "}$$, '{}'", grid),
                        prometheus.queryRange(promql, START, END, Duration.ofSeconds(300), "id"));
            }
        }
    }

    @Test
    void aggregatesOverEachRangeAreThoseOfPrometheus() throws Exception {
        PrometheusRelease.THREE.require();
        try (RealPrometheus prometheus = new RealPrometheus(PrometheusRelease.THREE, directory, SAMPLES)) {
            Map<String, String> aggregates = Map.of(
                    "rate(m[400s])", "rate(m.time, value, g.from, g.to)",
                    "increase(m[400s])", "increase(m.time, value, g.from, g.to)",
                    "delta(m[400s])", "delta(m.time, value, g.from, g.to)",
                    "irate(m[400s])", "irate(m.time, value)",
                    "resets(m[400s])", "resets(m.time, value)",
                    "changes(m[400s])", "changes(m.time, value)",
                    "deriv(m[400s])", "deriv(m.time, value)",
                    "predict_linear(m[400s], 600)", "predict_linear(m.time, value, g.to, 600)",
                    "last_over_time(m[400s])", "last_value(m.time, value)");
            for (Map.Entry<String, String> aggregate : aggregates.entrySet()) {
                for (String order : List.of("m.time", "m.time DESC", "m.value", "random()")) {
                    assertSame(
                            aggregate.getKey() + " by " + order,
                            aggregated(aggregate.getValue(), order),
                            prometheus.queryRange(aggregate.getKey(), START, END, Duration.ofSeconds(70), "id"));
                }
            }
        }
    }

    private static Map<String, Double> aggregated(String aggregate, String order) throws SQLException {
        Map<String, Double> values = new TreeMap<>();
        for (String row : db.rows(
                "SELECT * FROM (SELECT (extract(epoch FROM g.to) * 1000)::bigint || ' ' || val(id_id), "
                        + aggregate.replace(")", " ORDER BY " + order + ")")
                        + " AS a FROM (SELECT t AS to, t - interval '400 s' AS from FROM generate_series(timestamptz '"
                        + START + "', '"
                        + END
                        + "', '70 s') t) g JOIN m ON m.time > g.from AND m.time <= g.to GROUP BY g.to, series_id, id_id) x WHERE a IS NOT NULL")) {
            String[] columns = row.split("\\|");
            values.put(columns[0], Double.valueOf(columns[1]));
        }
        return values;
    }

    @Test
    void labelsAreAnObjectOfWhichEachHasItsValueOrOneOfSeveral() throws Exception {
        assertThat(ids("'m', '{\"odd\": \"1\"}'")).containsExactly("1", "3", "5", "7", "9");
        assertThat(ids("'m', '{\"id\": [\"2\", \"3\", \"none\"]}'")).containsExactly("2", "3");
        assertThat(ids("'m', '{\"id\": \"2\", \"other\": null}'")).containsExactly("2");
        assertThat(ids("'m{id=~\"2|3\"}', '{\"odd\": \"1\"}'")).containsExactly("3");
        assertThat(ids("'m', '{\"id\": \"none\"}'")).isEmpty();
        assertThat(ids("'there_is_none', NULL")).isEmpty();
    }

    private static List<String> ids(String arguments) throws SQLException {
        return db.rows("SELECT DISTINCT label(labels, 'id') FROM last_over(" + arguments + ", '" + START + "', '" + END
                + "', '10m') ORDER BY 1");
    }

    @Test
    void seriesOfTargetsThatAreScrapedEvenlyAreReadAsArrays() throws Exception {
        assertThat(db.rows("SELECT DISTINCT rising FROM " + Packed.of("c") + " AND kind = 4 ORDER BY 1"))
                .containsExactly("f", "t");
        String sql = db.value("SELECT _prom_catalog.range_ends(m, 'true', '" + START + "', '" + END
                + "', '1m', 6e7, 6e7, 240) FROM _prom_catalog.metric m WHERE metric_name = 'c'");
        assertThat(db.rows("WITH series AS (SELECT * FROM _prom_catalog.series WHERE metric_id ="
                        + " (SELECT id FROM _prom_catalog.metric WHERE metric_name = 'c')), " + sql
                        + " SELECT label(s.labels, 'id') FROM series s JOIN even e USING (id) ORDER BY 1"))
                .contains("0", "1", "4", "5");
    }

    @Test
    void aPanelIsOneLine() throws Exception {
        assertThat(db.rows(
                        "SELECT time, label(labels, 'odd') AS odd, sum(value) FROM rate_over('m', '{\"odd\": [\"0\", \"1\"]}', '"
                                + START + "', '" + END + "', '10m') GROUP BY 1, 2"))
                .hasSize(2 * 24);
        assertThat(db.rows("SELECT time FROM rate_over('m', NULL, '" + END + "', '" + START + "', '10m')"))
                .isEmpty();
    }

    @Test
    void whatIsNoGridOrNoSelectorIsRefused() {
        for (String grid : List.of(
                "'-infinity', now(), '1m'",
                "now() - interval '1 h', now(), '0s'",
                "NULL, now(), '1m'",
                "now() - interval '1 h', now(), '1m', '-1m'",
                "now() - interval '1 year', now(), '1s'")) {
            assertThatThrownBy(() -> db.rows("SELECT * FROM rate_over('m', NULL, " + grid + ")"))
                    .isInstanceOf(SQLException.class);
        }
        assertThatThrownBy(() -> db.rows("SELECT * FROM rate_over('m{id=1}', NULL, now(), now(), '1m')"))
                .hasMessageContaining("not a list of label matchers");
    }

    @Test
    void aLabelsTextIsThatOfItsName() throws Exception {
        assertThat(
                        db.rows(
                                "SELECT DISTINCT label(labels, 'id'), label(labels, 'none'), label(jsonb(labels), 'id') FROM m WHERE labels ?? ('id' == '3')"))
                .containsExactly("3||3");
    }
}
