package io.promgres.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.http.RawClient.Answer;
import io.promgres.model.Counts;
import io.promgres.testing.AnyServer;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Requests that wait for bytes in flight, and clients that hang up meanwhile. */
@AnyServer
class BudgetIT extends ServerFixture {

    // One LARGE_BODY fits into it, two do not.
    private static final int BUDGET = 30_000;

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

    private void restart(Duration queueTimeout, long budget) throws IOException {
        server.close();
        start(queueTimeout, Duration.ofSeconds(20), budget);
    }
}
