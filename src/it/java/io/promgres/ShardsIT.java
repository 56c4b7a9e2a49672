package io.promgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.RunningDaemon;
import io.promgres.testing.Sender;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** However a delivery is cut, mixed up and repeated on its way, what is stored is the same. */
class ShardsIT {

    private static final long NOW = Instant.now().toEpochMilli();
    private static final int TARGETS = 3;
    private static final int METRICS = 30;
    private static final int SERIES_OF_A_METRIC = 4;
    private static final int SCRAPES = 10;
    private static final int LARGEST_PART = 300;
    private static final int SENDERS = 4;

    private final ExecutorService senders = Executors.newFixedThreadPool(SENDERS);

    @AfterEach
    void stop() {
        senders.shutdownNow();
    }

    @ParameterizedTest
    @ValueSource(longs = {1})
    void partsInAnyOrderFromSeveralSendersPartlyTwiceEndInTheSameViewsAsInOrder(long seed) throws Exception {
        try (TestDatabase inOrder = TestDatabase.migrated();
                TestDatabase mixed = TestDatabase.migrated();
                RunningDaemon first = RunningDaemon.on(inOrder);
                RunningDaemon second = RunningDaemon.on(mixed)) {
            for (List<TestSample> scrape : scrapes()) {
                assertThat(first.send(scrape).statusCode()).isEqualTo(204);
            }
            sendMixed(new Random(seed), second.sender());

            assertThat(views(second)).isEqualTo(views(first));
            assertThat(second.stored())
                    .isEqualTo(first.stored())
                    .hasSize(samples().size());
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {3})
    void twoDaemonsOnOneDatabaseStoreEverySampleOnce(long seed) throws Exception {
        try (TestDatabase inOrder = TestDatabase.migrated();
                TestDatabase mixed = TestDatabase.migrated();
                RunningDaemon first = RunningDaemon.on(inOrder);
                RunningDaemon left = RunningDaemon.on(mixed);
                RunningDaemon right = RunningDaemon.on(mixed)) {
            for (List<TestSample> scrape : scrapes()) {
                assertThat(first.send(scrape).statusCode()).isEqualTo(204);
            }
            sendMixed(new Random(seed), left.sender(), right.sender());

            assertThat(views(left)).isEqualTo(views(first));
            assertThat(left.stored()).isEqualTo(first.stored());
        }
    }

    @Test
    void twoDaemonsThatAreSentTheSameAtOnceStoreItOnce() throws Exception {
        try (TestDatabase database = TestDatabase.migrated();
                RunningDaemon left = RunningDaemon.on(database);
                RunningDaemon right = RunningDaemon.on(database)) {
            for (List<TestSample> scrape : scrapes()) {
                List<Future<HttpResponse<String>>> answers =
                        senders.invokeAll(List.of(() -> left.send(scrape), () -> right.send(scrape)));
                for (Future<HttpResponse<String>> answer : answers) {
                    assertThat(answer.get().statusCode()).isEqualTo(204);
                }
            }

            assertThat(left.stored()).hasSameSizeAs(samples());
            assertThat(new HashSet<>(left.stored())).isEqualTo(new HashSet<>(samples()));
        }
    }

    @Test
    void twoDaemonsThatMigrateAnEmptyDatabaseAtOnceBothStart() throws Exception {
        try (TestDatabase database = TestDatabase.fresh()) {
            Callable<RunningDaemon> start = () -> RunningDaemon.on(database);
            for (Future<RunningDaemon> started : senders.invokeAll(List.of(start, start))) {
                try (RunningDaemon daemon = started.get()) {
                    assertThat(daemon.send(TestSample.of("up", NOW, 1)).statusCode())
                            .isEqualTo(204);
                }
            }
        }
    }

    /** Cuts all scrapes into parts, shuffles them, and sends them, every third one twice, to any of the daemons. */
    private void sendMixed(Random random, Sender... daemons) throws Exception {
        List<Callable<HttpResponse<String>>> requests = new ArrayList<>();
        List<TestSample> samples = new ArrayList<>(samples());
        Collections.shuffle(samples, random);
        for (List<TestSample> part : parts(random, samples)) {
            for (int times = random.nextInt(3) == 0 ? 2 : 1; times > 0; times--) {
                Sender daemon = daemons[random.nextInt(daemons.length)];
                requests.add(() -> daemon.send(part));
            }
        }
        Collections.shuffle(requests, random);
        for (Future<HttpResponse<String>> answer : senders.invokeAll(requests)) {
            assertThat(answer.get().body()).isEmpty();
            assertThat(answer.get().statusCode()).isEqualTo(204);
        }
    }

    private static List<List<TestSample>> parts(Random random, List<TestSample> samples) {
        List<List<TestSample>> parts = new ArrayList<>();
        for (int from = 0; from < samples.size(); ) {
            int to = Math.min(samples.size(), from + 1 + random.nextInt(LARGEST_PART));
            parts.add(samples.subList(from, to));
            from = to;
        }
        return parts;
    }

    /** What the views hold, series ids and bits included; label ids differ, they follow the order of arrival. */
    private static List<String> views(RunningDaemon daemon) throws Exception {
        daemon.awaitViews();
        List<String> rows = new ArrayList<>();
        for (String view : daemon.rows("SELECT table_name FROM prom_info.metric ORDER BY 1")) {
            rows.addAll(daemon.rows(
                    "SELECT '%1$s', series_id, time, float8send(value), target, n FROM prom_metric.%1$s".formatted(view)
                            + " JOIN prom_series.%s USING (series_id) ORDER BY 2, 3".formatted(view)));
        }
        return rows;
    }

    private static List<TestSample> samples() {
        return scrapes().stream().flatMap(List::stream).toList();
    }

    /** Each a scrape of one target. Of a day: it touches several partitions. */
    private static List<List<TestSample>> scrapes() {
        List<List<TestSample>> scrapes = new ArrayList<>();
        for (int scrape = 0; scrape < SCRAPES; scrape++) {
            for (int target = 0; target < TARGETS; target++) {
                scrapes.add(scrape(target, NOW - (SCRAPES - scrape) * 1_800_000L + target));
            }
        }
        return scrapes;
    }

    private static List<TestSample> scrape(int target, long time) {
        List<TestSample> samples = new ArrayList<>();
        for (int metric = 0; metric < METRICS; metric++) {
            for (int n = 0; n < SERIES_OF_A_METRIC; n++) {
                samples.add(TestSample.of(
                        "metric_" + metric,
                        time,
                        time * 0.001 + n,
                        "job",
                        "shards",
                        "instance",
                        "host-" + target,
                        "target",
                        "" + target,
                        "n",
                        "" + n));
            }
        }
        return samples;
    }
}
