package io.promgres.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.Await;
import io.promgres.testing.Packed;
import io.promgres.testing.PodLabels;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.Sql;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Metrics that are new come at once over many connections, a hundred in a request. The figures of decisions.md are of
 * {@code mvn -Dtest=NewMetricsIT -Dtest.metrics=5000 test}.
 */
class NewMetricsIT {

    private static final int METRICS = Integer.getInteger("test.metrics", 600);
    private static final int METRICS_OF_A_REQUEST = 100;
    private static final int SERIES_OF_A_METRIC = 5;
    private static final long NOW = Instant.now().toEpochMilli();

    private final ExecutorService senders = Executors.newCachedThreadPool();
    private final AtomicBoolean over = new AtomicBoolean();
    private TestDatabase database;
    private RunningDaemon daemon;

    @BeforeEach
    void start() throws Exception {
        database = TestDatabase.migrated();
        daemon = RunningDaemon.on(database);
        send(known(0));
        send(newSeries(0));
        daemon.awaitViews();
    }

    @AfterEach
    void stop() throws Exception {
        senders.shutdownNow();
        daemon.close();
        database.close();
    }

    @Test
    void newSeriesOfAKnownMetricDoNotWaitForNewMetricsThatCameBefore() throws Exception {
        List<String> answered = Collections.synchronizedList(new ArrayList<>());
        List<Future<?>> requests = new ArrayList<>();
        try (Connection other = database.connect()) {
            other.setAutoCommit(false);
            Sql.execute(other, "SELECT _prom_catalog.intern_lock()");
            for (int request = 0; request < 6; request++) {
                List<TestSample> samples = newMetrics(request * METRICS_OF_A_REQUEST);
                requests.add(senders.submit(() -> sendAndNote(samples, "new metrics", answered)));
            }
            Await.until("five wait for the first", () -> waiting("new-metrics") == 5);
            requests.add(senders.submit(() -> sendAndNote(newSeries(1), "new series", answered)));
            Await.until("it is taken", () -> pending() == 7 && waiting("interner") == 0);
            other.rollback();
        }
        for (Future<?> request : requests) {
            request.get();
        }

        assertThat(answered.indexOf("new series")).isLessThan(3);
    }

    @Test
    void samplesOfNewMetricsThatAreAsOldAsPackedOnesAreStoredAtOnce() throws Exception {
        int threeDays = -72 * 3_600_000;
        send(List.of(sample("packed", threeDays, "0")));
        daemon.execute("CALL prom_api.execute_maintenance()");
        assertThat(daemon.value("SELECT count(*) > 0 FROM " + Packed.of("packed")))
                .isEqualTo("t");

        send(IntStream.range(0, 60)
                .mapToObj(n -> sample("old_" + n, threeDays, "0"))
                .toList());

        daemon.awaitViews();
        assertThat(daemon.value("SELECT count(*) FROM prom_metric.old_59")).isEqualTo("1");
    }

    @Test
    void allAreStoredAndShownWhileOthersGoOn() throws Exception {
        Future<List<Duration>> known = senders.submit(() -> sendAgainAndAgain(NewMetricsIT::known));
        Future<List<Duration>> grown = senders.submit(() -> sendAgainAndAgain(NewMetricsIT::newSeries));
        List<Future<Duration>> storm = new ArrayList<>();
        long begin = System.nanoTime();
        for (int first = 0; first < METRICS; first += METRICS_OF_A_REQUEST) {
            List<TestSample> request = newMetrics(first);
            storm.add(senders.submit(() -> send(request)));
        }
        List<Duration> took = new ArrayList<>();
        for (Future<Duration> request : storm) {
            took.add(request.get());
        }
        daemon.awaitViews();
        Duration viewed = Duration.ofNanos(System.nanoTime() - begin);
        over.set(true);

        assertThat(daemon.value(
                        "SELECT count(*) FROM pg_views WHERE schemaname = 'prom_metric' AND viewname LIKE 'new%'"))
                .isEqualTo("" + METRICS);
        assertThat(daemon.value("SELECT count(*) FROM prom_metric.new_00042")).isEqualTo("" + SERIES_OF_A_METRIC);
        report("requests of new metrics", took);
        report("requests of known series", known.get());
        report("requests of 100 new series of a known metric", grown.get());
        System.out.printf("%d new metrics: all views after %d ms%n", METRICS, viewed.toMillis());
    }

    private static void report(String what, List<Duration> took) {
        List<Duration> sorted = took.stream().sorted().toList();
        System.out.printf(
                "%s: %d, median %d ms, p99 %d ms, longest %d ms%n",
                what,
                sorted.size(),
                sorted.get(sorted.size() / 2).toMillis(),
                sorted.get(sorted.size() * 99 / 100).toMillis(),
                sorted.get(sorted.size() - 1).toMillis());
    }

    private Duration send(List<TestSample> samples) throws Exception {
        long begin = System.nanoTime();
        assertThat(daemon.send(samples).statusCode()).isEqualTo(204);
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    private Void sendAndNote(List<TestSample> samples, String name, List<String> answered) throws Exception {
        send(samples);
        answered.add(name);
        return null;
    }

    private List<Duration> sendAgainAndAgain(IntFunction<List<TestSample>> samples) throws Exception {
        List<Duration> took = new ArrayList<>();
        for (int n = 1; !over.get(); n++) {
            took.add(send(samples.apply(n)));
        }
        return took;
    }

    private long waiting(String queue) throws Exception {
        return figure("promgres_queue_items{queue=\"" + queue + "\"} ");
    }

    private long pending() throws Exception {
        return figure("promgres_ingest_pending_requests ");
    }

    private long figure(String name) throws Exception {
        return daemon.sender()
                .get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(name.length())))
                .sum();
    }

    private static List<TestSample> newMetrics(int first) {
        return IntStream.range(0, METRICS_OF_A_REQUEST * SERIES_OF_A_METRIC)
                .mapToObj(n ->
                        sample("new_%05d".formatted(first + n / SERIES_OF_A_METRIC), 0, "" + n % SERIES_OF_A_METRIC))
                .toList();
    }

    private static List<TestSample> known(int n) {
        return IntStream.range(0, 500)
                .mapToObj(series -> sample("known", n, "" + series))
                .toList();
    }

    private static List<TestSample> newSeries(int n) {
        return IntStream.range(0, 100)
                .mapToObj(series -> sample("grown", 0, n + "-" + series))
                .toList();
    }

    private static TestSample sample(String metric, int time, String series) {
        return TestSample.of(metric, NOW - 3_600_000 + time, 1, PodLabels.of(series));
    }
}
