package io.promgres.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.model.Counts;
import io.promgres.model.Rejections;
import io.promgres.model.Rejections.Reason;
import io.promgres.observe.Metrics;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BatchWriterTest {

    private static final int ENOUGH = 4;
    private static final long PATIENCE_SECONDS = 60;

    // PostgreSQL documentation, appendix A.
    private static final String INVALID_TEXT = "22P02";
    private static final String CONNECTION_FAILURE = "08006";

    private final Metrics metrics = new Metrics("test");
    private final Recorder writer = new Recorder();
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();

    /** Takes everything but what says that it cannot be taken. */
    private final class Recorder extends BatchWriter<String> {

        final List<List<String>> written = new ArrayList<>();

        Recorder() {
            super("notes", write -> List.of(), ENOUGH, metrics);
        }

        @Override
        void write(List<Part<String>> parts) throws SQLException {
            List<String> items = items(parts);
            if (items.contains("bad")) {
                throw new SQLException("no note", INVALID_TEXT);
            }
            if (items.contains("away")) {
                throw new SQLException("gone", CONNECTION_FAILURE);
            }
            if (items.contains("bug")) {
                throw new IllegalStateException("not thought of");
            }
            written.add(items);
        }

        @Override
        Counts counts(int items) {
            return new Counts(0, 0, items);
        }
    }

    private final class Answer implements Acknowledgement {

        private final String name;

        Answer(String name) {
            this.name = name;
        }

        @Override
        public void stored(Rejections rejections) {
            Map<Reason, Integer> reasons = rejections.byReason();
            answers.add(name + (reasons.isEmpty() ? " stored" : " " + reasons + " " + rejections.firstOffender()));
        }

        @Override
        public void unavailable(String reason) {
            answers.add(name + " " + reason);
        }
    }

    @AfterEach
    void stop() {
        writer.close();
        metrics.close();
    }

    /** A request, and what it brings. */
    private void add(String name, String... items) {
        PendingWrite pending = new PendingWrite(
                1, new Rejections(), new Answer(name), new AtomicInteger(), new WriteFailures(System::nanoTime));
        writer.add(new BatchWriter.Part<>(List.of(items), pending));
    }

    /** The answers to these many requests; all were waiting when the first was begun with. */
    private List<String> answers(int count) throws InterruptedException {
        writer.start();
        List<String> next = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            next.add(answers.poll(PATIENCE_SECONDS, TimeUnit.SECONDS));
        }
        return next;
    }

    @Test
    void whatWaitsIsWrittenTogetherUntilItIsEnough() throws InterruptedException {
        add("first", "a", "b", "c");
        add("second", "d", "e");
        add("third", "f");

        assertThat(answers(3)).containsExactly("first stored", "second stored", "third stored");
        assertThat(writer.written).containsExactly(List.of("a", "b", "c", "d", "e"), List.of("f"));
    }

    @Test
    void whatTheDatabaseRefusesIsRejectedAloneAndItsNeighboursAreStored() throws InterruptedException {
        add("first", "a");
        add("second", "bad", "b");
        add("third", "c");

        assertThat(answers(3))
                .containsExactly("first stored", "second {refused_by_database=2} notes: no note", "third stored");
        assertThat(writer.written).containsExactly(List.of("a"), List.of("c"));
    }

    @Test
    void whenTheDatabaseIsAwayAllAreToBeSentAgain() throws InterruptedException {
        add("first", "a");
        add("second", "away");

        assertThat(answers(2))
                .containsExactly(
                        "first the database did not take notes: gone", "second the database did not take notes: gone");
        assertThat(writer.written).isEmpty();
    }

    @Test
    void anErrorOfOursIsNoReasonToRejectAnything() throws InterruptedException {
        add("only", "bug");

        assertThat(answers(1)).containsExactly("only the database did not take notes: not thought of");
    }
}
