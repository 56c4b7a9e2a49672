package io.promgres.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.observe.Metrics;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a worker does with items that have ended. */
class WorkerMemoryTest {

    private static final long PATIENCE_SECONDS = 10;

    private final BlockingQueue<String> refused = new LinkedBlockingQueue<>();

    /** Ends the first of two items, then fails. */
    private final class Failing extends Worker<String> {

        Failing() {
            super("test", new Metrics("test"));
        }

        @Override
        void work(String first) {
            String second = poll();
            ended(first);
            throw new IllegalStateException("as the test wants it, with " + second + " at work");
        }

        @Override
        void refuse(String item, String reason) {
            refused.add(item);
        }
    }

    @Test
    void anErrorRefusesOnlyWhatHasNotEnded() throws InterruptedException {
        Failing worker = new Failing();
        List.of("answered", "open").forEach(worker::add);
        worker.start();

        assertThat(refused.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo("open");
        worker.close();
        assertThat(refused).isEmpty();
    }
}
