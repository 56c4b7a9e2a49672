package io.promgres.security;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.promgres.codec.proto.Remote.Query;
import io.promgres.codec.proto.Remote.ReadRequest;
import io.promgres.codec.proto.Remote.WriteRequest;
import io.promgres.codec.proto.Types.BucketSpan;
import io.promgres.codec.proto.Types.Histogram;
import io.promgres.codec.proto.Types.Label;
import io.promgres.codec.proto.Types.LabelMatcher;
import io.promgres.codec.proto.Types.Sample;
import io.promgres.codec.proto.Types.TimeSeries;
import io.promgres.codec.proto.WriteV2;
import io.promgres.testing.AnyServer;
import io.promgres.testing.PackagedDaemon;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import io.promgres.testing.WriteBody;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Requests that no sender means: deep, wide, huge, torn, in other encodings. Each is answered by a status that says so, and none
 * by 500, which stands for a bug.
 */
@AnyServer
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostileBodiesIT {

    private static final String V1 = "application/x-protobuf";
    private static final String V2 = "application/x-protobuf;proto=io.prometheus.write.v2.Request";
    private static final String JSON = "application/json";
    private static final int DEEP = 50_000;
    private static final long NOW = System.currentTimeMillis();

    private final HttpClient client = HttpClient.newHttpClient();
    private SoftAssertions all;
    private TestDatabase database;
    private PackagedDaemon daemon;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        database = TestDatabase.migrated();
        daemon = PackagedDaemon.start(
                directory, 0, Map.of("PROMGRES_DB", database.uri().psql()));
        assertThat(daemon.sender().send(TestSample.of("up", NOW, 1, "job", "j")).statusCode())
                .isEqualTo(204);
    }

    @AfterAll
    void stop() throws Exception {
        daemon.close();
        database.close();
    }

    @BeforeEach
    void begin() {
        all = new SoftAssertions();
    }

    @AfterEach
    void assertAll() throws Exception {
        all.assertThat(daemon.sender().get("/-/healthy").statusCode()).isEqualTo(200);
        all.assertAll();
    }

    @Test
    void messagesOfRemoteWriteThatAreNoneAreRefused() throws Exception {
        List<byte[]> messages = new ArrayList<>(torn());
        // A label, a sample, a histogram with every number at its end.
        for (long number : new long[] {Long.MIN_VALUE, Long.MAX_VALUE, -1, 253402300800000L}) {
            messages.add(v1(
                    series().addSamples(Sample.newBuilder().setTimestamp(number).setValue(number))));
            messages.add(v1(series().addHistograms(histogram().setTimestamp(number))));
        }
        for (int number : new int[] {Integer.MIN_VALUE, Integer.MAX_VALUE, -1, 127, -54}) {
            messages.add(v1(series().addHistograms(histogram().setSchema(number))));
            messages.add(v1(series().addHistograms(histogram()
                    .addPositiveSpans(BucketSpan.newBuilder().setOffset(number).setLength(number)))));
            messages.add(v1(series().addHistograms(histogram().setResetHintValue(number))));
        }
        messages.add(v1(series().addHistograms(histogram().setZeroThreshold(Double.NaN))));
        messages.add(v1(series().addHistograms(histogram().setSchema(-53).addCustomValues(Double.NaN))));
        for (byte[] message : messages) {
            assertAnswered(post("/api/v1/write", V1, WriteBody.compress(message)), 204, 400);
            assertAnswered(post("/api/v1/write", V2, WriteBody.compress(message)), 204, 400);
            assertAnswered(post("/api/v1/read", V1, WriteBody.compress(message)), 200, 400);
        }
        for (String text : List.of("\u0000", "\ud800", "a\u0000b", "x".repeat(1 << 20), "")) {
            byte[] message = v1(
                    sampled().addLabels(Label.newBuilder().setName("a" + text).setValue(text)));
            assertAnswered(post("/api/v1/write", V1, WriteBody.compress(message)), 204, 400);
        }
        assertAnswered(post("/api/v1/write", V1, WriteBody.compress(v1(sampled().addLabels(notUtf8())))), 400);
    }

    @Test
    void referencesThatLeadNowhereAreRefused() throws Exception {
        for (int ref : new int[] {-1, Integer.MAX_VALUE, Integer.MIN_VALUE, 7}) {
            WriteV2.TimeSeries.Builder series = WriteV2.TimeSeries.newBuilder()
                    .addSamples(WriteV2.Sample.newBuilder().setTimestamp(NOW).setStartTimestamp(Long.MIN_VALUE));
            assertAnswered(postV2(series.clone().addLabelsRefs(ref).addLabelsRefs(ref)), 400);
            assertAnswered(postV2(series.clone().addLabelsRefs(1)), 400);
            assertAnswered(
                    postV2(series.clone()
                            .addLabelsRefs(1)
                            .addLabelsRefs(2)
                            .setMetadata(WriteV2.Metadata.newBuilder()
                                    .setTypeValue(ref)
                                    .setHelpRef(ref)
                                    .setUnitRef(ref))),
                    400);
            assertAnswered(
                    postV2(series.clone()
                            .addLabelsRefs(1)
                            .addLabelsRefs(2)
                            .addExemplars(WriteV2.Exemplar.newBuilder()
                                    .addLabelsRefs(ref)
                                    .addLabelsRefs(ref))),
                    204,
                    400);
        }
    }

    private HttpResponse<String> postV2(WriteV2.TimeSeries.Builder series) throws Exception {
        byte[] message = WriteV2.Request.newBuilder()
                .addSymbols("")
                .addSymbols("__name__")
                .addSymbols("hostile")
                .addTimeseries(series)
                .build()
                .toByteArray();
        return post("/api/v1/write", V2, WriteBody.compress(message));
    }

    @Test
    void bodiesThatAreNotWhatTheirHeadersSayAreRefused() throws Exception {
        byte[] body = WriteBody.of(TestSample.of("typed", NOW, 1));
        for (String path : List.of("/api/v1/write", "/api/v1/read")) {
            for (byte[] torn :
                    List.of(new byte[0], new byte[] {-1, -1, -1, -1, 127}, new byte[1000], "{}".getBytes())) {
                assertAnswered(post(path, V1, torn), 200, 204, 400);
            }
            for (String type :
                    List.of("text/plain", "application/json; x", "application/x-protobuf;proto=a.b.C", "x", ";")) {
                assertAnswered(post(path, type, body), 200, 400, 415);
            }
            for (String encoding : List.of("zstd", "gzip", "snappy, snappy", "x")) {
                assertAnswered(send(request(path, V1, encoding, body)), 400, 415);
            }
        }
        assertAnswered(post("/perf-test/perf_test_job_meta", "text/csv", body), 415);
        assertAnswered(
                post(
                        "/perf-test/perf_test_job_meta",
                        JSON + "; charset=utf-16",
                        "[]".getBytes(StandardCharsets.UTF_16)),
                400,
                415);
    }

    @Test
    void readsThatAskForTheImpossibleAreRefused() throws Exception {
        List<Query.Builder> queries = new ArrayList<>();
        for (String expression :
                List.of("(", "(a{1000}){1000}", "(".repeat(DEEP), "\\p{Nothing}", "a{2,1}", "x".repeat(1 << 20))) {
            queries.add(Query.newBuilder().setEndTimestampMs(NOW).addMatchers(matcher(2, expression)));
        }
        queries.add(Query.newBuilder().setEndTimestampMs(NOW).addMatchers(matcher(9, "up")));
        queries.add(Query.newBuilder()
                .setStartTimestampMs(Long.MAX_VALUE)
                .setEndTimestampMs(Long.MIN_VALUE)
                .addMatchers(matcher(0, "up")));
        queries.add(Query.newBuilder()
                .setStartTimestampMs(Long.MIN_VALUE)
                .setEndTimestampMs(Long.MAX_VALUE)
                .addMatchers(matcher(0, "up")));
        queries.add(Query.newBuilder().setEndTimestampMs(NOW).addMatchers(matcher(0, "\u0000")));
        for (Query.Builder query : queries) {
            byte[] message = ReadRequest.newBuilder().addQueries(query).build().toByteArray();
            assertAnswered(post("/api/v1/read", V1, WriteBody.compress(message)), 200, 400);
        }
    }

    private static LabelMatcher matcher(int type, String value) {
        return LabelMatcher.newBuilder()
                .setTypeValue(type)
                .setName("__name__")
                .setValue(value)
                .build();
    }

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
                assertAnswered(form("/api/v1/" + path, "query", expression), 200, 400, 413, 422);
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
            assertAnswered(form("/api/v1/query", "query", "up", "time", number, "timeout", number), 200, 400, 422, 503);
            assertAnswered(
                    form("/api/v1/query", "query", "up", "limit", number, "lookback_delta", number), 200, 400, 422);
            assertAnswered(
                    form("/api/v1/query_range", "query", "up", "start", number, "end", number, "step", number),
                    200,
                    400,
                    422);
            assertAnswered(
                    form("/api/v1/query_range", "query", "up", "start", "0", "end", "1e9", "step", number),
                    200,
                    400,
                    422);
            assertAnswered(
                    form("/api/v1/query_exemplars", "query", "up", "start", number, "end", number), 200, 400, 422);
            for (String path : List.of("series", "labels")) {
                assertAnswered(
                        form("/api/v1/" + path, "match[]", "up", "start", number, "end", number, "limit", number),
                        200,
                        400,
                        422);
            }
            String encoded = URLEncoder.encode(number, StandardCharsets.UTF_8);
            assertAnswered(get("/api/v1/label/job/values?start=" + encoded + "&limit=" + encoded), 200, 400);
            assertAnswered(get("/api/v1/metadata?limit=" + encoded + "&limit_per_metric=" + encoded), 200, 400);
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
            assertAnswered(get(path), 200, 400, 404, 414, 422);
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
                assertAnswered(
                        post("/perf-test/" + table, JSON, body.getBytes(StandardCharsets.UTF_8)),
                        201,
                        400,
                        404,
                        409,
                        413);
            }
            assertAnswered(post("/perf-test/" + table, JSON, new byte[] {'[', '"', -1, -2, '"', ']'}), 400, 404);
        }
    }

    private void assertAnswered(HttpResponse<String> answer, Integer... statuses) {
        all.assertThat(answer.statusCode())
                .as(
                        "%s: %s",
                        answer.request().uri(), answer.body().lines().limit(5).toList())
                .isIn((Object[]) statuses);
    }

    private HttpResponse<String> get(String path) throws Exception {
        return send(
                HttpRequest.newBuilder(URI.create(daemon.sender().url() + path)).GET());
    }

    private HttpResponse<String> form(String path, String... namesAndValues) throws Exception {
        StringBuilder form = new StringBuilder();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            form.append(i == 0 ? "" : "&").append(namesAndValues[i]).append('=');
            form.append(URLEncoder.encode(namesAndValues[i + 1], StandardCharsets.UTF_8));
        }
        return send(HttpRequest.newBuilder(URI.create(daemon.sender().url() + path))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(form.toString())));
    }

    private HttpResponse<String> post(String path, String type, byte[] body) throws Exception {
        return send(request(path, type, type.startsWith(JSON) ? "identity" : "snappy", body));
    }

    private HttpRequest.Builder request(String path, String type, String encoding, byte[] body) {
        return HttpRequest.newBuilder(URI.create(daemon.sender().url() + path))
                .header("Content-Type", type)
                .header("Content-Encoding", encoding)
                .POST(BodyPublishers.ofByteArray(body));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.timeout(Duration.ofMinutes(2)).build(), BodyHandlers.ofString());
    }

    private static TimeSeries.Builder series() {
        return TimeSeries.newBuilder()
                .addLabels(Label.newBuilder().setName("__name__").setValue("hostile"));
    }

    private static TimeSeries.Builder sampled() {
        return series().addSamples(Sample.newBuilder().setTimestamp(NOW).setValue(1));
    }

    private static Histogram.Builder histogram() {
        return Histogram.newBuilder().setTimestamp(NOW).setCountInt(1).setZeroCountInt(1);
    }

    private static byte[] v1(TimeSeries.Builder series) {
        return WriteRequest.newBuilder().addTimeseries(series).build().toByteArray();
    }

    private static Label notUtf8() {
        return Label.newBuilder()
                .setName("b")
                .setUnknownFields(UnknownFieldSet.newBuilder()
                        .addField(
                                2,
                                UnknownFieldSet.Field.newBuilder()
                                        .addLengthDelimited(ByteString.copyFrom(new byte[] {-1, -2}))
                                        .build())
                        .build())
                .build();
    }

    /** What is no message: varints without an end, lengths beyond it, groups, field 0, nesting. */
    private static List<byte[]> torn() {
        ByteArrayOutputStream nested = new ByteArrayOutputStream();
        for (int i = 0; i < DEEP; i++) {
            nested.writeBytes(new byte[] {0x0b, 0x0c});
        }
        ByteArrayOutputStream groups = new ByteArrayOutputStream();
        for (int i = 0; i < DEEP; i++) {
            groups.write(0x1b);
        }
        return List.of(
                new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1},
                new byte[] {0x0a, -1, -1, -1, -1, 0x0f},
                new byte[] {0x0a, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1},
                new byte[] {0x0a, 5, 0},
                new byte[] {0, 0},
                new byte[] {0x07},
                new byte[] {0x0a, 2, 0x12, 0x7f},
                nested.toByteArray(),
                groups.toByteArray());
    }
}
