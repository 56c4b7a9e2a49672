package io.promgres.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.http.RawClient.Answer;
import io.promgres.testing.AnyServer;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What HTTP/1.1 lets clients do with a connection, and what it does not: raw bytes in, status out. */
@AnyServer
class HttpProtocolIT extends ServerFixture {

    @Test
    void pipelinedRequestsAreAnsweredInOrder() throws IOException {
        try (RawClient client = connect()) {
            client.send("POST /write HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\none"
                    + "GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n"
                    + "POST /write HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\ntwo"
                    + "GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n");

            assertThat(client.answer().status()).isEqualTo(204);
            assertThat(client.answer().status()).isEqualTo(200);
            assertThat(client.answer().status()).isEqualTo(204);
            assertThat(client.answer().status()).isEqualTo(404);
            assertThat(receiver.bodies).containsExactly("one", "two");
        }
    }

    @Test
    void thousandsOfPipelinedRequestsAreAllAnswered() throws Exception {
        int requests = 5_000;
        try (RawClient client = connect()) {
            CompletableFuture<Void> sender = CompletableFuture.runAsync(() -> {
                try {
                    client.send("GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n".repeat(requests));
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            for (int i = 0; i < requests; i++) {
                assertThat(client.answer().status()).isEqualTo(200);
            }
            sender.get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void versionOnePointZeroIsAnsweredAndClosedUnlessItAsksForMore() throws IOException {
        try (RawClient client = connect()) {
            Answer kept = client.send("GET /-/healthy HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
                    .answer();
            assertThat(kept.status()).isEqualTo(200);
            assertThat(kept.headers()).containsEntry("connection", "keep-alive");

            assertThat(client.send("GET /-/healthy HTTP/1.0\r\n\r\n").answer().status())
                    .isEqualTo(200);
            assertThat(client.isClosed()).isTrue();
        }
    }

    @Test
    void connectionCloseIsObeyed() throws IOException {
        try (RawClient client = connect()) {
            Answer answer =
                    client.post("/write", "Connection: close\r\n", "body").answer();

            assertThat(answer.headers()).containsEntry("connection", "close");
            assertThat(client.isClosed()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "this is not HTTP\r\n\r\n",
                "GARBAGE\r\n\r\n",
                "GET /-/healthy HTTP/1.1\r\n\r\n",
                "GET /-/healthy HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
                "GET /-/healthy HTTP/1.1\r\nHost: x\r\nbad header\r\n\r\n",
                "POST /write HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
                "POST /write HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n",
                "POST /write HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
                "POST /write HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n",
                "POST /write HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"
            })
    void malformedHttpIsAnswered400AndClosed(String request) throws IOException {
        try (RawClient client = connect()) {
            Answer answer = client.send(request).answer();

            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.headers()).containsEntry("connection", "close");
            assertThat(answer.body()).isNotBlank();
            assertThat(client.isClosed()).isTrue();
            assertThat(receiver.bodies).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET /-/healthy HTTP/2.0", "PRI * HTTP/2.0"})
    void anotherVersionOfHttpIsAnswered505(String line) throws IOException {
        try (RawClient client = connect()) {
            assertThat(client.send(line + "\r\nHost: x\r\n\r\n").answer().status())
                    .isEqualTo(505);
        }
    }

    @Test
    void aTransferCodingThatNobodyKnowsIsAnswered501() throws IOException {
        try (RawClient client = connect()) {
            client.send("POST /write HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n");
            assertThat(client.answer().status()).isEqualTo(501);
        }
    }

    @Test
    void oversizedHeadersAreAnswered431AndAnOversizedLine414() throws IOException {
        String large = "x".repeat(HttpLimits.DEFAULT.headerBytes() + 1);
        try (RawClient headers = connect();
                RawClient line = connect()) {
            headers.send("GET /-/healthy HTTP/1.1\r\nHost: x\r\nX-Large: " + large + "\r\n\r\n");
            line.send("GET /" + large + " HTTP/1.1\r\nHost: x\r\n\r\n");

            assertThat(headers.answer().status()).isEqualTo(431);
            assertThat(line.answer().status()).isEqualTo(414);
        }
    }

    @Test
    void headIsAnsweredLikeGetWithoutTheBody() throws IOException {
        try (RawClient client = connect()) {
            Answer head =
                    client.send("HEAD /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n").answer(false);
            Answer get = client.get("/-/healthy").answer();

            assertThat(head.status()).isEqualTo(200);
            assertThat(head.headers().get("content-length"))
                    .isEqualTo(get.headers().get("content-length"));
            assertThat(get.body()).isEqualTo("promgres is healthy\n");
        }
    }

    @Test
    void aConnectionThatNeverFinishesItsHeadersIsClosed() throws IOException {
        server.close();
        start(Duration.ofSeconds(20), Duration.ofMillis(500), 10_000_000);
        try (RawClient client = connect()) {
            client.send("POST /write HTTP/1.1\r\nHost: ");
            assertThat(client.isClosed()).isTrue();
        }
    }
}
