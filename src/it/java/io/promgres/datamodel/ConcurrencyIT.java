package io.promgres.datamodel;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.Await;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.Sql;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Removal and new label names while one connection ingests and another reads. */
class ConcurrencyIT {

    private static final long BEGIN = System.currentTimeMillis() / 1000 * 1000 - 600_000;
    // However many are sent, none is ten minutes ahead of the clock, which would be refused.
    private static final long INTERVAL = 10;
    private static final int ROUNDS = 4;
    private static final int SCRAPES_PER_ROUND = 10;

    private final ExecutorService threads = Executors.newFixedThreadPool(2);
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicInteger scrapes = new AtomicInteger();
    private TestDatabase database;
    private RunningDaemon db;

    @BeforeEach
    void start() throws Exception {
        database = TestDatabase.migrated();
        db = RunningDaemon.on(database);
        db.send(scrape(0));
        db.awaitViews();
    }

    @AfterEach
    void close() throws Exception {
        over.set(true);
        threads.shutdownNow();
        db.close();
        database.close();
    }

    /** The samples of one target at one time: of a metric that stays, and of one that is dropped again and again. */
    private static List<TestSample> scrape(int number) {
        List<TestSample> samples = new ArrayList<>();
        long time = BEGIN + number * INTERVAL;
        for (int i = 0; i < 10; i++) {
            samples.add(TestSample.of("kept", time, number + i, "i", Integer.toString(i), "job", "j"));
            samples.add(TestSample.of("victim", time, number + i, "i", Integer.toString(i), "job", "j"));
        }
        return samples;
    }

    private TestSample withNewLabel(int round) {
        return TestSample.of("kept", BEGIN, round, "job", "j", "round_" + round, "new");
    }

    /** Sends scrapes, each until it is acknowledged; an answer that asks for that is no error. */
    private Integer ingest() throws Exception {
        int next = 1;
        while (!over.get()) {
            HttpResponse<String> answer = db.send(scrape(next));
            if (answer.statusCode() == 204) {
                scrapes.set(next++);
            } else {
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
            }
        }
        return next - 1;
    }

    /** Reads the metric that stays; what it has never gets less. */
    private Integer read() throws Exception {
        int reads = 0;
        long seen = 0;
        try (Connection connection = db.connect()) {
            while (!over.get()) {
                long now = Long.parseLong(Sql.value(
                        connection,
                        "SELECT count(jsonb(labels)) FROM prom_metric.kept WHERE labels ?? ('job' == 'j')"));
                assertThat(now).isGreaterThanOrEqualTo(seen);
                seen = now;
                reads++;
            }
        }
        return reads;
    }

    @Test
    void nobodySeesAnErrorAndNoSampleOfAnotherMetricIsLost() throws Exception {
        Callable<Integer> ingest = this::ingest;
        Callable<Integer> read = this::read;
        Future<Integer> ingesting = threads.submit(ingest);
        Future<Integer> reading = threads.submit(read);
        List<TestSample> expected = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            db.send(withNewLabel(round));
            expected.add(withNewLabel(round));
            db.value(
                    "SELECT delete_series_from_metric('victim', ARRAY(SELECT series_id FROM prom_series.victim WHERE i < '5'))");
            db.value("SELECT drop_metric('victim')");
            int goal = scrapes.get() + SCRAPES_PER_ROUND;
            Await.until("scrapes after a removal, and the metric that returns", () -> {
                if (ingesting.isDone()) {
                    // Says why it ended.
                    ingesting.get();
                }
                return scrapes.get() >= goal
                        && !db.rows("SELECT to_regclass('prom_metric.victim')").contains("");
            });
            db.awaitViews();
        }
        over.set(true);
        int sent = ingesting.get();

        assertThat(reading.get()).isPositive();
        for (int number = 0; number <= sent; number++) {
            expected.addAll(scrape(number).stream()
                    .filter(sample -> sample.labels().get("__name__").equals("kept"))
                    .toList());
        }
        assertThat(db.stored().stream()
                        .filter(sample -> sample.labels().get("__name__").equals("kept"))
                        .toList())
                .containsExactlyInAnyOrderElementsOf(expected);
        assertThat(db.value("SELECT count(*) > 0, count(DISTINCT series_id) FROM prom_metric.victim"))
                .isEqualTo("t|10");
    }
}
