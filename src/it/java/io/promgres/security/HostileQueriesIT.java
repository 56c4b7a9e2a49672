package io.promgres.security;

import io.promgres.testing.AnyServer;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Requests that no sender means: expressions, parameters and rows that are deep, huge or none. Each is answered by a status that says so, and none by 500, which stands for a bug. */
@AnyServer
class HostileQueriesIT {

    private static final String JSON = "application/json";
    private static final int DEEP = 50_000;

    @RegisterExtension
    static final HostileClient CLIENT = new HostileClient();

    @Test
    void expressionsThatAreDeepOrHugeAreRefused() throws Exception {
        for (String expression : List.of(
                "(".repeat(DEEP),
                "(".repeat(DEEP) + "up" + ")".repeat(DEEP),
                "-".repeat(DEEP) + "up",
                "up" + "+up".repeat(DEEP),
                "up" + "[5m:]".repeat(DEEP),
                "sum(".repeat(DEEP) + "up" + ")".repeat(DEEP),
                "2" + "^2".repeat(DEEP),
                "up" + " offset 1m".repeat(DEEP),
                "{__name__=~\"(a{1000}){1000}\"}",
                "{__name__=~\"" + "(".repeat(DEEP) + "\"}",
                "up[99999999999999999999y]",
                "up offset 9999999999999999999d",
                "up @ 1e300",
                "9".repeat(DEEP),
                "1e" + "9".repeat(DEEP),
                "0x" + "f".repeat(DEEP),
                "\"" + "a".repeat(DEEP),
                "up{a=\"\\xff\\u0000\\ud800\"}",
                "label_replace(up, \"a\", \"${" + "9".repeat(100) + "}\", \"job\", \".*\")",
                "topk(1e300, up)",
                "quantile(NaN, up)",
                "histogram_quantile(1e300, up)",
                "count_values(\"\\u0000\", up)",
                "up\u0000",
                "\ufeffup")) {
            for (String path : List.of("query", "format_query", "parse_query", "translate")) {
                CLIENT.assertAnswered(CLIENT.form("/api/v1/" + path, "query", expression), 200, 400, 413, 422);
            }
        }
    }

    @Test
    void parametersThatAreNoTimesAndNoNumbersAreRefused() throws Exception {
        for (String number : List.of(
                "NaN",
                "Inf",
                "-1e300",
                "1e300",
                "1e-300",
                "0",
                "-0",
                "9".repeat(1000),
                "x",
                "",
                "\u0000",
                "2026-99-99T00:00:00Z",
                "+294276-12-31T00:00:00Z")) {
            CLIENT.assertAnswered(
                    CLIENT.form("/api/v1/query", "query", "up", "time", number, "timeout", number), 200, 400, 422, 503);
            CLIENT.assertAnswered(
                    CLIENT.form("/api/v1/query", "query", "up", "limit", number, "lookback_delta", number),
                    200,
                    400,
                    422);
            CLIENT.assertAnswered(
                    CLIENT.form("/api/v1/query_range", "query", "up", "start", number, "end", number, "step", number),
                    200,
                    400,
                    422);
            CLIENT.assertAnswered(
                    CLIENT.form("/api/v1/query_range", "query", "up", "start", "0", "end", "1e9", "step", number),
                    200,
                    400,
                    422);
            CLIENT.assertAnswered(
                    CLIENT.form("/api/v1/query_exemplars", "query", "up", "start", number, "end", number),
                    200,
                    400,
                    422);
            for (String path : List.of("series", "labels")) {
                CLIENT.assertAnswered(
                        CLIENT.form(
                                "/api/v1/" + path, "match[]", "up", "start", number, "end", number, "limit", number),
                        200,
                        400,
                        422);
            }
            String encoded = URLEncoder.encode(number, StandardCharsets.UTF_8);
            CLIENT.assertAnswered(
                    CLIENT.get("/api/v1/label/job/values?start=" + encoded + "&limit=" + encoded), 200, 400);
            CLIENT.assertAnswered(
                    CLIENT.get("/api/v1/metadata?limit=" + encoded + "&limit_per_metric=" + encoded), 200, 400);
        }
        for (String path : List.of(
                "/api/v1/label/%00/values",
                "/api/v1/label/%ff/values",
                "/api/v1/label//values",
                "/api/v1/query?query=%ff%fe",
                "/api/v1/query?query=up&query=up",
                "/api/v1/query?" + "a=b&".repeat(500),
                "/federate?match[]=%00",
                "/federate?match[]=%7B%7D",
                "/api/v1/status/metric?name=%00",
                "/api/v1/status/label?key=%00",
                "/api/v1/status/metrics?limit=99999999999999999999",
                "/perf-test/perf_test_job_meta?id=eq.99999999999999999999999",
                "/perf-test/perf_test_job_meta?id=in.(" + "1,".repeat(1000) + ")",
                "/perf-test/perf_test_job_meta?select=%00",
                "/perf-test/perf_test_job_meta?order=%22",
                "/perf-test/perf_test_job_meta?limit=99999999999999999999&offset=-1",
                "/perf-test/%00",
                "/%00")) {
            CLIENT.assertAnswered(CLIENT.get(path), 200, 400, 404, 414, 422);
        }
    }

    @Test
    void resultsThatAreNoRowsAreRefused() throws Exception {
        List<String> bodies = new ArrayList<>(List.of(
                "",
                "[",
                "[{]",
                "nul",
                "[{\"id\": " + "9".repeat(1001) + "}]",
                "[{\"id\": 1e999999999}]",
                "[{\"id\": -0.0e-99999}]",
                "[{\"id\": 99999999999999999999}]",
                "[{\"" + "n".repeat(60_000) + "\": 1}]",
                "[{\"value\": \"\\ud800\"}]",
                "[{\"value\": \"\\u0000\"}]",
                "[{\"\\u0000\": 1}]",
                "[{\"\": 1}]",
                "[{\"id\": 1, \"id\": 2}]",
                "[[[]]]",
                "[1, null, true]",
                "[] []",
                "\ufeff[]",
                "/* */ []",
                "[NaN]"));
        for (String opening : List.of("[", "{\"a\":", "[{\"a\":")) {
            bodies.add(opening.repeat(DEEP));
        }
        bodies.add("[{\"value\": " + "[".repeat(DEEP) + "]".repeat(DEEP) + "}]");
        for (String table : List.of("perf_test_job_meta", "perf_test_job_result", "no_such_table")) {
            for (String body : bodies) {
                CLIENT.assertAnswered(
                        CLIENT.post("/perf-test/" + table, JSON, body.getBytes(StandardCharsets.UTF_8)),
                        201,
                        400,
                        404,
                        409,
                        413);
            }
            CLIENT.assertAnswered(
                    CLIENT.post("/perf-test/" + table, JSON, new byte[] {'[', '"', -1, -2, '"', ']'}), 400, 404);
        }
    }
}
