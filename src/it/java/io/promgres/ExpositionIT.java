package io.promgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.AnyServer;
import io.promgres.testing.Await;
import io.promgres.testing.Programs;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What /metrics shows after some writes. */
@AnyServer
class ExpositionIT {

    private static final int PATIENCE_SECONDS = 60;

    private static TestDatabase database;
    private static RunningDaemon daemon;

    @BeforeAll
    static void start() throws Exception {
        database = TestDatabase.migrated();
        daemon = RunningDaemon.on(database);
        long now = System.currentTimeMillis();
        assertThat(daemon.send(TestSample.of("load", now, 1, "host", "a"), TestSample.of("load", now, 2, "host", "b"))
                        .statusCode())
                .isEqualTo(204);
        assertThat(daemon.send(TestSample.of("load", now + 1, 1, "host", "a")).statusCode())
                .isEqualTo(204);
    }

    @AfterAll
    static void stop() throws Exception {
        daemon.close();
        database.close();
    }

    private static String metrics() throws Exception {
        return daemon.sender().get("/metrics").body();
    }

    /** The value of a series; fails if there is none. */
    private static double value(String series) throws Exception {
        String start = series + " ";
        return Stream.of(metrics().split("\n"))
                .filter(line -> line.startsWith(start))
                .mapToDouble(line -> Double.parseDouble(line.substring(start.length())))
                .findFirst()
                .orElseThrow(() -> new AssertionError("there is no " + series));
    }

    @Test
    void theMetricsPassPrometheusLinter(@TempDir Path directory) throws Exception {
        Programs.require("promtool");
        Path exposition = Files.writeString(directory.resolve("metrics"), metrics());
        Path said = directory.resolve("said");
        Process promtool = new ProcessBuilder("promtool", "check", "metrics")
                .redirectInput(exposition.toFile())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        assertThat(promtool.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(Files.readString(said)).isEmpty();
        assertThat(promtool.exitValue()).isZero();
    }

    @Test
    void everyStageOfAWriteHasBeenTimed() throws Exception {
        assertThat(value("promgres_decode_duration_seconds_count")).isGreaterThanOrEqualTo(2);
        assertThat(value("promgres_intern_duration_seconds_count")).isGreaterThanOrEqualTo(1);
        assertThat(value("promgres_flush_duration_seconds_count")).isGreaterThanOrEqualTo(2);
        assertThat(value("promgres_queue_wait_seconds_count{queue=\"interner\"}")
                        + value("promgres_queue_wait_seconds_count{queue=\"new-metrics\"}"))
                .isGreaterThanOrEqualTo(1);
        assertThat(value("promgres_queue_wait_seconds_count{queue=\"flusher\"}")
                        + value("promgres_queue_wait_seconds_count{queue=\"flusher-2\"}"))
                .isGreaterThanOrEqualTo(2);
        assertThat(value("promgres_http_request_duration_seconds_count{path=\"/api/v1/write\"}"))
                .isGreaterThanOrEqualTo(2);
    }

    @Test
    void whenEverythingIsAnsweredNothingIsPendingAndNoQueueIsLong() throws Exception {
        assertThat(value("promgres_ingest_pending_requests")).isZero();
        for (String queue : new String[] {
            "flusher", "flusher-2", "late", "interner", "new-metrics", "views", "metadata", "exemplars", "histograms"
        }) {
            assertThat(value("promgres_queue_items{queue=\"" + queue + "\"}")).isZero();
        }
    }

    @Test
    void theDatabaseIsCounted() throws Exception {
        Await.until("the size of the database", () -> value("promgres_database_size_bytes") > 0);
        assertThat(value("promgres_landing_partitions{state=\"open\"}")).isPositive();
        assertThat(value("promgres_landing_partitions{state=\"sealed\"}")).isZero();
    }

    @Test
    void maintenanceShowsThatItRuns() throws Exception {
        Await.until(
                "packing to have run",
                () -> metrics().contains("promgres_maintenance_duration_seconds_count{task=\"compression\"}")
                        && value("promgres_maintenance_last_success_timestamp_seconds{task=\"compression\"}") > 0);
        assertThat(value("promgres_maintenance_failures_total{task=\"compression\"}"))
                .isZero();
    }
}
