package io.promgres.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.AnyServer;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A cardinality bomb: series that are new and too many are refused, those that are known go on. */
@AnyServer
class SeriesLimitsIT {

    private static final long NOW = Instant.now().toEpochMilli();
    private static final int LIMIT = 50;

    private TestDatabase database;

    @BeforeEach
    void makeDatabase() throws Exception {
        database = TestDatabase.migrated();
    }

    @AfterEach
    void dropDatabase() throws Exception {
        database.close();
    }

    @ParameterizedTest
    @CsvSource({
        "ingest.max-series, too_many_series, 'the database has the most series it may have, 50'",
        "ingest.max-new-series-per-minute, too_many_new_series, 'there were 50 new series within a minute'",
    })
    void aBombIsRefusedWithTheLimitsNameWhileKnownSeriesOfTheSameRequestAreStored(
            String setting, String reason, String words) throws Exception {
        try (RunningDaemon daemon = RunningDaemon.on(database, setting, "" + LIMIT)) {
            assertThat(daemon.send(series("known", 0, 10, NOW - 1_000)).statusCode())
                    .isEqualTo(204);

            List<TestSample> both = new ArrayList<>(series("known", 0, 10, NOW));
            both.addAll(series("bomb", 0, 1_000, NOW));
            HttpResponse<String> answer = daemon.send(both);

            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(answer.body()).contains("960 are not stored (960 " + reason + ")", words);
            assertThat(daemon.value("SELECT count(*) FROM _prom_catalog.series"))
                    .isEqualTo("" + LIMIT);
            assertThat(daemon.value("SELECT count(*) FROM _prom_catalog.label WHERE value LIKE 'n%'"))
                    .as("a refused series leaves no labels")
                    .isEqualTo("40");
            assertThat(daemon.stored())
                    .filteredOn(sample -> sample.labels().get("__name__").equals("known"))
                    .hasSize(20);
            assertThat(daemon.sender().get("/metrics").body())
                    .contains("promgres_ingest_rejected_samples_total{reason=\"" + reason + "\"} 960.0");
        }
    }

    @Test
    void seriesThatTheDatabaseHasAreKnownAfterARestartHoweverManyThereAre() throws Exception {
        try (RunningDaemon daemon = RunningDaemon.on(database)) {
            assertThat(daemon.send(series("known", 0, 200, NOW - 1_000)).statusCode())
                    .isEqualTo(204);
        }
        try (RunningDaemon daemon =
                RunningDaemon.on(database, "ingest.max-series", "" + LIMIT, "ingest.max-new-series-per-minute", "1")) {
            assertThat(daemon.send(series("known", 0, 200, NOW)).statusCode()).isEqualTo(204);
            assertThat(daemon.send(series("known", 200, 1, NOW)).statusCode()).isEqualTo(400);
            assertThat(daemon.stored()).hasSize(400);
        }
    }

    @Test
    void withoutLimitsEverythingComesIn() throws Exception {
        try (RunningDaemon daemon =
                RunningDaemon.on(database, "ingest.max-series", "0", "ingest.max-new-series-per-minute", "0")) {
            assertThat(daemon.send(series("many", 0, 1_000, NOW)).statusCode()).isEqualTo(204);
        }
    }

    private static List<TestSample> series(String metric, int from, int number, long time) {
        return IntStream.range(from, from + number)
                .mapToObj(n -> TestSample.of(metric, time, n, "n", metric.equals("bomb") ? "n" + n : "k" + n))
                .toList();
    }
}
