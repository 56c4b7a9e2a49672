package io.promgres.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.http.RawClient.Answer;
import io.promgres.model.Counts;
import io.promgres.remotewrite.WriteOutcome;
import io.promgres.testing.AnyServer;
import io.promgres.testing.Await;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What clients run into, what they are told, and what is counted. */
@AnyServer
class LimitsIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration SOON = Duration.ofMillis(300);

    private WebServer server;

    @AfterEach
    void stop() throws Exception {
        Await.until("no request is left", () -> server.http.requests() == 0);
        server.close();
        assertThat(server.inFlight.usedBytes()).isZero();
    }

    @Test
    void oneConnectionTooManyIsAnswered503AndTheOthersGoOn() throws Exception {
        start(2, 0, PATIENCE);
        try (RawClient one = server.connect();
                RawClient two = server.connect()) {
            assertThat(one.get("/-/healthy").answer().status()).isEqualTo(200);
            assertThat(two.get("/-/healthy").answer().status()).isEqualTo(200);
            try (RawClient three = server.connect()) {
                Answer answer = three.answer();
                assertThat(answer.status()).isEqualTo(503);
                assertThat(answer.headers()).containsKey("retry-after");
                assertThat(three.isClosed()).isTrue();
            }
            assertThat(one.get("/-/healthy").answer().status()).isEqualTo(200);
            assertThat(refused("connections")).isEqualTo(1);
            assertThat(server.http.connections()).isEqualTo(2);
        }
        Await.until("the places are free again", () -> server.http.connections() == 0);
        try (RawClient next = server.connect()) {
            assertThat(next.get("/-/healthy").answer().status()).isEqualTo(200);
        }
    }

    @Test
    void oneRequestTooManyIsAnswered503WhileProbesGoOn() throws Exception {
        start(0, 1, PATIENCE);
        server.receiver.holdsItsAnswers();
        try (RawClient busy = server.connect();
                RawClient other = server.connect()) {
            busy.post("/write", "", "body");
            Consumer<WriteOutcome> stored = server.receiver.nextPending();

            Answer answer = other.get("/").answer();
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.body()).contains("1 requests are being worked on");
            assertThat(answer.headers()).containsKey("retry-after");
            assertThat(other.get("/-/healthy").answer().status()).isEqualTo(200);
            assertThat(refused("requests")).isEqualTo(1);

            stored.accept(WriteOutcome.stored(Counts.NONE));
            assertThat(busy.answer().status()).isEqualTo(204);
            Await.until("the place is free again", () -> server.http.requests() == 0);
            assertThat(other.get("/").answer().status()).isEqualTo(200);
        }
    }

    @Test
    void limitsMayChangeWhileTheServerRuns() throws Exception {
        start(0, 0, PATIENCE);
        server.http.limit(limits(1, 0, PATIENCE));
        try (RawClient one = server.connect()) {
            assertThat(one.get("/-/healthy").answer().status()).isEqualTo(200);
            try (RawClient two = server.connect()) {
                assertThat(two.answer().status()).isEqualTo(503);
            }
        }
    }

    @Test
    void everyRefusalForSizeIsCounted() throws IOException {
        start(0, 0, PATIENCE);
        try (RawClient headers = server.connect();
                RawClient line = server.connect();
                RawClient body = server.connect();
                RawClient announced = server.connect()) {
            headers.send("GET / HTTP/1.1\r\nHost: x\r\nX: " + "x".repeat(2_000) + "\r\n\r\n");
            line.send("GET /" + "x".repeat(HttpServer.MAX_REQUEST_LINE) + " HTTP/1.1\r\nHost: x\r\n\r\n");
            body.send("POST /write HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
            body.send("F4241\r\n" + "x".repeat(WebServer.BODY_LIMIT + 1) + "\r\n0\r\n\r\n");
            announced.send("POST /write HTTP/1.1\r\nHost: x\r\nContent-Length: 1000001\r\n\r\n");

            assertThat(headers.answer().status()).isEqualTo(431);
            assertThat(line.answer().status()).isEqualTo(414);
            assertThat(body.answer().status()).isEqualTo(413);
            assertThat(announced.answer().status()).isEqualTo(413);
        }
        assertThat(refused("header_bytes")).isEqualTo(1);
        assertThat(refused("request_line_bytes")).isEqualTo(1);
        assertThat(refused("body_bytes")).isEqualTo(2);
    }

    @Test
    void clientsThatAreTooSlowAreClosedAndCounted() throws IOException {
        start(0, 0, SOON);
        try (RawClient silent = server.connect();
                RawClient body = server.connect()) {
            body.send("POST /write HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf");

            assertThat(silent.isClosed()).isTrue();
            assertThat(body.answer().status()).isEqualTo(408);
        }
        assertThat(refused("read_timeout")).isGreaterThanOrEqualTo(2);
    }

    private void start(int connections, int requests, Duration readTimeout) throws IOException {
        server = WebServer.open(limits(connections, requests, readTimeout));
    }

    private static HttpLimits limits(int connections, int requests, Duration readTimeout) {
        return new HttpLimits(connections, requests, 1_024, readTimeout, PATIENCE);
    }

    private double refused(String limit) {
        return server.metric("promgres_http_limit_refusals_total{limit=\"" + limit + "\"}");
    }
}
