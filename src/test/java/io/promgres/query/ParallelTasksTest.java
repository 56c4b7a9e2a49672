package io.promgres.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ParallelTasksTest {

    private final ExecutorService threads = Executors.newFixedThreadPool(2);
    private final ParallelTasks tasks = new ParallelTasks(threads);

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @Test
    void resultsComeInTheOrderOfTheTasksWhichRunAtTheSameTime() throws Exception {
        CountDownLatch third = new CountDownLatch(1);
        List<Callable<Integer>> all = List.of(
                () -> 1,
                () -> {
                    third.await();
                    return 2;
                },
                () -> {
                    third.countDown();
                    return 3;
                });
        assertThat(tasks.run(all)).containsExactly(1, 2, 3);
        assertThat(ParallelTasks.ALONE.run(all.subList(0, 1))).containsExactly(1);
    }

    @Test
    void aFailureIsThrownOnceTheOthersHaveEnded() {
        CountDownLatch failing = new CountDownLatch(1);
        AtomicBoolean ended = new AtomicBoolean();
        List<Callable<Integer>> all = List.of(
                () -> {
                    failing.countDown();
                    throw new SQLException("away");
                },
                () -> {
                    failing.await();
                    ended.set(true);
                    return 2;
                });
        assertThatThrownBy(() -> tasks.run(all))
                .isInstanceOf(SQLException.class)
                .hasMessage("away");
        assertThat(ended).isTrue();
    }

    @Test
    void whereTheThreadsHaveBeenStoppedTheTasksFail() {
        threads.shutdownNow();
        assertThatThrownBy(() -> tasks.run(List.of(() -> 1, () -> 2))).isInstanceOf(RuntimeException.class);
    }
}
