package io.promgres.remoteread;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Asks two Prometheus the same and fails where their answers differ: in series, times, values, native histograms, or in
 * what PromQL has to remark.
 */
final class PromqlComparison {

    private static final double TOLERANCE = 1e-12;

    private final Api original;
    private final Api other;

    PromqlComparison(PrometheusServer original, PrometheusServer other) {
        this(original::api, other::api);
    }

    PromqlComparison(Api original, Api other) {
        this.original = original;
        this.other = other;
    }

    /** Answers a request of Prometheus' HTTP API with JSON. */
    @FunctionalInterface
    interface Api {
        JsonNode api(String path, Map<String, String> parameters);
    }

    /** The queries of a resource, one in a line; empty lines and those that begin with a # are none. */
    static Stream<String> queries(String resource) throws IOException {
        return Files.readAllLines(Path.of("src/it/resources", resource)).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"));
    }

    /** @return the number of series in the answer */
    int at(String query, Instant time) {
        return assertSame("/api/v1/query", Map.of("query", query, "time", seconds(time)));
    }

    /** @return the number of series in the answer */
    int over(String query, Instant start, Instant end, int stepSeconds) {
        return assertSame(
                "/api/v1/query_range",
                Map.of(
                        "query",
                        query,
                        "start",
                        seconds(start),
                        "end",
                        seconds(end),
                        "step",
                        Integer.toString(stepSeconds)));
    }

    private static String seconds(Instant time) {
        return Long.toString(time.getEpochSecond());
    }

    private int assertSame(String path, Map<String, String> parameters) {
        JsonNode expected = original.api(path, parameters);
        assertThat(expected.path("status").asText()).as(expected.toString()).isEqualTo("success");
        JsonNode actual = other.api(path, parameters);
        assertThat(actual.path("status").asText()).as(actual.toString()).isEqualTo("success");
        for (String remarks : List.of("warnings", "infos")) {
            assertThat(texts(actual.path(remarks)))
                    .as("%s of %s", remarks, parameters)
                    .isEqualTo(texts(expected.path(remarks)));
        }
        assertThat(actual.path("data").path("resultType"))
                .isEqualTo(expected.path("data").path("resultType"));
        Map<String, List<String>> series = series(expected);
        assertSame(parameters.toString(), series, series(actual));
        if (path.endsWith("/query") && parameters.get("query").startsWith("sort")) {
            assertThat(series(actual).keySet()).as(parameters.toString()).containsExactlyElementsOf(series.keySet());
        }
        return series.size();
    }

    private static TreeSet<String> texts(JsonNode list) {
        TreeSet<String> texts = new TreeSet<>();
        list.forEach(text -> texts.add(text.asText()));
        return texts;
    }

    /** What there is of each series: every number of it, in the order of the answer. */
    private static Map<String, List<String>> series(JsonNode answer) {
        Map<String, List<String>> series = new LinkedHashMap<>();
        JsonNode result = answer.path("data").path("result");
        if (!result.isEmpty() && result.get(0).isValueNode()) {
            series.put("scalar", numbers(result));
            return series;
        }
        for (JsonNode one : result) {
            Map<String, String> labels = new TreeMap<>();
            one.path("metric")
                    .properties()
                    .forEach(
                            label -> labels.put(label.getKey(), label.getValue().asText()));
            List<String> numbers = new ArrayList<>();
            for (String field : List.of("value", "values", "histogram", "histograms")) {
                numbers.add(field);
                numbers.addAll(numbers(one.path(field)));
            }
            series.put(labels.toString(), numbers);
        }
        return series;
    }

    private static List<String> numbers(JsonNode node) {
        if (node.isValueNode()) {
            return List.of(node.asText());
        }
        List<String> numbers = new ArrayList<>();
        node.properties().forEach(property -> {
            numbers.add(property.getKey());
            numbers.addAll(numbers(property.getValue()));
        });
        if (node.isArray()) {
            node.forEach(element -> numbers.addAll(numbers(element)));
        }
        return numbers;
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
}
