package io.promgres.datamodel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promgres.testing.Sent;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** The installed Prometheus with samples of ours in its storage, to be asked in PromQL. */
final class RealPrometheus implements AutoCloseable {

    private static final long READY_NANOS = Duration.ofSeconds(20).toNanos();

    private final HttpClient client = HttpClient.newHttpClient();
    private final Process process;
    private final String url;

    RealPrometheus(Path directory, List<Sent> samples) throws IOException, InterruptedException {
        Path data = directory.resolve("data");
        Path text = Files.writeString(directory.resolve("samples"), openMetrics(samples));
        Process blocks = new ProcessBuilder(
                        "promtool", "tsdb", "create-blocks-from", "openmetrics", text.toString(), data.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("promtool.log").toFile())
                .start();
        assertThat(blocks.waitFor())
                .as(Files.readString(directory.resolve("promtool.log")))
                .isZero();
        Path config = Files.writeString(directory.resolve("prometheus.yml"), "global: {}\n");
        int port = freePort();
        url = "http://127.0.0.1:" + port;
        process = new ProcessBuilder(
                        "prometheus",
                        "--config.file=" + config,
                        "--storage.tsdb.path=" + data,
                        "--web.listen-address=127.0.0.1:" + port)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("prometheus.log").toFile())
                .start();
        awaitReady();
    }

    /** Whether there is one to start. */
    static boolean isInstalled() {
        return Files.isExecutable(Path.of("/usr/bin/prometheus")) && Files.isExecutable(Path.of("/usr/bin/promtool"));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static String openMetrics(List<Sent> samples) {
        StringBuilder text = new StringBuilder();
        Map<SortedMap<String, String>, List<Sent>> series =
                samples.stream().collect(Collectors.groupingBy(Sent::labels));
        List<SortedMap<String, String>> ordered = new ArrayList<>(series.keySet());
        ordered.sort((a, b) -> a.get("__name__").compareTo(b.get("__name__")));
        for (SortedMap<String, String> labels : ordered) {
            String inner = labels.entrySet().stream()
                    .filter(label -> !label.getKey().equals("__name__"))
                    .map(label -> label.getKey() + "=\"" + label.getValue() + "\"")
                    .collect(Collectors.joining(","));
            for (Sent sample : series.get(labels)) {
                text.append(labels.get("__name__")).append('{').append(inner).append("} ");
                text.append(sample.value()).append(' ');
                text.append(sample.time() / 1000.0).append('\n');
            }
        }
        return text.append("# EOF\n").toString();
    }

    private void awaitReady() throws InterruptedException {
        long deadline = System.nanoTime() + READY_NANOS;
        while (System.nanoTime() < deadline) {
            try {
                if (get("/-/ready").statusCode() == 200) {
                    return;
                }
            } catch (IOException e) {
                Thread.onSpinWait();
            }
        }
        throw new AssertionError("Prometheus is not ready");
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(URI.create(url + path)).build(), BodyHandlers.ofString());
    }

    /** The result of an instant query: the values by what a label says. */
    Map<String, Double> query(String promql, Instant time, String label) throws IOException, InterruptedException {
        String query = URLEncoder.encode(promql, StandardCharsets.UTF_8);
        HttpResponse<String> response = get("/api/v1/query?query=" + query + "&time=" + time.toEpochMilli() / 1000.0);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        Map<String, Double> values = new TreeMap<>();
        for (JsonNode result : new ObjectMapper().readTree(response.body()).at("/data/result")) {
            String value = result.at("/value/1").asText();
            values.put(result.at("/metric/" + label).asText(), Double.valueOf(value.replace("Inf", "Infinity")));
        }
        return values;
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        process.waitFor(20, TimeUnit.SECONDS);
        process.destroyForcibly();
    }
}
