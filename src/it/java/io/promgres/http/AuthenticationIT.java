package io.promgres.http;

import static io.promgres.testing.Credentials.basic;
import static io.promgres.testing.Credentials.tokenFile;
import static io.promgres.testing.Credentials.user;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promgres.config.ConfigException;
import io.promgres.http.RawClient.Answer;
import io.promgres.testing.AnyServer;
import io.promgres.testing.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Users and tokens, as clients see them: raw bytes in, status out. */
@AnyServer
class AuthenticationIT {

    private static final String TOKEN = "5d0c7ae1b3";
    private static final String GROUPS = """
            promgres:
              bearer_tokens: {shipper: shipper.sha256}
              allow:
                write: [prometheus, shipper]
                metrics: anyone
                admin: [root]
            """;

    @TempDir
    private Path directory;

    private WebServer server;

    @BeforeEach
    void start() throws Exception {
        Files.writeString(directory.resolve("shipper.sha256"), tokenFile(TOKEN));
        server = WebServer.with(directory, users("secret") + GROUPS);
    }

    private static String users(String password) {
        return "basic_auth_users:\n" + user("prometheus", password) + user("root", "toor");
    }

    @AfterEach
    void stop() throws Exception {
        Await.until("no request is left", () -> server.http.requests() == 0);
        assertThat(server.inFlight.usedBytes()).isZero();
        server.close();
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /write, prometheus:secret, 204",
        "POST, /write, root:toor, 403",
        "POST, /write, prometheus:wrong, 401",
        "POST, /write, nobody:secret, 401",
        "GET, /, prometheus:secret, 200",
        "GET, /, root:toor, 200",
        "HEAD, /, nobody:x, 401",
        "POST, /perf-test/job, prometheus:secret, 200",
        "POST, /perf-test/job, nobody:x, 401",
        "GET, /metrics, nobody:x, 200",
        "GET, /-/healthy, nobody:x, 200",
        "POST, /-/reload, root:toor, 200",
        "POST, /-/reload, prometheus:secret, 403",
        "GET, /nothing, nobody:x, 404",
    })
    void eachGroupOfRoutesHasItsRequirement(String method, String path, String credentials, int status)
            throws IOException {
        String[] parts = credentials.split(":");
        try (RawClient client = server.connect()) {
            client.send(method + " " + path + " HTTP/1.1\r\nHost: x\r\nAuthorization: " + basic(parts[0], parts[1])
                    + "\r\nContent-Length: 0\r\n\r\n");

            assertThat(client.answer(!method.equals("HEAD")).status()).isEqualTo(status);
        }
    }

    @Test
    void whoSaysNothingIsToldWhatToSayAndMayGoOnOverTheSameConnection() throws IOException {
        try (RawClient client = server.connect()) {
            Answer answer = client.get("/").answer();
            assertThat(answer.status()).isEqualTo(401);
            assertThat(answer.headers().get("www-authenticate")).isEqualTo("Bearer realm=\"promgres\"");

            client.send("GET / HTTP/1.1\r\nHost: x\r\nAuthorization: " + basic("root", "toor") + "\r\n\r\n");
            assertThat(client.answer().status()).isEqualTo(200);
        }
    }

    @Test
    void aTokenWritesAndMayBeReplacedWithoutARestart() throws Exception {
        assertThat(write("Bearer " + TOKEN)).isEqualTo(204);
        assertThat(write("Bearer " + TOKEN + "0")).isEqualTo(401);

        Files.writeString(directory.resolve("shipper.sha256"), tokenFile("next"));
        assertThat(server.access.isOutOfDate()).isTrue();
        server.access.reload();

        assertThat(server.access.isOutOfDate()).isFalse();
        assertThat(write("Bearer " + TOKEN)).isEqualTo(401);
        assertThat(write("Bearer next")).isEqualTo(204);
    }

    @Test
    void aChangedPasswordHoldsFromTheReloadOnAndABadFileChangesNothing() throws IOException {
        assertThat(write(basic("prometheus", "secret"))).isEqualTo(204);
        server.reload(users("changed") + GROUPS);
        assertThat(write(basic("prometheus", "secret"))).isEqualTo(401);
        assertThat(write(basic("prometheus", "changed"))).isEqualTo(204);

        assertThatThrownBy(() -> server.reload("basic_auth_users: {prometheus: changed}"))
                .isInstanceOf(ConfigException.class);
        assertThat(write(basic("prometheus", "changed"))).isEqualTo(204);
        try (RawClient client = server.connect()) {
            Answer answer = client.post("/-/reload", "Authorization: " + basic("root", "toor") + "\r\n", "")
                    .answer();
            assertThat(answer.status()).isEqualTo(500);
            assertThat(answer.body()).contains("web.yml:1: the password of prometheus is not a bcrypt hash");
        }
    }

    @Test
    void theAnswerComesBeforeTheBodyIsSent() throws IOException {
        try (RawClient client = server.connect()) {
            client.send("POST /write HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n");
            assertThat(client.answer().status()).isEqualTo(401);
            assertThat(client.isClosed()).isTrue();
        }
        try (RawClient client = server.connect()) {
            client.send("POST /write HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
            assertThat(client.answer().status()).isEqualTo(401);
        }
        assertThat(server.receiver.bodies).isEmpty();
    }

    @Test
    void manyWrongPasswordsAtOnceDoNotKeepOutWhoIsKnown() throws Exception {
        assertThat(write(basic("prometheus", "secret"))).isEqualTo(204);
        List<RawClient> guessing = new ArrayList<>();
        try {
            for (int i = 0; i < 200; i++) {
                RawClient client = server.connect();
                guessing.add(client);
                client.send("GET / HTTP/1.1\r\nHost: x\r\nAuthorization: " + basic("root", "guess" + i) + "\r\n\r\n");
            }
            assertThat(write(basic("prometheus", "secret"))).isEqualTo(204);
            for (RawClient client : guessing) {
                assertThat(client.answer().status()).isIn(401, 503);
            }
        } finally {
            for (RawClient client : guessing) {
                client.close();
            }
        }
        assertThat(server.metric("promgres_http_unauthorized_total{code=\"401\",group=\"read\"}")
                        + server.metric("promgres_http_limit_refusals_total{limit=\"password_checks\"}"))
                .isEqualTo(200);
    }

    @Test
    void aClientThatLeavesWhileItsPasswordIsCheckedLeavesNothingBehind() throws Exception {
        for (int i = 0; i < 50; i++) {
            try (RawClient client = server.connect()) {
                client.post("/write", "Authorization: " + basic("prometheus", "guess" + i) + "\r\n", "body");
            }
        }
        Await.until("no connection is left", () -> server.http.connections() == 0);
    }

    private int write(String authorization) throws IOException {
        try (RawClient client = server.connect()) {
            return client.post("/write", "Authorization: " + authorization + "\r\n", "body")
                    .answer()
                    .status();
        }
    }
}
