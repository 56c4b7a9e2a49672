package io.promgres.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.observe.Metrics;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PacedJobTest {

    private static final Duration SOON = Duration.ofMillis(1);
    private static final Duration NEVER = Duration.ofDays(1);
    private static final long PATIENCE_SECONDS = 60;

    private final Metrics metrics = new Metrics("test");
    private final Scheduler scheduler = new Scheduler("promgres-test", metrics);
    private final BlockingQueue<Integer> runs = new LinkedBlockingQueue<>();
    private final AtomicInteger count = new AtomicInteger();

    @AfterEach
    void close() {
        scheduler.close();
        metrics.close();
    }

    private int next() throws InterruptedException {
        Integer run = runs.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(run).as("a further run").isNotNull();
        return run;
    }

    private int run() {
        int run = count.incrementAndGet();
        runs.add(run);
        return run;
    }

    @Test
    void aWatchRunsAgainWhileItHasWorkUnderWayAndThenRestsUntilItIsWoken() throws Exception {
        Runnable wake = scheduler.every(SOON, NEVER, "test", () -> run() % 3 != 0);
        assertThat(next()).isEqualTo(1);
        assertThat(next()).isEqualTo(2);
        assertThat(next()).isEqualTo(3);

        wake.run();
        assertThat(next()).isEqualTo(4);
        assertThat(next()).isEqualTo(5);
        assertThat(next()).isEqualTo(6);
    }

    @Test
    void aWakeUpWhileItRunsIsNotLost() throws Exception {
        BlockingQueue<Runnable> wake = new LinkedBlockingQueue<>();
        wake.add(scheduler.every(SOON, NEVER, "test", () -> {
            if (run() == 1) {
                Runnable own = wake.take();
                own.run();
            }
            return false;
        }));
        assertThat(next()).isEqualTo(1);
        assertThat(next()).isEqualTo(2);
    }

    @Test
    void aWatchThatFailsRunsAgainSoon() throws Exception {
        scheduler.every(SOON, NEVER, "test", () -> {
            if (run() == 1) {
                throw new IllegalStateException("as the test wants it");
            }
            return false;
        });
        assertThat(next()).isEqualTo(1);
        assertThat(next()).isEqualTo(2);
    }

    @Test
    void everyWakeUpHasItRunAgain() throws Exception {
        Runnable wake = scheduler.every(SOON, NEVER, "test", () -> {
            run();
            return false;
        });
        for (int i = 1; i <= 100; i++) {
            int before = next();
            wake.run();
            wake.run();
            assertThat(before).isEqualTo(i);
        }
    }
}
