package io.promgres.remoteread;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Asks two Prometheus the same and fails where their answers differ: in series, times, values, native histograms, or in
 * what PromQL has to remark.
 */
public final class PromqlComparison {

    private static final Pattern DUPLICATES = Pattern.compile("\\[(\\{.*}), (\\{.*})]");

    /** Relative, where answers need not be the same to the last bit. */
    private static final double TOLERANCE = 1e-12;

    /**
     * What the mathematical libraries of Go and Java round otherwise in the last bits, interpolation between exponential buckets
     * among it, and sums over histograms of several metrics, which have no order in common.
     */
    private static final Predicate<String> ROUNDED = Pattern.compile(
                    "\\b(histogram_(quantile|fraction)|exp|ln|log2|log10|a?(sin|cos|tan)h?)\\(|\\^|\\batan2\\b|\\bsum\\(\\{")
            .asPredicate();

    private final Api original;
    private final Api other;
    private final Predicate<String> isRounded;

    private PromqlComparison(Api original, Api other, Predicate<String> isRounded) {
        this.original = original;
        this.other = other;
        this.isRounded = isRounded;
    }

    /** Of two Prometheus: one adds up series in the order of remote read. */
    static PromqlComparison ofServers(PrometheusServer original, PrometheusServer other) {
        return new PromqlComparison(original::api, other::api, query -> true);
    }

    /** Of a Prometheus and promgres, about native histograms: Prometheus compensates their sums since 3.14 only. */
    static PromqlComparison ofHistograms(PrometheusServer original, Api other) {
        return new PromqlComparison(original::api, other, original.isBefore(3, 14) ? query -> true : ROUNDED);
    }

    /** Of a Prometheus and promgres, to the last bit but for functions of the mathematical library. */
    public static PromqlComparison ofEngines(Api original, Api other) {
        return new PromqlComparison(original, other, ROUNDED);
    }

    /** Answers a request of Prometheus' HTTP API with JSON. */
    @FunctionalInterface
    public interface Api {
        JsonNode api(String path, Map<String, String> parameters);
    }

    /** The queries of a resource, one in a line; empty lines and those that begin with a # are none. */
    public static Stream<String> queries(String resource) {
        try {
            return Files.readAllLines(Path.of("src/it/resources", resource)).stream()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @return the number of series in the answer */
    public int at(String query, Instant time) {
        return assertSame("/api/v1/query", Map.of("query", query, "time", seconds(time)));
    }

    /** @return the number of series in the answer */
    public int over(String query, Instant start, Instant end, int stepSeconds) {
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

    /**
     * Whether an answer of this Prometheus says nothing about that of promgres: the queries that later releases answer otherwise
     * than 3.5, for which the release of promgres' PromQL is asked.
     */
    public static boolean hasChanged(String query, PrometheusServer original) {
        return original.isBefore(3, 14) && queries("promql-changed.txt").anyMatch(query::equals);
    }

    /** Both refuse the query in the same words. */
    public void refused(String query, Instant time) {
        Map<String, String> parameters = Map.of("query", query, "time", seconds(time));
        JsonNode expected = original.api("/api/v1/query", parameters);
        assertThat(expected.path("status").asText()).as(expected.toString()).isEqualTo("error");
        JsonNode actual = other.api("/api/v1/query", parameters);
        for (String field : List.of("status", "errorType", "error")) {
            assertThat(inOrder(actual.path(field).asText()))
                    .as(query)
                    .isEqualTo(inOrder(expected.path(field).asText()));
        }
    }

    /** Which of two series that are one too many was met first is not said. */
    private static String inOrder(String message) {
        Matcher both = DUPLICATES.matcher(message);
        return both.find() && both.group(1).compareTo(both.group(2)) > 0
                ? both.replaceFirst(
                        result -> Matcher.quoteReplacement("[" + result.group(2) + ", " + result.group(1) + "]"))
                : message;
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
        double tolerance = isRounded.test(parameters.get("query")) ? TOLERANCE : 0;
        assertSame(parameters.toString(), series, series(actual), tolerance);
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

    private static void assertSame(
            String what, Map<String, List<String>> expected, Map<String, List<String>> actual, double tolerance) {
        assertThat(actual.keySet()).as(what).isEqualTo(expected.keySet());
        expected.forEach((labels, values) -> {
            List<String> others = actual.get(labels);
            assertThat(others).as(what + labels).hasSameSizeAs(values);
            for (int i = 0; i < values.size(); i++) {
                assertThat(isSame(values.get(i), others.get(i), tolerance))
                        .as("%s %s: %s is not %s", what, labels, others.get(i), values.get(i))
                        .isTrue();
            }
        });
    }

    private static boolean isSame(String expected, String actual, double tolerance) {
        if (expected.equals(actual)) {
            return true;
        }
        if (!expected.matches("[-+0-9.e]+") || !actual.matches("[-+0-9.e]+")) {
            return false;
        }
        double a = Double.parseDouble(expected);
        double b = Double.parseDouble(actual);
        return Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b));
    }
}
