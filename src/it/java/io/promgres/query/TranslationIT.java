package io.promgres.query;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promgres.testing.AnyServer;
import io.promgres.testing.Packed;
import io.promgres.testing.QueryClient;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.Sql;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** SQL that an expression is translated into gives what the engine gives. */
@AnyServer
class TranslationIT {

    private static final long STALE = 0x7ff0000000000002L;
    private static final long STEP = 60_000;
    private static final int SAMPLES = 240;
    private static final long END = System.currentTimeMillis() / 60_000 * 60_000;
    private static final long START = END - SAMPLES * STEP;
    private static final double TOLERANCE = 1e-9;
    private static final ObjectMapper JSON = new ObjectMapper();

    private static TestDatabase database;
    private static RunningDaemon daemon;
    private static Connection reader;

    private final QueryClient client = new QueryClient(daemon.url());

    @BeforeAll
    static void start() throws Exception {
        database = TestDatabase.migrated();
        daemon = RunningDaemon.on(database);
        daemon.send(samples());
        daemon.awaitViews();
        daemon.execute("CALL execute_maintenance()");
        assertThat(daemon.value("SELECT count(*) > 0 FROM " + Packed.of("level")))
                .isEqualTo("t");
        assertThat(daemon.value("SELECT count(*) > 0 FROM prom_data.landing")).isEqualTo("t");
        reader = database.connect();
    }

    private static List<TestSample> samples() {
        Random random = new Random(3);
        List<TestSample> samples = new ArrayList<>();
        double[] counters = new double[12];
        for (int i = 0; i < SAMPLES; i++) {
            long time = START + i * STEP + 1;
            for (int n = 0; n < counters.length; n++) {
                counters[n] = random.nextInt(60) == 0 ? 0 : counters[n] + random.nextInt(20);
                String[] labels = {
                    "job", n < 8 ? "web" : "api", "instance", "i" + n % 4, "code", n % 3 == 0 ? "500" : "200"
                };
                if (random.nextInt(30) > 0) {
                    samples.add(TestSample.of("requests_total", time, counters[n], labels));
                }
                samples.add(TestSample.of(
                        "wait_bucket",
                        time,
                        counters[n / 3] * (1 + n % 3),
                        "job",
                        n / 3 % 2 == 0 ? "web" : "api",
                        "instance",
                        "i" + n / 3,
                        "le",
                        List.of("0.1", "1", "+Inf").get(n % 3)));
            }
            for (int n = 0; n < 4; n++) {
                double value = n == 3 && i % 7 == 0 ? Double.NaN : Math.round(1000 * random.nextGaussian()) / 8.0;
                samples.add(TestSample.ofBits(
                        "level",
                        time,
                        i % 50 == 40 ? STALE : Double.doubleToRawLongBits(value),
                        "instance",
                        "i" + n,
                        "zone",
                        n < 2 ? "a" : "it's"));
            }
            samples.add(TestSample.of("up", time, i / 100 % 2, "job", "web", "instance", "i0"));
            samples.add(TestSample.of("up", time, 1, "job", "web", "instance", "i1"));
            samples.add(TestSample.of("info", time, 1, "instance", "i0", "version", "1.0"));
            samples.add(TestSample.of("info", time, 1, "instance", "i1", "version", "2.0", "note", "\\d \"x\""));
        }
        return samples;
    }

    @AfterAll
    static void stop() throws Exception {
        reader.close();
        daemon.close();
        database.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "level",
                "level{zone=\"it's\"}",
                "requests_total{job=~\"w.+|x\", code!=\"500\", instance!~\"i[12]\"}",
                "info{note=\"\\\\d \\\"x\\\"\"}",
                "nothing",
                "level{zone=\"\"}",
                "info{note=\"\"}",
                "info{note!=\"\"}",
                "rate(requests_total[5m])",
                "increase(requests_total{job=\"web\"}[3m])",
                "avg_over_time(level[4m])",
                "max_over_time(level[4m])",
                "min_over_time(level[4m])",
                "sum_over_time(level[4m])",
                "count_over_time(level[4m])",
                "last_over_time(level[20m])",
                "quantile_over_time(0.3, level[5m])",
                "rate(requests_total[5m] offset 7m)",
                "level offset 10m",
                "level offset -1m",
                "sum(rate(requests_total[5m]))",
                "sum by (job, code) (rate(requests_total[5m]))",
                "sum without (instance) (rate(requests_total[5m]))",
                "avg by (zone) (level)",
                "max by (zone) (level)",
                "min(level)",
                "count by (zone) (level)",
                "group by (absent) (level)",
                "stddev by (job) (requests_total)",
                "stdvar(requests_total)",
                "quantile by (job) (0.4, requests_total)",
                "sum(sum by (job, instance) (requests_total))",
                "topk(3, requests_total)",
                "bottomk by (zone) (1, level)",
                "topk(1, level * 2)",
                "1 - avg by (instance) (rate(requests_total{code=\"200\"}[5m]))",
                "level * 2 + 1",
                "-level",
                "2 / level",
                "level / 0",
                "level / (1 - 1)",
                "level > 0",
                "level > bool 0",
                "0 < level",
                "level == 0",
                "level != 0",
                "level >= bool 10",
                "sum by (zone) (level) > 20",
                "sum by (zone) (level) > bool 20",
                "(1 + 2) * level",
                "time() - level",
                "requests_total / on(instance, job, code) requests_total",
                "level / ignoring(zone) level",
                "rate(requests_total[5m]) / ignoring(code) group_left sum without (code) (rate(requests_total[5m]))",
                "level * on(instance) group_left(version, note) info",
                "info * on(instance) group_right(version) level",
                "level > on(instance) up",
                "level > bool on(instance) info",
                "level > ignoring(zone) level * 0.5",
                "level and on(instance) up",
                "level unless on(instance) up",
                "level or on(instance) up",
                "level or info",
                "level and level > 5",
                "sum by (job) (rate(requests_total{code=\"500\"}[5m])) / sum by (job) (rate(requests_total[5m]))",
                "histogram_quantile(0.9, sum by (le) (rate(wait_bucket[5m])))",
                "histogram_quantile(0.5, rate(wait_bucket[5m]))",
                "histogram_quantile(0.5, sum by (job, le) (rate(wait_bucket[5m]))) > 0.2",
                "abs(level)",
                "ceil(level)",
                "floor(level / 7)",
                "round(level)",
                "round(level, 0.5)",
                "clamp_min(level, 3)",
                "clamp_max(level, 3)",
                "vector(7)",
                "vector(time())",
                "1 + 1 / 3",
                "time() / 60",
                "7 / 2",
                "absent(nothing{job=\"x\", instance=~\"y\"})",
                "absent(up)",
                "absent(sum(nothing))",
                "count(up == 0)",
                "sort_desc(level)",
                "sum(up) or vector(0)",
                "(level)",
                "max(level) - min(level)",
                "deg(level)",
                "rad(level)",
                "pi() * 2"
            })
    void aTranslationGivesWhatTheEngineGives(String query) throws Exception {
        assertSame(query, "time", END - 2_000);
        assertSame(query, "start", START + 20_000, "end", END - 10_000, "step", 330_000);
    }

    private void assertSame(String query, Object... times) throws Exception {
        List<String> parameters = new ArrayList<>(List.of("query", query));
        for (int i = 0; i < times.length; i += 2) {
            parameters.add((String) times[i]);
            parameters.add(((Number) times[i + 1]).longValue() / 1e3 + "");
        }
        String[] asked = parameters.toArray(String[]::new);
        JsonNode engine = data(client.post(times.length == 2 ? "/api/v1/query" : "/api/v1/query_range", asked)
                .body());
        String sql =
                data(client.post("/api/v1/translate", asked).body()).path("sql").asText();

        Map<String, Double> expected = points(engine);
        Map<String, Double> actual = new TreeMap<>();
        for (String row : Sql.rows(
                reader,
                "SELECT coalesce(labels, '{}')::text, (extract(epoch FROM time) * 1000)::bigint, value FROM ("
                        + sql.replace(";", "") + ") x")) {
            String[] columns = row.split("\\|(?=[^|]*\\|[^|]*$)|\\|(?=[^|]*$)");
            String key = JSON.convertValue(JSON.readTree(columns[0]), TreeMap.class) + " at " + columns[1];
            assertThat(actual.put(key, Double.valueOf(columns[2])))
                    .as("twice %s: %s", key, sql)
                    .isNull();
        }
        assertThat(actual.keySet()).as(sql).isEqualTo(expected.keySet());
        expected.forEach((key, value) -> assertThat(isSame(actual.get(key), value))
                .as("%s: %s, not %s: %s", key, actual.get(key), value, sql)
                .isTrue());
    }

    private static JsonNode data(String body) throws Exception {
        JsonNode answer = JSON.readTree(body);
        assertThat(answer.path("status").asText()).as(body).isEqualTo("success");
        return answer.path("data");
    }

    private static Map<String, Double> points(JsonNode data) {
        Map<String, Double> points = new TreeMap<>();
        JsonNode result = data.path("result");
        if (data.path("resultType").asText().equals("scalar")) {
            add(points, "{}", result);
            return points;
        }
        for (JsonNode series : result) {
            String labels =
                    JSON.convertValue(series.path("metric"), TreeMap.class).toString();
            series.path("values").forEach(point -> add(points, labels, point));
            if (series.has("value")) {
                add(points, labels, series.path("value"));
            }
        }
        return points;
    }

    private static void add(Map<String, Double> points, String labels, JsonNode point) {
        String value = point.get(1).asText().replace("Inf", "Infinity");
        points.put(labels + " at " + Math.round(point.get(0).asDouble() * 1000), Double.valueOf(value));
    }

    private static boolean isSame(double a, double b) {
        return Double.compare(a + 0.0, b + 0.0) == 0
                || Math.abs(a - b) <= TOLERANCE * Math.max(1, Math.max(Math.abs(a), Math.abs(b)));
    }

    @Test
    void whatCannotBeSaidIsNamedWithItsPosition() throws Exception {
        Map<String, String> refused = Map.of(
                "1 + deriv(level[5m])",
                "1:5: cannot be said in SQL: the function deriv()",
                "max_over_time(rate(x[1m])[1h:])",
                "1:15: cannot be said in SQL: a subquery",
                "sum(level @ 100)",
                "1:5: cannot be said in SQL: the modifier @",
                "{job=\\\"x\\\"}".replace("\\", ""),
                "1:1: cannot be said in SQL: a selector without the name of one metric",
                "x{a=~\"(?i)b\"}",
                "1:1: cannot be said in SQL: the regular expression \"(?i)b\", which may mean something else to PostgreSQL",
                "level ^ 2",
                "1:1: cannot be said in SQL: the operator ^",
                "level[5m]",
                "1:1: cannot be said in SQL: a range vector");
        for (Map.Entry<String, String> one : refused.entrySet()) {
            var response = client.get("/api/v1/translate", "query", one.getKey());
            assertThat(response.statusCode()).as(response.body()).isEqualTo(422);
            assertThat(JSON.readTree(response.body()).path("error").asText()).isEqualTo(one.getValue());
        }
    }
}
