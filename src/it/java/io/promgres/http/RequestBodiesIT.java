package io.promgres.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.http.RawClient.Answer;
import io.promgres.testing.AnyServer;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Bodies in one piece and in chunks, too large, asked for first, or late: raw bytes in, status out. */
@AnyServer
class RequestBodiesIT extends ServerFixture {

    @Test
    void anEmptyBodyReachesTheReceiver() throws IOException {
        try (RawClient client = connect()) {
            assertThat(client.post("/write", "", "").answer().status()).isEqualTo(204);
            assertThat(receiver.bodies).containsExactly("");
        }
    }

    @Test
    void aChunkedBodyArrivesWhole() throws IOException {
        try (RawClient client = connect()) {
            client.send("POST /write HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
            client.send("3\r\nabc\r\n").send("2;ext=1\r\nde\r\n").send("0\r\nTrailer: 1\r\n\r\n");

            assertThat(client.answer().status()).isEqualTo(204);
            assertThat(receiver.bodies).containsExactly("abcde");
        }
    }

    @Test
    void aBodyOfManyTinyChunksArrivesWhole() throws IOException {
        try (RawClient client = connect()) {
            client.send("POST /write HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
            client.send("1\r\na\r\n".repeat(50_000) + "0\r\n\r\n");

            assertThat(client.answer().status()).isEqualTo(204);
            assertThat(receiver.bodies).containsExactly("a".repeat(50_000));
        }
    }

    @Test
    void aLargeBodyArrivesWhole() throws IOException {
        String body = "0123456789".repeat(BODY_LIMIT / 10);
        try (RawClient client = connect()) {
            assertThat(client.post("/write", "", body).answer().status()).isEqualTo(204);
            assertThat(receiver.bodies).containsExactly(body);
        }
    }

    @Test
    void aBodyAnnouncedTooLargeIsAnswered413BeforeItIsSent() throws IOException {
        try (RawClient client = connect()) {
            client.send("POST /write HTTP/1.1\r\nHost: x\r\nContent-Length: " + (BODY_LIMIT + 1) + "\r\n\r\n");

            Answer answer = client.answer();
            assertThat(answer.status()).isEqualTo(413);
            assertThat(answer.headers()).containsEntry("connection", "close");
            assertThat(client.isClosed()).isTrue();
        }
    }

    @Test
    void aClientThatSendsItsTooLargeBodyAllTheSameStillReadsThe413() throws IOException {
        try (RawClient client = connect()) {
            assertThat(client.post("/write", "", "x".repeat(3_000_000)).answer().status())
                    .isEqualTo(413);
        }
    }

    @Test
    void aChunkedBodyIsCountedAndAnswered413WhenOverTheLimit() throws IOException {
        String chunk = Integer.toHexString(BODY_LIMIT / 2) + "\r\n" + "x".repeat(BODY_LIMIT / 2) + "\r\n";
        try (RawClient client = connect()) {
            client.send("POST /write HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk + chunk);
            client.send("1\r\nx\r\n");

            assertThat(client.answer().status()).isEqualTo(413);
            assertThat(client.isClosed()).isTrue();
            assertThat(receiver.bodies).isEmpty();
        }
    }

    @Test
    void aClientThatExpectsToBeAskedIsToldToContinue() throws IOException {
        try (RawClient client = connect()) {
            client.send("POST /write HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
            assertThat(client.answer().status()).isEqualTo(100);

            client.send("body");
            assertThat(client.answer().status()).isEqualTo(204);
            assertThat(client.get("/-/healthy").answer().status()).isEqualTo(200);
        }
    }

    @Test
    void aClientThatExpectsToBeAskedIsRefusedWithoutBeingAsked() throws IOException {
        try (RawClient client = connect()) {
            client.send("POST /write HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Type: text/plain\r\n"
                    + "Content-Length: 4\r\n\r\n");

            assertThat(client.answer().status()).isEqualTo(415);
            assertThat(client.isClosed()).isTrue();
        }
    }

    @Test
    void anExpectationThatNobodyKnowsIsAnswered417() throws IOException {
        try (RawClient client = connect()) {
            assertThat(client.post("/write", "Expect: a-miracle\r\n", "")
                            .answer()
                            .status())
                    .isEqualTo(417);
        }
    }

    @Test
    void aBodyThatStopsArrivingIsAnswered408() throws Exception {
        server.close();
        start(Duration.ofSeconds(20), Duration.ofMillis(500), 10_000_000);
        try (RawClient client = connect()) {
            client.send("POST /write HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf");

            assertThat(client.answer().status()).isEqualTo(408);
            await(() -> inFlight.usedBytes() == 0);
        }
    }
}
