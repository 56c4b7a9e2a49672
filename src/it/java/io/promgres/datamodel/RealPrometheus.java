package io.promgres.datamodel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.promgres.remoteread.PrometheusServer;
import io.promgres.testing.PrometheusRelease;
import io.promgres.testing.TestSample;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The installed Prometheus with samples of ours in its storage, to be asked in PromQL. */
final class RealPrometheus implements AutoCloseable {

    private final PrometheusServer server;

    RealPrometheus(Path directory, List<TestSample> samples) throws IOException, InterruptedException {
        this(PrometheusRelease.INSTALLED, directory, samples);
    }

    RealPrometheus(PrometheusRelease release, Path directory, List<TestSample> samples)
            throws IOException, InterruptedException {
        PrometheusServer.makeBlocks(directory, Files.writeString(directory.resolve("samples"), openMetrics(samples)));
        server = PrometheusServer.start(release, directory, "global: {}\n");
    }

    private static String openMetrics(List<TestSample> samples) {
        StringBuilder text = new StringBuilder();
        Map<SortedMap<String, String>, List<TestSample>> series =
                samples.stream().collect(Collectors.groupingBy(TestSample::labels));
        List<SortedMap<String, String>> ordered = new ArrayList<>(series.keySet());
        ordered.sort((a, b) -> a.get("__name__").compareTo(b.get("__name__")));
        for (SortedMap<String, String> labels : ordered) {
            String inner = labels.entrySet().stream()
                    .filter(label -> !label.getKey().equals("__name__"))
                    .map(label -> label.getKey() + "=\"" + label.getValue() + "\"")
                    .collect(Collectors.joining(","));
            for (TestSample sample : series.get(labels)) {
                text.append(labels.get("__name__")).append('{').append(inner).append("} ");
                text.append(sample.value()).append(' ');
                text.append(sample.time() / 1000.0).append('\n');
            }
        }
        return text.append("# EOF\n").toString();
    }

    /** The result of an instant query: the values by what a label says. */
    Map<String, Double> query(String promql, Instant time, String label) {
        JsonNode answer = server.api(
                "/api/v1/query", Map.of("query", promql, "time", Double.toString(time.toEpochMilli() / 1000.0)));
        assertThat(answer.at("/status").asText()).as(answer.toString()).isEqualTo("success");
        Map<String, Double> values = new TreeMap<>();
        for (JsonNode result : answer.at("/data/result")) {
            String value = result.at("/value/1").asText();
            values.put(result.at("/metric/" + label).asText(), Double.valueOf(value.replace("Inf", "Infinity")));
        }
        return values;
    }

    /** The result of a range query: the values by time in milliseconds and what a label says. */
    Map<String, Double> queryRange(String promql, Instant start, Instant end, Duration step, String label) {
        JsonNode answer = server.api(
                "/api/v1/query_range",
                Map.of("query", promql, "start", seconds(start), "end", seconds(end), "step", step.toSeconds() + ""));
        assertThat(answer.at("/status").asText()).as(answer.toString()).isEqualTo("success");
        Map<String, Double> values = new TreeMap<>();
        for (JsonNode result : answer.at("/data/result")) {
            for (JsonNode point : result.at("/values")) {
                String value = point.get(1).asText();
                values.put(
                        Math.round(point.get(0).asDouble() * 1000) + " "
                                + result.at("/metric/" + label).asText(),
                        Double.valueOf(value.replace("Inf", "Infinity")));
            }
        }
        return values;
    }

    private static String seconds(Instant time) {
        return BigDecimal.valueOf(time.toEpochMilli(), 3).toPlainString();
    }

    @Override
    public void close() {
        server.close();
    }
}
