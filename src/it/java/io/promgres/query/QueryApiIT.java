package io.promgres.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.AnyServer;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Expressions by Prometheus' HTTP API, as Grafana's data source and promtool send them. */
@AnyServer
class QueryApiIT {

    private static final long STEP = 15_000;
    private static final long END = System.currentTimeMillis() / STEP * STEP;
    private static final long START = END - 40 * STEP;

    private static TestDatabase database;
    private static RunningDaemon daemon;
    private static QueryClient client;

    @BeforeAll
    static void start() throws Exception {
        database = TestDatabase.migrated();
        daemon = RunningDaemon.on(database, "promql.max-samples", "1000");
        client = new QueryClient(daemon.url());
        List<TestSample> samples = new ArrayList<>();
        for (int i = 0; i <= 40; i++) {
            long time = START + i * STEP;
            samples.add(TestSample.of("requests_total", time, 30 * i, "job", "web", "instance", "a"));
            samples.add(TestSample.of("requests_total", time, 60 * i, "job", "web", "instance", "b"));
            samples.add(TestSample.of("temperature", time, i / 8.0, "job", "room", "instance", "c"));
        }
        daemon.send(samples);
    }

    @AfterAll
    static void stop() throws Exception {
        daemon.close();
        database.close();
    }

    @Test
    void aScalarIsWhatGrafanaTriesADataSourceWith() throws Exception {
        HttpResponse<String> response = client.post("/api/v1/query", "query", "1+1", "time", "1700000000.5");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body())
                .isEqualTo(
                        "{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[1700000000.500,\"2\"]}}");
    }

    @Test
    void anInstantVectorHasAValueForEachSeries() throws Exception {
        String time = seconds(END);
        assertThat(client.get("/api/v1/query", "query", "temperature * 2", "time", time)
                        .body())
                .isEqualTo("{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":["
                        + "{\"metric\":{\"instance\":\"c\",\"job\":\"room\"},\"value\":[" + time + ",\"10\"]}]}}");
        assertThat(client.get("/api/v1/query", "query", "sum by (job) (irate(requests_total[5m]))", "time", time)
                        .body())
                .isEqualTo("{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":["
                        + "{\"metric\":{\"job\":\"web\"},\"value\":[" + time + ",\"6\"]}]}}");
        assertThat(client.get("/api/v1/query", "query", "\"text\"", "time", time)
                        .body())
                .contains("\"resultType\":\"string\",\"result\":[" + time + ",\"text\"]");
        assertThat(client.get("/api/v1/query", "query", "nothing", "time", time).body())
                .contains("\"resultType\":\"vector\",\"result\":[]");
    }

    @Test
    void samplesOfARangeComeAsTheyAreStored() throws Exception {
        assertThat(client.get("/api/v1/query", "query", "temperature[30s]", "time", seconds(END))
                        .body())
                .isEqualTo("{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":["
                        + "{\"metric\":{\"__name__\":\"temperature\",\"instance\":\"c\",\"job\":\"room\"},\"values\":["
                        + "[" + seconds(END - STEP) + ",\"4.875\"],[" + seconds(END) + ",\"5\"]]}]}}");
    }

    @Test
    void aRangeHasAValueForEachStep() throws Exception {
        HttpResponse<String> response = client.post(
                "/api/v1/query_range",
                "query",
                "max(requests_total)",
                "start",
                seconds(END - 2 * STEP),
                "end",
                seconds(END),
                "step",
                "15");

        assertThat(response.body())
                .isEqualTo(
                        "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[{\"metric\":{},\"values\":["
                                + "[" + seconds(END - 2 * STEP) + ",\"2280\"],[" + seconds(END - STEP) + ",\"2340\"],["
                                + seconds(END) + ",\"2400\"]]}]}}");
    }

    @Test
    void whatMayBeWrongIsSaidBesideTheResult() throws Exception {
        assertThat(client.get("/api/v1/query", "query", "rate(temperature[5m])", "time", seconds(END))
                        .body())
                .contains("\"infos\":[\"PromQL info: metric might not be a counter, name does not end in"
                        + " _total/_sum/_count/_bucket: \\\"temperature\\\" (1:6)\"]");
        assertThat(client.get("/api/v1/query", "query", "requests_total", "time", seconds(END), "limit", "1")
                        .body())
                .contains("\"warnings\":[\"results truncated due to limit\"]");
    }

    @Test
    void errorsHavePrometheusWordsAndPositions() throws Exception {
        assertError(
                client.get("/api/v1/query", "query", "sum(rate(x[5m])"),
                400,
                "bad_data",
                "invalid parameter \\\"query\\\": 1:16: parse error: unclosed left parenthesis");
        assertError(client.get("/api/v1/query", "query", ""), 400, "bad_data", "no expression found in input");
        assertError(
                client.get("/api/v1/query", "query", "1", "time", "noon"),
                400,
                "bad_data",
                "invalid parameter \\\"time\\\"");
        assertError(range("up", "10", "0", "1"), 400, "bad_data", "end timestamp must not be before start time");
        assertError(range("up", "10", "0", "soon"), 400, "bad_data", "end timestamp must not be before start time");
        assertError(range("up", "0", "10", "0"), 400, "bad_data", "zero or negative query resolution step widths");
        assertError(range("up", "0", "11001", "1"), 400, "bad_data", "exceeded maximum resolution of 11,000 points");
        assertError(range("up[5m]", "0", "10", "1"), 400, "bad_data", "invalid expression type \\\"range vector\\\"");
        assertError(
                client.get("/api/v1/query", "query", "requests_total / on(job) requests_total", "time", seconds(END)),
                422,
                "execution",
                "found duplicate series for the match group {job=\\\"web\\\"}");
    }

    @Test
    void aQueryOverALimitIsToldWhich() throws Exception {
        HttpResponse<String> response = client.get(
                "/api/v1/query_range",
                "query",
                "requests_total",
                "start",
                seconds(START),
                "end",
                seconds(END),
                "step",
                "0.5");

        assertError(
                response,
                422,
                "execution",
                "too many samples into memory in query execution: the limit promql.max-samples is 1000");
    }

    @Test
    void anotherLookbackCanBeAskedFor() throws Exception {
        String late = seconds(END + 400_000);
        assertThat(client.get("/api/v1/query", "query", "temperature", "time", late)
                        .body())
                .contains("\"result\":[]");
        assertThat(client.get("/api/v1/query", "query", "temperature", "time", late, "lookback_delta", "10m")
                        .body())
                .contains("\"5\"");
    }

    @Test
    void featuresThatAreSwitchedOffAreRefused() throws Exception {
        assertError(
                client.get("/api/v1/query", "query", "sort_by_label(up, \"a\")"), 400, "bad_data", "is not enabled");
    }

    @Test
    void expressionsAreFormattedAndTakenApartWithoutBeingEvaluated() throws Exception {
        assertThat(client.post("/api/v1/format_query", "query", "sum(up{b=\"1\",a=\"2\"})by(job)/2")
                        .body())
                .isEqualTo("{\"status\":\"success\",\"data\":\"sum by (job) (up{a=\\\"2\\\",b=\\\"1\\\"}) / 2\"}");
        assertThat(client.get("/api/v1/parse_query", "query", "-(up)").body())
                .startsWith("{\"status\":\"success\",\"data\":{\"expr\":{\"expr\":{")
                .endsWith("\"type\":\"parenExpr\"},\"op\":\"-\",\"type\":\"unaryExpr\"}}");
        for (String path : List.of("/api/v1/format_query", "/api/v1/parse_query")) {
            assertError(
                    client.get(path, "query", "sum(up"),
                    400,
                    "bad_data",
                    "invalid parameter \\\"query\\\": 1:7: parse error: unclosed left parenthesis");
            assertError(client.post(path), 400, "bad_data", "no expression found in input");
        }
    }

    private static HttpResponse<String> range(String query, String start, String end, String step) throws Exception {
        return client.get("/api/v1/query_range", "query", query, "start", start, "end", end, "step", step);
    }

    private static String seconds(long millis) {
        return Long.toString(millis / 1000);
    }

    private static void assertError(HttpResponse<String> response, int status, String type, String message) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.body())
                .startsWith("{\"status\":\"error\",\"errorType\":\"" + type + "\",\"error\":\"")
                .contains(message);
    }
}
