package io.promgres.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.observe.Metrics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class WorkerTest {

    private static final long PATIENCE_SECONDS = 10;

    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();

    /** Works on all that is there; fails on what says so. */
    private final class Recorder extends Worker<String> {

        Recorder() {
            super("test", new Metrics("test"));
        }

        @Override
        void work(String first) {
            for (String item = first; item != null; item = poll()) {
                if (item.equals("bad")) {
                    throw new IllegalStateException("as the test wants it");
                }
                events.add("worked " + item);
            }
        }

        @Override
        boolean isAwaited(String item) {
            return !item.startsWith("late");
        }

        @Override
        void reset() {
            events.add("reset");
        }

        @Override
        void refuse(String item, String reason) {
            events.add("refused " + item);
        }
    }

    private List<String> next(int count) throws InterruptedException {
        List<String> next = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            next.add(events.poll(PATIENCE_SECONDS, TimeUnit.SECONDS));
        }
        return next;
    }

    @Test
    void anErrorEndsWhatWasAtWorkAndNothingElse() throws InterruptedException {
        Recorder worker = new Recorder();
        worker.add("good");
        worker.add("bad");
        worker.start();
        try {
            assertThat(next(4)).containsExactly("worked good", "reset", "refused good", "refused bad");

            worker.add("again");
            assertThat(next(1)).containsExactly("worked again");
        } finally {
            worker.close();
        }
    }

    @Test
    void whatComesAfterTheEndIsRefused() throws InterruptedException {
        Recorder worker = new Recorder();
        worker.start();
        worker.add("in time");
        worker.close();
        worker.add("too late");

        assertThat(next(2)).containsExactly("worked in time", "refused too late");
    }

    @Test
    void whatNobodyWaitsForIsNotWorkedOn() throws InterruptedException {
        Recorder worker = new Recorder();
        List.of("late one", "good", "late two").forEach(worker::add);
        worker.start();
        try {
            assertThat(next(3)).containsExactly("refused late one", "worked good", "refused late two");
        } finally {
            worker.close();
        }
    }

    /** Is at work until it is told to end. */
    private static final class Blocked extends Worker<String> {
        private final CountDownLatch begun = new CountDownLatch(1);
        private final CountDownLatch end = new CountDownLatch(1);

        Blocked() {
            super("blocked", new Metrics("test"));
        }

        @Override
        void work(String first) {
            begun.countDown();
            try {
                end.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        void refuse(String item, String reason) {}
    }

    @Test
    void aThreadThatDoesNotGetOnIsKnownByItsName() throws InterruptedException {
        Blocked worker = new Blocked();
        worker.start();
        assertThat(worker.stuck(Duration.ofDays(1))).isEmpty();
        assertThat(worker.oldestNanos()).isZero();

        worker.add("endless");
        worker.begun.await();
        worker.add("waiting");

        assertThat(worker.stuck(Duration.ofDays(1))).isEmpty();
        assertThat(worker.stuck(Duration.ofNanos(1)))
                .hasValueSatisfying(why -> assertThat(why).contains("promgres-blocked"));
        assertThat(worker.oldestNanos()).isPositive();
        worker.end.countDown();
        worker.close();
    }
}
