package io.promgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.RunningDaemon;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A cluster comes up: 100 targets that nobody knew deliver 1,000 series each, of 2,000 metrics, all at once. */
class StormIT {

    private static final long NOW = Instant.now().toEpochMilli();
    private static final int METRICS = 2_000;
    private static final int TARGETS = 100;
    private static final int SERIES_OF_A_TARGET = 1_000;
    private static final int SENDERS = 4;

    private final ExecutorService senders = Executors.newFixedThreadPool(SENDERS + 1);
    private final AtomicBoolean over = new AtomicBoolean();
    private TestDatabase database;
    private RunningDaemon daemon;

    @BeforeEach
    void start() throws Exception {
        database = TestDatabase.migrated();
        daemon = RunningDaemon.on(database);
    }

    @AfterEach
    void stop() throws Exception {
        senders.shutdownNow();
        daemon.close();
        database.close();
    }

    @Test
    void aStormOfNewMetricsAndSeriesComesInWhileKnownSeriesGoOn() throws Exception {
        assertThat(daemon.send(known(0)).statusCode()).isEqualTo(204);
        long begin = System.nanoTime();
        Future<long[]> calm = senders.submit(this::sendKnown);
        List<Future<?>> storm = new ArrayList<>();
        for (int sender = 0; sender < SENDERS; sender++) {
            int first = sender;
            storm.add(senders.submit(() -> sendStorm(first)));
        }
        for (Future<?> sender : storm) {
            sender.get();
        }
        long stored = System.nanoTime();
        daemon.awaitViews();
        long viewed = System.nanoTime();
        over.set(true);
        long[] latencies = calm.get();

        assertThat(daemon.rows("SELECT count(*) FROM prom_info.metric WHERE metric_name LIKE 'storm%'"))
                .containsExactly("" + METRICS);
        assertThat(daemon.rows(
                        "SELECT count(*) FROM pg_views WHERE schemaname = 'prom_metric' AND viewname LIKE 'storm%'"))
                .containsExactly("" + METRICS);
        assertThat(daemon.rows("SELECT sum(s.n), count(DISTINCT s.group_id) FROM (SELECT group_id,"
                        + " cardinality(array_remove(values, NULL)) AS n FROM prom_data.landing) s"
                        + " WHERE group_id IN (SELECT group_id FROM _prom_catalog.series s JOIN prom_info.metric m"
                        + " ON m.id = s.metric_id WHERE metric_name LIKE 'storm%')"))
                .containsExactly(TARGETS * SERIES_OF_A_TARGET + "|" + TARGETS * ((SERIES_OF_A_TARGET + 63) / 64));
        for (int metric = 0; metric < METRICS; metric += 97) {
            assertThat(daemon.rows("SELECT count(*), count(DISTINCT instance_id) FROM prom_metric.storm_" + metric))
                    .containsExactly(TARGETS / 2 + "|" + TARGETS / 2);
        }
        assertThat(daemon.rows("SELECT count(*) FROM prom_metric.known"))
                .containsExactly(500L * (latencies.length + 1) + "");
        System.out.printf(
                "storm: stored after %d ms, views after %d ms; %d requests of known series, median %d ms, p99 %d ms, longest %d ms%n",
                (stored - begin) / 1_000_000,
                (viewed - begin) / 1_000_000,
                latencies.length,
                latencies[latencies.length / 2],
                latencies[latencies.length * 99 / 100],
                latencies[latencies.length - 1]);
    }

    private Void sendStorm(int first) throws Exception {
        for (int target = first; target < TARGETS; target += SENDERS) {
            assertThat(daemon.send(delivery(target)).statusCode()).isEqualTo(204);
        }
        return null;
    }

    /** Even targets have even metrics. */
    private static List<TestSample> delivery(int target) {
        return IntStream.range(0, SERIES_OF_A_TARGET)
                .mapToObj(n -> TestSample.of(
                        "storm_" + (2 * n + target % 2) % METRICS,
                        NOW,
                        n,
                        "instance",
                        "node-" + target + ":9100",
                        "job",
                        "storm",
                        "pod",
                        "pod-" + target + "-" + n / 20))
                .toList();
    }

    /** @return how long each request took, milliseconds, in ascending order */
    private long[] sendKnown() throws Exception {
        LongStream.Builder latencies = LongStream.builder();
        for (int second = 1; !over.get(); second++) {
            List<TestSample> delivery = known(second);
            long begin = System.nanoTime();
            assertThat(daemon.send(delivery).statusCode()).isEqualTo(204);
            latencies.add((System.nanoTime() - begin) / 1_000_000);
        }
        long[] sorted = latencies.build().toArray();
        Arrays.sort(sorted);
        return sorted;
    }

    private static List<TestSample> known(int n) {
        return IntStream.range(0, 500)
                .mapToObj(series -> TestSample.of("known", NOW - 3_600_000 + n, n, "job", "known", "n", "" + series))
                .toList();
    }
}
