package io.promgres.remoteread;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promgres.testing.Programs;
import io.promgres.testing.PrometheusRelease;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A real Prometheus, started on a directory and stopped by {@link #close}. */
public final class PrometheusServer implements AutoCloseable {

    private static final long START_SECONDS = 30;

    private final Process process;
    private final String url;
    private final HttpClient client = HttpClient.newHttpClient();

    private PrometheusServer(Process process, String url) {
        this.process = process;
        this.url = url;
    }

    /** Whether it is installed here, with its tools. */
    public static boolean isInstalled() {
        return Files.isExecutable(Path.of("/usr/bin/prometheus")) && Files.isExecutable(Path.of("/usr/bin/promtool"));
    }

    /** Starts the installed one, see {@link #start(PrometheusRelease, Path, String, String...)}. */
    public static PrometheusServer start(Path directory, String configuration, String... options)
            throws IOException, InterruptedException {
        return start(PrometheusRelease.INSTALLED, directory, configuration, options);
    }

    /**
     * Starts it, and returns when it answers queries.
     *
     * @param directory for its data, its configuration and its log
     * @param options besides those that every one has
     */
    public static PrometheusServer start(
            PrometheusRelease release, Path directory, String configuration, String... options)
            throws IOException, InterruptedException {
        Files.createDirectories(directory.resolve("data"));
        Files.writeString(directory.resolve("prometheus.yml"), configuration);
        int port = Programs.freePort();
        List<String> arguments = new ArrayList<>(List.of(
                "--config.file=" + directory.resolve("prometheus.yml"),
                "--storage.tsdb.path=" + directory.resolve("data"),
                "--storage.tsdb.retention.time=10y",
                "--web.listen-address=127.0.0.1:" + port));
        arguments.addAll(List.of(options));
        Process process = release.start(directory.resolve("log"), arguments.toArray(String[]::new));
        PrometheusServer server = new PrometheusServer(process, "http://127.0.0.1:" + port);
        server.awaitReady(directory);
        return server;
    }

    /** Makes blocks of OpenMetrics text in the directory of a Prometheus that is not started yet. */
    public static void makeBlocks(Path directory, Path text) throws IOException, InterruptedException {
        Files.createDirectories(directory.resolve("data"));
        Process promtool = new ProcessBuilder(
                        "/usr/bin/promtool",
                        "tsdb",
                        "create-blocks-from",
                        "openmetrics",
                        text.toString(),
                        directory.resolve("data").toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (promtool.waitFor() != 0) {
            throw new IllegalStateException(output);
        }
    }

    private void awaitReady(Path directory) throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (!isReady()) {
            if (!process.isAlive() || System.nanoTime() > end) {
                close();
                throw new IllegalStateException(Files.readString(directory.resolve("log")));
            }
            // Whichever is first: its end, or a moment.
            process.waitFor(50, TimeUnit.MILLISECONDS);
        }
    }

    private boolean isReady() throws InterruptedException {
        try {
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create(url + "/-/ready")).build();
            return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    /** Such as http://127.0.0.1:9090. */
    public String url() {
        return url;
    }

    public int port() {
        return URI.create(url).getPort();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Of the process. */
    public long pid() {
        return process.pid();
    }

    /** Seconds of CPU that it has used. */
    public double cpuSeconds() {
        return process.toHandle()
                        .info()
                        .totalCpuDuration()
                        .orElse(Duration.ZERO)
                        .toNanos()
                / 1e9;
    }

    /** Such as 3. */
    public int majorVersion() {
        return version()[0];
    }

    /** Whether its release is an earlier one. */
    public boolean isBefore(int major, int minor) {
        int[] version = version();
        return version[0] < major || version[0] == major && version[1] < minor;
    }

    private int[] version() {
        String version =
                api("/api/v1/status/buildinfo", Map.of()).at("/data/version").asText();
        return Pattern.compile("[.]")
                .splitAsStream(version)
                .limit(2)
                .mapToInt(Integer::parseInt)
                .toArray();
    }

    /** The answer of its HTTP API, as JSON. */
    public JsonNode api(String path, Map<String, String> parameters) {
        String query = parameters.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + URLEncoder.encode(entry.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        try {
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create(url + path + "?" + query)).build();
            return new ObjectMapper()
                    .readTree(client.send(request, HttpResponse.BodyHandlers.ofString())
                            .body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
