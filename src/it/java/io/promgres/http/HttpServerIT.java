package io.promgres.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promgres.http.RawClient.Answer;
import io.promgres.ingest.InFlight;
import io.promgres.model.Counts;
import io.promgres.observe.Metrics;
import io.promgres.testing.AnyServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The server as its clients see it: raw bytes in, status out. */
@AnyServer
class HttpServerIT {

    private static final int BODY_LIMIT = 200_000;
    private static final int DECODED_LIMIT = 400_000;

    // One body of this length fits into the budget of a test that wants to exhaust it, two do not.
    private static final int BUDGET = 30_000;
    private static final String LARGE_BODY = "x".repeat(1_000);

    private final Metrics metrics = new Metrics("test");
    private final RecordingReceiver receiver = new RecordingReceiver();
    private final ExecutorService workers = Executors.newFixedThreadPool(2);
    private InFlight inFlight;
    private HttpServer server;
    private volatile String notReady;

    @BeforeEach
    void start() throws IOException {
        start(Duration.ofSeconds(20), Duration.ofSeconds(20), 10_000_000);
    }

    @AfterEach
    void stop() {
        server.close();
        workers.shutdownNow();
        metrics.close();
        assertThat(inFlight.usedBytes()).isZero();
        assertThat(inFlight.waiting()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/v1/write", "/write", "/write?x=1", "http://x/api/v1/write"})
    void aStoredWriteIsAnswered204WithoutABody(String path) throws IOException {
        try (RawClient client = connect()) {
            Answer answer = client.post(path, "", "body").answer();

            assertThat(answer.status()).isEqualTo(204);
            assertThat(answer.headers()).doesNotContainKey("content-length").containsKey("date");
            assertThat(receiver.bodies).containsExactly("body");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "PARTLY_REJECTED, 400",
        "MALFORMED, 400",
        "TOO_LARGE, 400",
        "UNAVAILABLE, 503",
    })
    void everyOutcomeHasItsStatusAndTellsWhy(WriteOutcome.Kind kind, int status) throws IOException {
        receiver.answersWith(new WriteOutcome(kind, Counts.NONE, "this is why", 7));
        try (RawClient client = connect()) {
            Answer answer = client.post("/write", "", "body").answer();

            assertThat(answer.status()).isEqualTo(status);
            assertThat(answer.body()).isEqualTo("this is why\n");
            assertThat(answer.headers()).containsEntry("content-type", "text/plain; charset=utf-8");
        }
    }

    @Test
    void anUnavailableStoreTellsWhenToComeBack() throws IOException {
        receiver.answersWith(WriteOutcome.unavailable("the database is away", 7));
        try (RawClient client = connect()) {
            assertThat(client.post("/write", "", "body").answer().headers()).containsEntry("retry-after", "7");
        }
    }

    @Test
    void aBugIsAnswered500AndTheConnectionGoesOn() throws IOException {
        receiver.answersWith(null);
        try (RawClient client = connect()) {
            assertThat(client.post("/write", "", "body").answer().status()).isEqualTo(500);

            receiver.answersWith(WriteOutcome.stored(Counts.NONE));
            assertThat(client.post("/write", "", "body").answer().status()).isEqualTo(204);
        }
    }

    @Test
    void aSecondAnswerToARequestIsIgnored() throws Exception {
        receiver.holdsItsAnswers();
        try (RawClient client = connect()) {
            client.post("/write", "", "one");
            Consumer<WriteOutcome> first = receiver.nextPending();
            first.accept(WriteOutcome.stored(Counts.NONE));
            assertThat(client.answer().status()).isEqualTo(204);

            client.post("/write", "", "two");
            Consumer<WriteOutcome> second = receiver.nextPending();
            first.accept(WriteOutcome.malformed("again"));
            second.accept(WriteOutcome.stored(Counts.NONE));
            assertThat(client.answer().status()).isEqualTo(204);
        }
    }

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

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Type: application/x-protobuf\r\nContent-Encoding: snappy\r\n",
                "content-type:APPLICATION/x-protobuf ; proto=\"prometheus.WriteRequest\"\r\ncontent-encoding: Snappy\r\n",
                "Content-Type:\r\nContent-Encoding:\r\n",
                "X-Prometheus-Remote-Write-Version: 77\r\n"
            })
    void headersOfVersionOneAreAcceptedHoweverTheyAreSpelt(String headers) throws IOException {
        try (RawClient client = connect()) {
            assertThat(client.post("/write", headers, "body").answer().status()).isEqualTo(204);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Type: application/json",
                "Content-Type: application/x-protobuf;proto=io.prometheus.write.v2.Request",
                "Content-Encoding: gzip",
                "Content-Encoding: snappy\r\nContent-Encoding: snappy"
            })
    void anotherTypeOrEncodingIsAnswered415BeforeTheBodyIsSent(String header) throws IOException {
        try (RawClient client = connect()) {
            client.send("POST /write HTTP/1.1\r\nHost: x\r\n" + header + "\r\nContent-Length: 4\r\n\r\n");
            Answer refused = client.answer();
            assertThat(refused.status()).isEqualTo(415);
            assertThat(refused.body()).contains("is not supported, only");

            client.send("body");
            assertThat(client.post("/write", "", "next").answer().status()).isEqualTo(204);
            assertThat(receiver.bodies).containsExactly("next");
        }
    }

    @Test
    void aRefusalNamesWhatIsSupported() throws IOException {
        try (RawClient client = connect()) {
            assertThat(client.post("/write", "Content-Encoding: zstd\r\n", "")
                            .answer()
                            .headers())
                    .containsEntry("accept-encoding", "snappy");
            assertThat(client.post("/write", "Content-Type: text/plain\r\n", "")
                            .answer()
                            .headers())
                    .containsEntry("accept", "application/x-protobuf;proto=prometheus.WriteRequest");
        }
    }

    @Test
    void anotherMethodIsAnswered405WithWhatIsAllowed() throws IOException {
        try (RawClient client = connect()) {
            Answer write = client.get("/api/v1/write").answer();
            assertThat(write.status()).isEqualTo(405);
            assertThat(write.headers()).containsEntry("allow", "POST");

            Answer metrics = client.post("/metrics", "", "body").answer();
            assertThat(metrics.status()).isEqualTo(405);
            assertThat(metrics.headers()).containsEntry("allow", "GET, HEAD");
        }
    }

    @Test
    void anUnknownPathIsAnswered404AndItsBodySkipped() throws IOException {
        try (RawClient client = connect()) {
            assertThat(client.post("/nowhere", "", "body").answer().status()).isEqualTo(404);
            assertThat(client.get("/-/healthy").answer().status()).isEqualTo(200);
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
    void readyFollowsItsCheck() throws IOException {
        try (RawClient client = connect()) {
            assertThat(client.get("/-/ready").answer().status()).isEqualTo(200);

            notReady = "the database is away";
            Answer answer = client.get("/-/ready").answer();
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.body()).isEqualTo("the database is away\n");
        }
    }

    @Test
    void metricsComeInTheFormatThatIsAskedFor() throws IOException {
        try (RawClient client = connect()) {
            client.post("/write", "", "body").answer();
            client.get("/no/such/path").answer();

            Answer text = client.get("/metrics").answer();
            assertThat(text.headers().get("content-type")).startsWith("text/plain; version=0.0.4");
            assertThat(text.body())
                    .contains("promgres_http_requests_total{code=\"204\",method=\"POST\",path=\"/write\"} 1.0")
                    .contains("promgres_http_requests_total{code=\"404\",method=\"other\",path=\"other\"} 1.0");

            Answer open = client.send(
                            "GET /metrics HTTP/1.1\r\nHost: x\r\nAccept: application/openmetrics-text;version=1.0.0\r\n\r\n")
                    .answer();
            assertThat(open.headers().get("content-type")).startsWith("application/openmetrics-text");
            assertThat(open.body()).endsWith("# EOF\n");
        }
    }

    @Test
    void aBodyIsNotReadBeforeTheBudgetHasRoomForIt() throws Exception {
        restart(Duration.ofSeconds(20), BUDGET);
        receiver.holdsItsAnswers();
        try (RawClient first = connect();
                RawClient second = connect()) {
            Consumer<WriteOutcome> stored = holdTheBudget(first);
            second.post("/write", "", LARGE_BODY);
            await(() -> inFlight.waiting() == 1);
            assertThat(receiver.bodies).hasSize(1);

            stored.accept(WriteOutcome.stored(Counts.NONE));

            receiver.nextPending().accept(WriteOutcome.stored(Counts.NONE));
            assertThat(first.answer().status()).isEqualTo(204);
            assertThat(second.answer().status()).isEqualTo(204);
        }
    }

    @Test
    void aRequestThatWaitsTooLongIsAnswered503AndItsConnectionGoesOn() throws Exception {
        restart(Duration.ofMillis(50), BUDGET);
        receiver.holdsItsAnswers();
        try (RawClient first = connect();
                RawClient second = connect()) {
            Consumer<WriteOutcome> stored = holdTheBudget(first);

            Answer overloaded = second.post("/write", "", LARGE_BODY).answer();
            assertThat(overloaded.status()).isEqualTo(503);
            assertThat(overloaded.headers()).containsEntry("retry-after", "5");
            assertThat(overloaded.body()).contains("overloaded", "30000 bytes in flight");
            assertThat(metrics.registry().scrape()).contains("promgres_ingest_overload_total 1.0");

            receiver.holdsNoMore();
            stored.accept(WriteOutcome.stored(Counts.NONE));
            assertThat(first.answer().status()).isEqualTo(204);
            await(() -> inFlight.usedBytes() == 0);
            assertThat(second.post("/write", "", LARGE_BODY).answer().status()).isEqualTo(204);
        }
    }

    @Test
    void aRequestLargerThanTheBudgetGoesThroughAlone() throws IOException {
        restart(Duration.ofSeconds(20), BUDGET);
        try (RawClient client = connect()) {
            assertThat(client.post("/write", "", "x".repeat(BODY_LIMIT))
                            .answer()
                            .status())
                    .isEqualTo(204);
        }
    }

    @Test
    void aChunkedBodyHoldsOnlyWhatItTurnedOutToTake() throws Exception {
        receiver.holdsItsAnswers();
        try (RawClient client = connect()) {
            client.send("POST /write HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "4\r\n\005xyz\r\n0\r\n\r\n");
            Consumer<WriteOutcome> stored = receiver.nextPending();

            assertThat(inFlight.usedBytes()).isEqualTo(4 + 5);

            stored.accept(WriteOutcome.stored(Counts.NONE));
            assertThat(client.answer().status()).isEqualTo(204);
        }
    }

    @Test
    void aClientThatHangsUpInTheBodyGivesItsBytesBack() throws IOException {
        try (RawClient client = connect()) {
            client.send("POST /write HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf");
            await(() -> inFlight.usedBytes() > 0);
        }
        await(() -> inFlight.usedBytes() == 0);
        assertThat(receiver.bodies).isEmpty();
    }

    @Test
    void aClientThatHangsUpWhileItsSamplesAreStoredGivesItsBytesBackAfterwards() throws Exception {
        receiver.holdsItsAnswers();
        Consumer<WriteOutcome> stored;
        try (RawClient client = connect()) {
            client.post("/write", "", "body");
            stored = receiver.nextPending();
        }
        assertThat(inFlight.usedBytes()).isPositive();

        stored.accept(WriteOutcome.stored(Counts.NONE));
        await(() -> inFlight.usedBytes() == 0);
    }

    @Test
    void aClientThatHangsUpWhileItWaitsDoesNotBlockTheNext() throws Exception {
        restart(Duration.ofSeconds(20), BUDGET);
        receiver.holdsItsAnswers();
        try (RawClient first = connect();
                RawClient last = connect()) {
            Consumer<WriteOutcome> stored = holdTheBudget(first);
            try (RawClient gone = connect()) {
                gone.send("POST /write HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf");
                await(() -> inFlight.waiting() == 1);
            }
            last.post("/write", "", LARGE_BODY);
            await(() -> inFlight.waiting() == 2);

            stored.accept(WriteOutcome.stored(Counts.NONE));
            receiver.nextPending().accept(WriteOutcome.stored(Counts.NONE));
            assertThat(last.answer().status()).isEqualTo(204);
        }
    }

    @Test
    void aBodyThatStopsArrivingIsAnswered408() throws IOException {
        server.close();
        start(Duration.ofSeconds(20), Duration.ofMillis(500), 10_000_000);
        try (RawClient client = connect()) {
            client.send("POST /write HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf");

            assertThat(client.answer().status()).isEqualTo(408);
            await(() -> inFlight.usedBytes() == 0);
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

    @Test
    void closeLetsTheRequestInFlightFinishAndClosesIdleConnections() throws Exception {
        receiver.holdsItsAnswers();
        try (RawClient busy = connect();
                RawClient idle = connect()) {
            idle.get("/-/healthy").answer();
            busy.post("/write", "", "body");
            Consumer<WriteOutcome> stored = receiver.nextPending();

            CompletableFuture<Void> closing = CompletableFuture.runAsync(server::close);
            assertThat(idle.isClosed()).isTrue();
            assertThatThrownBy(this::connect).isInstanceOf(IOException.class);
            assertThat(closing).isNotDone();

            stored.accept(WriteOutcome.stored(Counts.NONE));
            Answer answer = busy.answer();
            assertThat(answer.status()).isEqualTo(204);
            assertThat(answer.headers()).containsEntry("connection", "close");
            closing.get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void anAnswerThatComesAfterTheServerIsClosedStillGivesItsBytesBack() throws Exception {
        server.close();
        server = serverWith(settings(Duration.ofSeconds(20), Duration.ofSeconds(20), Duration.ZERO), 10_000_000);
        receiver.holdsItsAnswers();
        try (RawClient client = connect()) {
            client.post("/write", "", "body");
            Consumer<WriteOutcome> stored = receiver.nextPending();

            server.close();
            assertThat(client.isClosed()).isTrue();
            assertThat(inFlight.usedBytes()).isPositive();

            stored.accept(WriteOutcome.stored(Counts.NONE));
            assertThat(inFlight.usedBytes()).isZero();
        }
    }

    @Test
    void aPortInUseIsReportedWithItsAddress() {
        HttpSettings taken = HttpSettings.listeningOn(server.address());

        assertThatThrownBy(() -> HttpServer.start(taken, routes(), inFlight, metrics))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot listen on")
                .hasMessageContaining(":" + server.address().getPort());
    }

    // Sends a request that takes so much of the budget that LARGE_BODY has to wait, and that is answered later.
    private Consumer<WriteOutcome> holdTheBudget(RawClient client) throws Exception {
        // 0xd8 0x36 declares 7,000 bytes.
        client.post("/write", "", "\u00d8\u0036" + "x".repeat(1_000));
        return receiver.nextPending();
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("still waiting").isLessThan(end);
            Thread.onSpinWait();
        }
    }

    private RawClient connect() throws IOException {
        return new RawClient(server.address());
    }

    private void restart(Duration queueTimeout, long budget) throws IOException {
        server.close();
        start(queueTimeout, Duration.ofSeconds(20), budget);
    }

    private void start(Duration queueTimeout, Duration readTimeout, long budget) throws IOException {
        server = serverWith(settings(queueTimeout, readTimeout, Duration.ofSeconds(20)), budget);
    }

    private static HttpSettings settings(Duration queueTimeout, Duration readTimeout, Duration closeTimeout) {
        InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        HttpLimits limits = HttpLimits.DEFAULT.withTimeouts(readTimeout, Duration.ofSeconds(20));
        return new HttpSettings(anyPort, 2, limits, queueTimeout, Duration.ofSeconds(5), closeTimeout);
    }

    private HttpServer serverWith(HttpSettings settings, long budget) throws IOException {
        inFlight = new InFlight(budget);
        return HttpServer.start(settings, routes(), inFlight, metrics);
    }

    private Routes routes() {
        WriteEndpoint write = new WriteEndpoint(receiver, EnumSet.of(WriteProtocol.V1), BODY_LIMIT, DECODED_LIMIT);
        return Routes.builder(metrics)
                .add("POST", "/api/v1/write", write, workers)
                .add("POST", "/write", write, workers)
                .add("GET", "/metrics", new MetricsEndpoint(metrics.registry()), workers)
                .add("GET", "/-/healthy", HealthEndpoint.alive(), Runnable::run)
                .add("GET", "/-/ready", HealthEndpoint.ready(() -> Optional.ofNullable(notReady)), workers)
                .build();
    }
}
