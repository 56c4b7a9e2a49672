package io.promgres.datamodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.promgres.testing.Programs;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.nio.file.Path;
import java.sql.SQLException;
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

/** Aggregates over samples: against a real Prometheus, and against sums by hand. */
class AggregatesIT {

    private static final Instant END =
            Instant.now().truncatedTo(ChronoUnit.SECONDS).minusSeconds(60);
    private static final List<String> BOUNDS = List.of("0.1", "0.25", "0.5", "1.0", "2.5", "5.0", "+Inf");
    private static final Random RANDOM = new Random(6);

    @TempDir
    private static Path directory;

    private static TestDatabase database;
    private static RunningDaemon db;
    private static final List<TestSample> SAMPLES = new ArrayList<>();

    @BeforeAll
    static void fill() throws Exception {
        for (int series = 0; series < 6; series++) {
            counter("requests_total", series % 2 == 0 ? 1e6 : 0, "id", Integer.toString(series));
        }
        for (int series = 0; series < 3; series++) {
            double scale = 1;
            for (String bound : BOUNDS) {
                scale *= 1.5;
                TestSample last = TestSample.of(
                        "latency_bucket", END.toEpochMilli(), Math.floor(100 * scale), "id", "h" + series, "le", bound);
                SAMPLES.add(last);
            }
        }
        database = TestDatabase.migrated();
        db = RunningDaemon.on(database);
        db.send(SAMPLES);
        db.awaitViews();
    }

    @AfterAll
    static void close() throws Exception {
        db.close();
        database.close();
    }

    /** Twenty minutes of a counter that is scraped about every 15 s and begins again now and then. */
    private static void counter(String metric, double start, String... labels) {
        double value = start;
        for (int i = 80; i > 0; i--) {
            value = RANDOM.nextInt(25) == 0 ? RANDOM.nextInt(5) : value + RANDOM.nextInt(50);
            Instant time = END.minusSeconds(15L * i).plusMillis(RANDOM.nextInt(1000) + 1);
            SAMPLES.add(TestSample.of(metric, time.toEpochMilli(), value, labels));
        }
    }

    private static Map<String, Double> values(String sql) throws SQLException {
        Map<String, Double> values = new TreeMap<>();
        for (String row : db.rows(sql)) {
            String[] columns = row.split("\\|");
            values.put(columns[0], Double.valueOf(columns[1]));
        }
        return values;
    }

    private static void assertSame(Map<String, Double> actual, Map<String, Double> expected) {
        assertThat(expected).isNotEmpty();
        assertThat(actual.keySet()).isEqualTo(expected.keySet());
        expected.forEach((key, value) ->
                assertThat(actual.get(key)).as(key).isCloseTo(value, within(Math.abs(value) * 1e-9 + 1e-9)));
    }

    @Test
    void increaseRateAndQuantilesAreThoseOfPrometheus() throws Exception {
        Programs.require("prometheus", "promtool");
        try (RealPrometheus prometheus = new RealPrometheus(directory, SAMPLES)) {
            for (int back = 20; back < 900; back += 97) {
                Instant end = END.minusSeconds(back);
                String range = "timestamptz '" + end.minusSeconds(240) + "', timestamptz '" + end + "'";
                for (String function : List.of("increase", "rate")) {
                    assertSame(
                            values("SELECT val(id_id), %1$s(time, value, %2$s) FROM requests_total GROUP BY id_id"
                                    .formatted(function, range)),
                            prometheus.query(function + "(requests_total[4m])", end, "id"));
                }
            }
            for (String quantile : List.of("0", "0.1", "0.5", "0.9", "0.999", "1")) {
                assertSame(
                        values("SELECT val(id_id), histogram_quantile(" + quantile
                                + ", val(le_id), value) FROM latency_bucket GROUP BY id_id"),
                        prometheus.query("histogram_quantile(" + quantile + ", latency_bucket)", END, "id"));
            }
        }
    }

    @Test
    void increaseWithoutARangeIsWhatWasCounted() throws Exception {
        Map<String, Double> expected = new TreeMap<>();
        Map<String, Double> before = new TreeMap<>();
        for (TestSample sample : SAMPLES) {
            if (sample.labels().get("__name__").equals("requests_total")) {
                String id = sample.labels().get("id");
                Double last = before.put(id, sample.value());
                double added = last == null ? 0 : sample.value() < last ? sample.value() : sample.value() - last;
                expected.merge(id, added, Double::sum);
            }
        }
        assertSame(values("SELECT val(id_id), increase(time, value) FROM requests_total GROUP BY id_id"), expected);
    }

    @Test
    void theOrderOfSamplesDoesNotMatter() throws Exception {
        assertThat(db.rows("SELECT increase(t, v ORDER BY random()), rate(t, v ORDER BY random()) FROM (VALUES"
                        + " (timestamptz 'epoch', 1.0), ('1970-01-01 00:00:10+00', 4), ('1970-01-01 00:00:20+00', 2),"
                        + " ('1970-01-01 00:00:30+00', 6)) x(t, v)"))
                .containsExactly("9|0.3");
    }

    @Test
    void manySamplesAreCountedInEveryOrderOfPieces() throws Exception {
        String samples =
                "(SELECT timestamptz 'epoch' + i * interval '15 s' + (i %% 7) * interval '1 ms' AS t, (i * 7 %% 1000)::float8 AS v, i"
                        + " FROM generate_series(1, %d) i) x";
        String expected = "SELECT sum(CASE WHEN v < b THEN v ELSE v - b END), count(*) FILTER (WHERE v < b)"
                + " FROM (SELECT v, lag(v) OVER (ORDER BY t) AS b FROM %s) y";
        for (String order :
                List.of("t", "t DESC", "i / 1000 % 3, t", "(i / 100 * 37) % 100, t DESC", "i / 50 % 2, t")) {
            String many = samples.formatted(10_000);
            assertThat(db.rows("SELECT increase(t, v ORDER BY " + order + "), resets(t, v ORDER BY " + order + ") FROM "
                            + many))
                    .as(order)
                    .isEqualTo(db.rows(expected.formatted(many)));
        }
        String few = samples.formatted(3_000);
        assertThat(db.rows("SELECT increase(t, v ORDER BY i * 7919 % 3001), resets(t, v ORDER BY i * 7919 % 3001) FROM "
                        + few))
                .isEqualTo(db.rows(expected.formatted(few)));
    }

    @Test
    void samplesThatCannotBeCountedAreAnErrorAndNoWrongNumber() {
        assertThatThrownBy(() -> db.rows("SELECT increase(t, v ORDER BY i % 2, t) FROM (SELECT timestamptz 'epoch'"
                        + " + i * interval '15 s' AS t, i::float8 AS v, i FROM generate_series(1, 4000) i) x"))
                .hasMessageContaining("ORDER BY time");
    }

    @Test
    void samplesOfOneTimeHaveNoRate() throws Exception {
        assertThat(db.rows("SELECT rate(t, v), rate(t, v, t - interval '1 min', t), irate(t, v), deriv(t, v)"
                        + " FROM (VALUES (timestamptz 'epoch', 1.0), ('epoch', 2)) x(t, v) GROUP BY t"))
                .containsExactly("|||");
    }

    @Test
    void aTransitionFunctionSetsNothingForEachSample() throws Exception {
        assertThat(db.rows(
                        "SELECT DISTINCT a.aggtransfn FROM pg_aggregate a JOIN pg_proc p ON p.oid = a.aggtransfn::oid"
                                + " WHERE a.aggfnoid::regproc::text ~ '^prom_api|^[a-z_]+$' AND p.pronamespace = '_prom_catalog'::regnamespace"
                                + " AND p.proconfig IS NOT NULL AND p.proname !~ 'histogram'"))
                .isEmpty();
    }

    @Test
    void fewerThanTwoSamplesGiveNull() throws Exception {
        assertThat(db.rows(
                        "SELECT increase(now(), 1), rate(now(), 1), increase(now(), 1, now() - interval '1 min', now()),"
                                + " rate(now(), NULL, now() - interval '1 min', now())"))
                .containsExactly("|||");
    }

    @Test
    void quantilesOfOddHistogramsAreThoseOfTheDefinition() throws Exception {
        assertThat(db.rows("SELECT histogram_quantile(0.5, le, n) FROM (VALUES ('1', 1), ('2', 2)) b(le, n)"))
                .containsExactly("NaN");
        assertThat(db.rows(
                        "SELECT histogram_quantile(-1, le, n), histogram_quantile(2, le, n), histogram_quantile('NaN', le, n)"
                                + " FROM (VALUES ('1', 1), ('+Inf', 2)) b(le, n)"))
                .containsExactly("-Infinity|Infinity|NaN");
        assertThat(db.rows("SELECT histogram_quantile(0.5, le, n) FROM (VALUES ('1', 0), ('+Inf', 0)) b(le, n)"))
                .containsExactly("NaN");
        assertThat(
                        db.rows(
                                "SELECT histogram_quantile(0.5, le, n) FROM (VALUES ('-1', 5), ('+Inf', 5), ('x', 7)) b(le, n)"))
                .containsExactly("-1");
        assertThat(db.rows("SELECT histogram_quantile(0.5, 'x', 1)")).containsExactly("");
    }

    @Test
    void aggregatesOfNumbersLeaveOutNansAndStaleMarkers() throws Exception {
        String numbers = "count_numbers(v), sum_numbers(v), avg_numbers(v), min_numbers(v), max_numbers(v)";
        assertThat(db.rows(
                        "SELECT " + numbers + " FROM (VALUES (1.5::float8), ('NaN'), (NULL), (-3), ('Infinity')) x(v)"))
                .containsExactly("3|Infinity|Infinity|-3|Infinity");
        assertThat(db.rows("SELECT " + numbers + " FROM (VALUES (1.5::float8), ('NaN'), (2.5)) x(v)"))
                .containsExactly("2|4|2|1.5|2.5");
        assertThat(db.rows("SELECT " + numbers + " FROM (VALUES ('NaN'::float8)) x(v)"))
                .containsExactly("0||||");
    }
}
