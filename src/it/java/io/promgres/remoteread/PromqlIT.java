package io.promgres.remoteread;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A Prometheus without data that reads from promgres answers PromQL as one that has the data itself. The queries are in the
 * resource promql.txt, one in a line.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PromqlIT {

    private static final double TOLERANCE = 1e-12;

    private final Instant start = Instant.now().minus(Duration.ofHours(4)).truncatedTo(ChronoUnit.MINUTES);
    private final Instant end = start.plusMillis((long) (SampleData.SAMPLES - 1) * SampleData.STEP_MILLIS);
    private final List<AutoCloseable> open = new ArrayList<>();

    private PrometheusServer original;
    private PrometheusServer reader;

    @BeforeAll
    void storeTheSameDataInBoth(@TempDir Path directory) throws Exception {
        Assumptions.assumeTrue(PrometheusServer.isInstalled(), "needs prometheus and promtool in /usr/bin");
        SampleData data = new SampleData(start.toEpochMilli());
        makeBlocks(data, directory.resolve("original"));
        StartedPromgres promgres = opened(new StartedPromgres(Map.of()));
        write(promgres, data);
        original = opened(PrometheusServer.start(directory.resolve("original"), "global: {}\n"));
        reader = opened(PrometheusServer.start(
                directory.resolve("reader"),
                "remote_read: [{url: '" + promgres.url() + "/api/v1/read', read_recent: true}]\n"));
    }

    private static void makeBlocks(SampleData data, Path directory) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        PrometheusServer.makeBlocks(directory, Files.writeString(directory.resolve("data.om"), data.openMetrics()));
    }

    private static void write(StartedPromgres promgres, SampleData data) throws IOException, InterruptedException {
        for (byte[] body : data.requests(10_000)) {
            assertThat(promgres.post("/api/v1/write", "application/x-protobuf", body)
                            .statusCode())
                    .isEqualTo(204);
        }
    }

    private <T extends AutoCloseable> T opened(T part) {
        open.add(0, part);
        return part;
    }

    @AfterAll
    void closeAll() throws Exception {
        for (AutoCloseable part : open) {
            part.close();
        }
    }

    static Stream<String> queries() throws IOException {
        return Files.readAllLines(Path.of("src/it/resources/promql.txt")).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"));
    }

    @ParameterizedTest
    @MethodSource("queries")
    void aQueryHasTheSameAnswerAtOneTimeAndOverARange(String query) {
        assertSame("/api/v1/query", Map.of("query", query, "time", seconds(end.minus(Duration.ofMinutes(3)))));
        assertSame("/api/v1/query", Map.of("query", query, "time", seconds(start.plus(Duration.ofMinutes(95)))));
        if (!query.endsWith("]")) {
            assertSame(
                    "/api/v1/query_range",
                    Map.of("query", query, "start", seconds(start), "end", seconds(end), "step", "173"));
        }
    }

    private void assertSame(String path, Map<String, String> parameters) {
        JsonNode expected = original.api(path, parameters);
        assertThat(expected.path("status").asText()).as(expected.toString()).isEqualTo("success");
        JsonNode actual = reader.api(path, parameters);
        assertThat(actual.path("status").asText()).as(actual.toString()).isEqualTo("success");
        assertThat(actual.path("data").path("resultType"))
                .isEqualTo(expected.path("data").path("resultType"));
        assertSame(parameters.toString(), series(expected), series(actual));
    }

    private static Map<String, List<String>> series(JsonNode answer) {
        Map<String, List<String>> series = new TreeMap<>();
        JsonNode result = answer.path("data").path("result");
        if (!result.isEmpty() && result.get(0).isValueNode()) {
            series.put("scalar", pair(result));
            return series;
        }
        for (JsonNode one : result) {
            Map<String, String> labels = new TreeMap<>();
            one.path("metric")
                    .properties()
                    .forEach(
                            label -> labels.put(label.getKey(), label.getValue().asText()));
            List<String> values = new ArrayList<>();
            if (one.has("value")) {
                values.addAll(pair(one.path("value")));
            }
            one.path("values").forEach(value -> values.addAll(pair(value)));
            series.put(labels.toString(), values);
        }
        return series;
    }

    private static List<String> pair(JsonNode timeAndValue) {
        return List.of(timeAndValue.get(0).asText(), timeAndValue.get(1).asText());
    }

    private static void assertSame(String what, Map<String, List<String>> expected, Map<String, List<String>> actual) {
        assertThat(actual.keySet()).as(what).isEqualTo(expected.keySet());
        expected.forEach((labels, values) -> {
            List<String> others = actual.get(labels);
            assertThat(others).as(what + labels).hasSameSizeAs(values);
            for (int i = 0; i < values.size(); i++) {
                assertThat(isSame(values.get(i), others.get(i)))
                        .as("%s %s: %s is not %s", what, labels, others.get(i), values.get(i))
                        .isTrue();
            }
        });
    }

    /** The order in which series are added up may differ in the last bits. */
    private static boolean isSame(String expected, String actual) {
        if (expected.equals(actual)) {
            return true;
        }
        if (!expected.matches("[-+0-9.e]+") || !actual.matches("[-+0-9.e]+")) {
            return false;
        }
        double a = Double.parseDouble(expected);
        double b = Double.parseDouble(actual);
        return Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b));
    }

    private static String seconds(Instant time) {
        return Long.toString(time.getEpochSecond());
    }
}
