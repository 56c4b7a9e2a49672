package io.promgres.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.promgres.testing.AnyServer;
import io.promgres.testing.Await;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import io.promgres.testing.WriteBody;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What is refused of what clients send: in the answer, and in the log. */
@AnyServer
class RefusalsIT {

    private static final long NOW = System.currentTimeMillis();
    private static final Logger LOGGER = (Logger) LoggerFactory.getLogger(HttpServer.class);
    private static final ListAppender<ILoggingEvent> LINES = new ListAppender<>();
    private static TestDatabase database;
    private static RunningDaemon daemon;

    @BeforeAll
    static void start() throws Exception {
        database = TestDatabase.migrated();
        daemon = RunningDaemon.on(database);
        LINES.start();
        LOGGER.addAppender(LINES);
    }

    @AfterAll
    static void stop() throws Exception {
        LOGGER.detachAppender(LINES);
        daemon.close();
        database.close();
    }

    private static List<String> refusals(String path) {
        return List.copyOf(LINES.list).stream()
                .map(ILoggingEvent::getFormattedMessage)
                .filter(line -> line.startsWith("refused: ") && line.contains(" " + path + " of "))
                .toList();
    }

    private static HttpResponse<byte[]> write(String path) throws Exception {
        return daemon.sender().post(path, WriteBody.of(TestSample.of("m", NOW, 1)));
    }

    private static String body(HttpResponse<byte[]> answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    @Test
    void aSenderAtAWrongPathIsToldTheRightOneAndTheLogSaysItOnce() throws Exception {
        for (int i = 0; i < 3; i++) {
            HttpResponse<byte[]> answer = write("/api/v1/wrote");
            assertThat(answer.statusCode()).isEqualTo(404);
            assertThat(body(answer)).contains("remote write is taken at /api/v1/write");
        }
        assertThat(refusals("/api/v1/wrote"))
                .singleElement()
                .asString()
                .startsWith("refused: POST /api/v1/wrote of 127.0.0.1: 404 ")
                .contains("remote write is taken at /api/v1/write");
    }

    @Test
    void aSenderWithoutAPathIsToldToo() throws Exception {
        HttpResponse<byte[]> answer = write("/");
        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(body(answer)).contains("remote write is taken at /api/v1/write");
        assertThat(refusals("/")).hasSize(1);
    }

    @Test
    void bodiesThatAreNoRemoteWriteAreInTheLogWithTheReason() throws Exception {
        HttpResponse<byte[]> answer = daemon.sender().post("/api/v1/write", new byte[] {1, 2, 3});
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(refusals("/api/v1/write"))
                .singleElement()
                .asString()
                .endsWith(": 400 " + body(answer).strip());
    }

    @Test
    void aSenderThatSpeaksTlsToADaemonWithoutItIsInTheLogWithWhatHelps() throws Exception {
        HttpRequest https = HttpRequest.newBuilder(
                        URI.create(daemon.url().toString().replace("http:", "https:") + "/api/v1/write"))
                .POST(HttpRequest.BodyPublishers.ofString("x"))
                .build();
        assertThatThrownBy(() -> HttpClient.newHttpClient().send(https, HttpResponse.BodyHandlers.discarding()))
                .isInstanceOf(IOException.class);

        Await.until(
                "the refusal of TLS",
                () -> List.copyOf(LINES.list).stream()
                        .map(ILoggingEvent::getFormattedMessage)
                        .anyMatch(line -> line.startsWith(
                                "refused: bytes that are no request of 127.0.0.1: 400 not an HTTP request; if the client's URL"
                                        + " begins with https, write http")));
    }

    @Test
    void whatAPersonAsksForInVainIsNotInTheLog() throws Exception {
        HttpResponse<String> answer = daemon.sender().get("/nothing-here");
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).doesNotContain("remote write");
        assertThat(daemon.sender().get("/api/v1/query?query=wrong(").statusCode())
                .isEqualTo(400);
        assertThat(refusals("/nothing-here")).isEmpty();
        assertThat(refusals("/api/v1/query")).isEmpty();
    }

    @Test
    void thePathsOfOtherReceiversAreTakenAsWell() throws Exception {
        for (String path : List.of("/api/v1/write/", "/api/v1/push", "/write")) {
            assertThat(write(path).statusCode()).as(path).isEqualTo(204);
        }
    }
}
