package io.promgres.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.http.RawClient.Answer;
import io.promgres.model.Counts;
import io.promgres.remotewrite.WriteOutcome;
import io.promgres.testing.AnyServer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Requests that wait for bytes in flight, and clients that hang up meanwhile. */
@AnyServer
class BudgetIT extends ServerFixture {

    // What holdTheBudget takes fits into it, and not a LARGE_BODY beside it.
    private static final int BUDGET = 8_500;
    private static final String CHUNKED = "POST /write HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";

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
            assertThat(overloaded.body()).contains("overloaded", "8500 bytes in flight");
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
            client.send(CHUNKED + "4\r\n\005xyz\r\n0\r\n\r\n");
            Consumer<WriteOutcome> stored = receiver.nextPending();

            assertThat(inFlight.usedBytes()).isEqualTo(4 + 5);

            stored.accept(WriteOutcome.stored(Counts.NONE));
            assertThat(client.answer().status()).isEqualTo(204);
        }
    }

    @Test
    void whatABodyHoldsGrowsWithWhatHasCome() throws Exception {
        try (RawClient client = connect()) {
            client.send(CHUNKED);
            await(() -> inFlight.usedBytes() == 16_384);
            client.send(chunk(40_000));
            await(() -> inFlight.usedBytes() == 65_536);
            client.send(chunk(100_000));
            await(() -> inFlight.usedBytes() == 262_144);
        }
    }

    @Test
    void manySlowSendersCannotKeepTheOthersOut() throws Exception {
        restart(Duration.ofSeconds(20), 100_000);
        List<RawClient> slow = new ArrayList<>();
        try (RawClient other = connect()) {
            for (int i = 0; i < 6; i++) {
                slow.add(connect().send(CHUNKED + "5\r\nab"));
            }
            await(() -> inFlight.usedBytes() == 6 * 16_384);

            assertThat(other.post("/write", "", "x".repeat(3_000)).answer().status())
                    .isEqualTo(204);
            assertThat(metrics.registry().scrape())
                    .containsPattern("promgres_http_limit_refusals_total\\{limit=\"slow_body\"} [1-6]\\.0");
        } finally {
            for (RawClient client : slow) {
                client.close();
            }
        }
    }

    @Test
    void aSlowSenderIsAskedToComeAgainWhenOthersWait() throws Exception {
        restart(Duration.ofSeconds(20), 16_384);
        try (RawClient slow = connect();
                RawClient other = connect()) {
            slow.send(CHUNKED + chunk(100));
            await(() -> inFlight.usedBytes() == 16_384);
            other.post("/write", "", LARGE_BODY);

            Answer answer = slow.answer();
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.headers()).containsEntry("retry-after", "5").containsEntry("connection", "close");
            assertThat(answer.body()).contains("while others wait");
            assertThat(slow.isClosed()).isTrue();
            assertThat(other.answer().status()).isEqualTo(204);
        }
    }

    @Test
    void aBodyThatCannotGrowWithinTheTimeIsAnswered503() throws Exception {
        restart(Duration.ofMillis(50), 60_000);
        receiver.holdsItsAnswers();
        try (RawClient growing = connect();
                RawClient large = connect()) {
            growing.send(CHUNKED);
            await(() -> inFlight.usedBytes() == 16_384);
            large.post("/write", "", "x".repeat(70_000));
            Consumer<WriteOutcome> stored = receiver.nextPending();

            growing.send(chunk(40_000));

            Answer answer = growing.answer();
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.headers()).containsEntry("retry-after", "5");
            assertThat(answer.body()).contains("overloaded", "60000 bytes in flight");
            stored.accept(WriteOutcome.stored(Counts.NONE));
            assertThat(large.answer().status()).isEqualTo(204);
        }
    }

    @Test
    void bodiesThatWaitForEachOtherGetThroughOneAfterTheOther() throws Exception {
        restart(Duration.ofSeconds(20), 40_000);
        List<RawClient> clients = List.of(connect(), connect());
        for (RawClient client : clients) {
            client.send(CHUNKED);
        }
        await(() -> inFlight.usedBytes() == 2 * 16_384);
        for (RawClient client : clients) {
            client.send(chunk(60_000) + "0\r\n\r\n");
        }
        for (RawClient client : clients) {
            assertThat(client.answer().status()).isEqualTo(204);
            client.close();
        }
    }

    @Test
    void aClientThatHangsUpInTheBodyGivesItsBytesBack() throws Exception {
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

    // Sends a request that takes so much of the budget that LARGE_BODY has to wait, and that is answered later.
    private Consumer<WriteOutcome> holdTheBudget(RawClient client) throws Exception {
        // 0xd8 0x36 declares 7,000 bytes.
        client.post("/write", "", "\u00d8\u0036" + "x".repeat(1_000));
        return receiver.nextPending();
    }

    private static String chunk(int bytes) {
        return Integer.toHexString(bytes) + "\r\n" + "x".repeat(bytes) + "\r\n";
    }

    private void restart(Duration queueTimeout, long budget) throws IOException {
        server.close();
        start(queueTimeout, Duration.ofSeconds(20), budget);
    }
}
