package io.promgres.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.http.RawClient.Answer;
import io.promgres.model.Counts;
import io.promgres.remotewrite.WriteOutcome;
import io.promgres.remotewrite.WriteReceiver;
import io.promgres.testing.AnyServer;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** A write that takes too long: its sender is answered, and what it takes is held until it has ended. */
@AnyServer
class AnswerTimeIT extends ServerFixture {

    @Override
    Duration patience() {
        return Duration.ofMillis(200);
    }

    @Test
    void aWriteThatTakesTooLongIsAnswered503AndHoldsItsBytesUntilItEnds() throws Exception {
        receiver.holdsItsAnswers();
        try (RawClient client = connect()) {
            Answer answer = client.post("/write", "", LARGE_BODY).answer();
            WriteReceiver.Caller held = receiver.nextPending();

            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.headers()).containsKey("retry-after");
            assertThat(held.isGone()).isTrue();
            assertThat(inFlight.usedBytes()).isGreaterThanOrEqualTo(LARGE_BODY.length());

            held.accept(WriteOutcome.stored(Counts.NONE));
            await(() -> inFlight.usedBytes() == 0);
        }
    }

    @Test
    void itsConnectionGoesOnAndALateAnswerIsNotTheNextOnes() throws Exception {
        receiver.holdsItsAnswers();
        try (RawClient client = connect()) {
            assertThat(client.post("/write", "", "one").answer().status()).isEqualTo(503);
            receiver.holdsNoMore();
            receiver.answersWith(WriteOutcome.malformed("the second one"));
            client.post("/write", "", "two");
            receiver.nextPending().accept(WriteOutcome.stored(Counts.NONE));

            assertThat(client.answer().body()).isEqualTo("the second one\n");
        }
    }

    @Test
    void whatTimesOutBeforeItIsBegunIsNotBegun() throws Exception {
        CountDownLatch busy = new CountDownLatch(1);
        for (int i = 0; i < WORKERS; i++) {
            workers.execute(() -> awaitQuietly(busy));
        }
        try (RawClient client = connect()) {
            assertThat(client.post("/write", "", "one").answer().status()).isEqualTo(503);
        }
        busy.countDown();
        await(() -> inFlight.usedBytes() == 0);

        assertThat(receiver.bodies).isEmpty();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
