package io.promgres.security;

import static io.promgres.testing.Credentials.basic;
import static io.promgres.testing.Credentials.user;
import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.AnyServer;
import io.promgres.testing.Await;
import io.promgres.testing.PackagedDaemon;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A daemon as a process whose configuration changes while it runs, and which must not show what is secret. */
@AnyServer
class ReloadIT {

    private static final String PASSWORD = "correct horse";

    private final HttpClient client = newClient();

    @TempDir
    private Path directory;

    private PackagedDaemon daemon;

    @AfterEach
    void stop() throws Exception {
        if (daemon != null) {
            daemon.close();
        }
    }

    @Test
    void sighupAndPostPutInForceWhatCanBeAndABadFileChangesNothing() throws Exception {
        Path web = web(user("admin", PASSWORD));
        Path config = Files.writeString(directory.resolve("promgres.yml"), "web: {max-header-bytes: 2KiB}\n");
        start(web, config);
        assertThat(status("/metrics", PASSWORD, 3_000)).isEqualTo(431);

        Files.writeString(config, "web: {max-header-bytes: 8KiB}\nlog-level: debug\nstorage: {grace: 11m}\n");
        hangUp();
        Await.until("the limit is higher", () -> status("/metrics", PASSWORD, 3_000) == 200);
        Await.until("the rest is named", () -> log().contains("these keys need a restart: storage.grace"));

        Files.writeString(config, "web: {max-header-bytes: 1}\n");
        HttpResponse<String> refused = reload();
        assertThat(refused.statusCode()).isEqualTo(500);
        assertThat(refused.body()).contains("not reloaded: ", "1 is less than 1KiB");
        assertThat(status("/metrics", PASSWORD, 3_000)).isEqualTo(200);
        assertThat(metrics()).contains("promgres_config_last_reload_successful 0.0");

        Files.writeString(config, "web: {max-header-bytes: 2KiB}\n");
        assertThat(reload().statusCode()).isEqualTo(200);
        assertThat(status("/metrics", PASSWORD, 3_000)).isEqualTo(431);
        assertThat(metrics()).contains("promgres_config_last_reload_successful 1.0");
    }

    @Test
    void aChangedWebFileIsNoticedByItselfAndOneThatIsWrongIsComplainedOfOnce() throws Exception {
        Path web = web(user("admin", PASSWORD));
        start(web, Files.writeString(directory.resolve("promgres.yml"), ""));
        assertThat(status("/metrics", "other", 0)).isEqualTo(401);

        web(user("admin", "other"));
        Await.until("the new password is right", () -> status("/metrics", "other", 0) == 200);
        assertThat(status("/metrics", PASSWORD, 0)).isEqualTo(401);

        web("  admin: plaintext-by-mistake\n");
        Await.until("the mistake is noticed", () -> log().contains("web.yml:2: the password of admin is not a bcrypt"));
        assertThat(status("/metrics", "other", 0)).isEqualTo(200);
    }

    @Test
    void noSecretIsInLogsMetricsPagesOrAnswers() throws Exception {
        String users = user("admin", PASSWORD);
        String hash = users.substring(users.indexOf('\'') + 1, users.lastIndexOf('\''));
        Path web = web(users);
        start(web, Files.writeString(directory.resolve("promgres.yml"), "log-level: debug\n"));

        StringBuilder seen = new StringBuilder(daemon.greeting());
        for (String path : new String[] {"/metrics", "/", "/nowhere", "/perf-test/x", "/-/ready"}) {
            for (String password : new String[] {PASSWORD, "wrong-guess"}) {
                seen.append(client.send(request(path, password).GET().build(), BodyHandlers.ofString())
                        .body());
            }
        }
        seen.append(reload().body());
        web("  admin: plaintext-by-mistake\n");
        seen.append(reload().body());
        PackagedDaemon.Ended printed = PackagedDaemon.run(
                Files.createDirectory(directory.resolve("check")),
                "check-config",
                "--print-config",
                "--db",
                "postgresql://someone:swordfish@localhost/x");
        seen.append(printed.out()).append(log());

        assertThat(printed.code()).isZero();
        assertThat(seen)
                .contains("the password of admin is not a bcrypt hash", "postgresql://someone:***@localhost")
                .doesNotContain(
                        PASSWORD,
                        "wrong-guess",
                        "plaintext-by-mistake",
                        "swordfish",
                        hash,
                        basic("admin", PASSWORD).substring("Basic ".length()));
    }

    @Test
    void anAddressForOthersNeedsUsersOrTheWordInsecure() throws Exception {
        PackagedDaemon.Ended refused = PackagedDaemon.run(directory, "serve", "--listen", "0.0.0.0:0");

        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.errors()).singleElement().asString().contains("--web.config-file", "--insecure");
        assertThat(PackagedDaemon.run(directory, "check-config", "--listen", "0.0.0.0:0", "--insecure")
                        .code())
                .isZero();
        String users = web(user("admin", PASSWORD)).toString();
        assertThat(PackagedDaemon.run(directory, "check-config", "--listen", "0.0.0.0:0", "--web.config-file", users)
                        .code())
                .isZero();
    }

    private void start(Path web, Path config) throws IOException {
        daemon = PackagedDaemon.start(
                directory,
                0,
                Map.of(
                        "PROMGRES_WEB_CONFIG_FILE",
                        web.toString(),
                        "PROMGRES_CONFIG",
                        config.toString(),
                        "PROMGRES_WEB_ENABLE_LIFECYCLE",
                        "true"));
    }

    private Path web(String users) throws IOException {
        return Files.writeString(directory.resolve("web.yml"), "basic_auth_users:\n" + users);
    }

    private String log() throws IOException {
        return Files.readString(directory.resolve("log"));
    }

    private void hangUp() throws Exception {
        assertThat(new ProcessBuilder("kill", "-HUP", "" + daemon.pid()).start().waitFor())
                .isZero();
    }

    private HttpResponse<String> reload() throws Exception {
        return client.send(
                request("/-/reload", PASSWORD).POST(BodyPublishers.noBody()).build(), BodyHandlers.ofString());
    }

    private String metrics() throws Exception {
        return client.send(request("/metrics", PASSWORD).GET().build(), BodyHandlers.ofString())
                .body();
    }

    private static HttpClient newClient() {
        return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    }

    /**
     * Over a connection of its own, because a connection keeps the limits that it began with.
     *
     * @param headerBytes more than the usual ones
     */
    private int status(String path, String password, int headerBytes) throws Exception {
        return newClient()
                .send(
                        request(path, password)
                                .header("X-Filler", "x" + "x".repeat(headerBytes))
                                .GET()
                                .build(),
                        BodyHandlers.discarding())
                .statusCode();
    }

    private HttpRequest.Builder request(String path, String password) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + daemon.port() + path))
                .header("Authorization", basic("admin", password));
    }
}
