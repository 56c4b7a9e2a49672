package io.promgres.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.PackagedDaemon;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A daemon as users run it, and a client of it that may send anything. After each test the daemon still answers. */
final class HostileClient implements BeforeAllCallback, AfterAllCallback, BeforeEachCallback, AfterEachCallback {

    private final HttpClient client = HttpClient.newHttpClient();
    private SoftAssertions all;
    private Path directory;
    private TestDatabase database;
    private PackagedDaemon daemon;

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        directory = Files.createTempDirectory("promgres-hostile-");
        database = TestDatabase.migrated();
        daemon = PackagedDaemon.start(
                directory, 0, Map.of("PROMGRES_DB", database.uri().psql()));
        assertThat(daemon.sender()
                        .send(TestSample.of("up", System.currentTimeMillis(), 1, "job", "j"))
                        .statusCode())
                .isEqualTo(204);
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        daemon.close();
        database.close();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        all = new SoftAssertions();
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        all.assertThat(daemon.sender().get("/-/healthy").statusCode()).isEqualTo(200);
        all.assertAll();
    }

    void assertAnswered(HttpResponse<String> answer, Integer... statuses) {
        all.assertThat(answer.statusCode())
                .as(
                        "%s: %s",
                        answer.request().uri(), answer.body().lines().limit(5).toList())
                .isIn((Object[]) statuses);
    }

    HttpResponse<String> get(String path) throws Exception {
        return send(
                HttpRequest.newBuilder(URI.create(daemon.sender().url() + path)).GET());
    }

    HttpResponse<String> form(String path, String... namesAndValues) throws Exception {
        StringBuilder form = new StringBuilder();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            form.append(i == 0 ? "" : "&").append(namesAndValues[i]).append('=');
            form.append(URLEncoder.encode(namesAndValues[i + 1], StandardCharsets.UTF_8));
        }
        return send(HttpRequest.newBuilder(URI.create(daemon.sender().url() + path))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(form.toString())));
    }

    HttpResponse<String> post(String path, String type, byte[] body) throws Exception {
        return send(request(path, type, type.startsWith("application/json") ? "identity" : "snappy", body));
    }

    HttpRequest.Builder request(String path, String type, String encoding, byte[] body) {
        return HttpRequest.newBuilder(URI.create(daemon.sender().url() + path))
                .header("Content-Type", type)
                .header("Content-Encoding", encoding)
                .POST(BodyPublishers.ofByteArray(body));
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.timeout(Duration.ofMinutes(2)).build(), BodyHandlers.ofString());
    }
}
