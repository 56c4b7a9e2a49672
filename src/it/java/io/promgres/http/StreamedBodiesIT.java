package io.promgres.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.http.RawClient.Answer;
import io.promgres.observe.Metrics;
import io.promgres.testing.AnyServer;
import io.promgres.testing.Await;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Bodies that are handled while they arrive: raw bytes in, what the endpoint read and the answer out. */
@AnyServer
class StreamedBodiesIT {

    private static final int WHOLE = 1_000;
    private static final int LIMIT = 8_000_000;
    private static final int BUDGET = 100_000;
    private static final int STREAM_BYTES = 50_000;
    private static final String HEAD = "POST /sum HTTP/1.1\r\nHost: x\r\n";

    private final Metrics metrics = new Metrics("test");
    private final ExecutorService workers = Executors.newFixedThreadPool(2);
    private final InFlight inFlight = new InFlight(BUDGET);
    private final Sum sum = new Sum();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        start(Duration.ofSeconds(60));
    }

    private void start(Duration readTimeout) throws IOException {
        HttpSettings settings = HttpSettings.listeningOn(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        Routes routes =
                Routes.builder(metrics).add("POST", "/sum", sum, workers).build();
        server = HttpServer.start(
                settings.withLimits(HttpLimits.DEFAULT.withTimeouts(readTimeout, readTimeout)),
                routes,
                inFlight,
                metrics);
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
        Await.until("the budget given back", () -> inFlight.usedBytes() == 0);
        workers.shutdownNow();
        metrics.close();
    }

    @Test
    void aBodyLongerThanTheBudgetArrivesWholeAndTakesNoMoreThanItsShare() throws Exception {
        String body = "0123456789".repeat(LIMIT / 10);
        try (RawClient client = new RawClient(server.address())) {
            Answer answer = client.post("/sum", "", body).answer();

            assertThat(answer.body()).isEqualTo("stream of " + LIMIT + " bytes, " + body.hashCode() + "\n");
            assertThat(sum.mostInFlight).isLessThanOrEqualTo(STREAM_BYTES);
            assertThat(client.post("/sum", "", "abc").answer().body())
                    .isEqualTo("whole of 3 bytes, " + "abc".hashCode() + "\n");
        }
    }

    @Test
    void soDoesOneOfManySmallChunks() throws Exception {
        try (RawClient client = new RawClient(server.address())) {
            client.send(HEAD + "Transfer-Encoding: chunked\r\n\r\n");
            client.send("3\r\nabc\r\n".repeat(50_000)).send("0\r\n\r\n");

            assertThat(client.answer().body())
                    .isEqualTo("stream of 150000 bytes, " + "abc".repeat(50_000).hashCode() + "\n");
        }
    }

    @Test
    void anEndpointMayAnswerBeforeItHasReadAll() throws Exception {
        sum.stopAt = 10_000;
        try (RawClient client = new RawClient(server.address())) {
            assertThat(client.post("/sum", "", "x".repeat(LIMIT)).answer().body())
                    .startsWith("stream of ");
            sum.stopAt = Long.MAX_VALUE;
            assertThat(client.post("/sum", "", "abc").answer().status()).isEqualTo(200);
        }
    }

    @Test
    void aBodyThatTurnsOutTooLongIsAnswered413AndItsReaderIsTold() throws Exception {
        String chunk = Integer.toHexString(100_000) + "\r\n" + "x".repeat(100_000) + "\r\n";
        try (RawClient client = new RawClient(server.address())) {
            client.send(HEAD + "Transfer-Encoding: chunked\r\n\r\n").send(chunk.repeat(LIMIT / 100_000 + 1));

            assertThat(client.answer().status()).isEqualTo(413);
        }
        Await.until("the reader told", () -> "the body is too long".equals(sum.failure));
    }

    @Test
    void aClientThatLeavesEndsTheReading() throws Exception {
        try (RawClient client = new RawClient(server.address())) {
            client.send(HEAD + "Content-Length: 2000000\r\n\r\n" + "x".repeat(1_000_000));
            Await.until("the reader at work", () -> sum.read > WHOLE);
        }
        Await.until("the reader told", () -> "the client is gone".equals(sum.failure));
    }

    @Test
    void aClientThatSendsNothingMoreIsAnswered408AndItsReaderIsTold() throws Exception {
        server.close();
        start(Duration.ofMillis(300));
        try (RawClient client = new RawClient(server.address())) {
            client.send(HEAD + "Content-Length: 2000000\r\n\r\n" + "x".repeat(10_000));

            assertThat(client.answer().status()).isEqualTo(408);
        }
        Await.until("the reader told", () -> "the body did not arrive in time".equals(sum.failure));
    }

    @Test
    void chunksThatAreNoneAreAnswered400AndTheReaderIsTold() throws Exception {
        try (RawClient client = new RawClient(server.address())) {
            client.send(
                    HEAD + "Transfer-Encoding: chunked\r\n\r\n" + "1000\r\n" + "x".repeat(4096) + "\r\nnonsense\r\n");

            assertThat(client.answer().status()).isEqualTo(400);
        }
        Await.until("the reader told", () -> "the body is malformed".equals(sum.failure));
    }

    /** Adds up what it reads, as String.hashCode does it. */
    private final class Sum implements Endpoint {

        private volatile long stopAt = Long.MAX_VALUE;
        private volatile long read;
        private volatile long mostInFlight;
        private volatile String failure;

        @Override
        public int bodyLimit() {
            return LIMIT;
        }

        @Override
        public int wholeUpTo() {
            return WHOLE;
        }

        @Override
        public long streamBytesInFlight(RequestHead head) {
            return STREAM_BYTES;
        }

        @Override
        public void handle(Request request, Consumer<Response> answer) {
            int hash = new String(request.bytes(), request.offset(), request.length(), StandardCharsets.US_ASCII)
                    .hashCode();
            answer.accept(Response.text(200, "whole of " + request.length() + " bytes, " + hash));
        }

        @Override
        public void handle(RequestHead head, InputStream body, Consumer<Response> answer) {
            int hash = 0;
            read = 0;
            try {
                byte[] buffer = new byte[5_000];
                for (int n = body.read(buffer); n >= 0 && read < stopAt; n = body.read(buffer)) {
                    for (int i = 0; i < n; i++) {
                        hash = 31 * hash + buffer[i];
                    }
                    read += n;
                    mostInFlight = Math.max(mostInFlight, inFlight.usedBytes());
                }
                answer.accept(Response.text(200, "stream of " + read + " bytes, " + hash));
            } catch (IOException e) {
                failure = e.getMessage();
                answer.accept(Response.text(500, "late"));
            }
        }
    }
}
