package io.promgres.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.codec.proto.Remote.WriteRequest;
import io.promgres.codec.proto.Types.Histogram;
import io.promgres.codec.proto.Types.Label;
import io.promgres.codec.proto.Types.TimeSeries;
import io.promgres.testing.Await;
import io.promgres.testing.OwnServer;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.Sql;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xerial.snappy.Snappy;

/** Readers, a Grafana say, of a hot standby, while the daemon packs on the primary. */
class HotStandbyIT {

    private static final int METRICS = 4;
    private static final int SERIES = 20;
    private static final int TIMES = 50;
    private static final int BLOCKS = 3;
    private static final String ALL = Integer.toString(SERIES * TIMES * BLOCKS);

    /** As operations.md has it. */
    private static final Map<String, String> SETTINGS = Map.of("hot_standby_feedback", "on");

    private static final String VIEWS = """
            SELECT format('%I.%I', schemaname, viewname) FROM pg_views
            WHERE schemaname NOT IN ('pg_catalog', 'information_schema')""";

    private final long now = System.currentTimeMillis();

    @TempDir
    private Path directory;

    @Test
    void everyViewCanBeReadOnAStandbyAndHasEverySampleOnceWhileBlocksArePacked() throws Exception {
        ExecutorService maintenance = Executors.newSingleThreadExecutor();
        try (OwnServer primary = new OwnServer(OwnServer.directory(directory, "primary"), SETTINGS);
                RunningDaemon daemon = RunningDaemon.on(primary.uri());
                OwnServer standby = primary.standby(OwnServer.directory(directory, "standby"));
                Connection reader = TestDatabase.connect(standby.uri())) {
            sendAll(daemon);
            for (int metric = 0; metric < METRICS; metric++) {
                String count = count(metric);
                Await.until(
                        "the standby has all", () -> Sql.value(reader, count).equals(ALL));
            }

            Future<?> packing = maintenance.submit(() -> {
                daemon.execute("CALL prom_api.execute_maintenance()");
                return null;
            });
            do {
                for (int metric = 0; metric < METRICS; metric++) {
                    assertThat(Sql.value(reader, count(metric))).isEqualTo(ALL);
                }
            } while (!packing.isDone());
            packing.get();

            Await.until(
                    "the standby has what is packed",
                    () -> Sql.value(reader, "SELECT sum(samples) FROM _prom_catalog.packed_block")
                            .equals(Integer.toString(METRICS * SERIES * TIMES * BLOCKS)));
            for (int metric = 0; metric < METRICS; metric++) {
                assertThat(Sql.value(reader, count(metric))).isEqualTo(ALL);
            }
            assertEveryViewIsReadable(reader);
        } finally {
            maintenance.shutdownNow();
        }
    }

    private static String count(int metric) {
        return "SELECT count(*) FROM prom_metric.standby_" + metric;
    }

    private static void assertEveryViewIsReadable(Connection reader) throws SQLException {
        assertThat(Sql.value(reader, "SELECT pg_is_in_recovery()")).isEqualTo("t");
        List<String> views = Sql.rows(reader, VIEWS);
        assertThat(views)
                .contains("prom_metric.standby_0", "prom_latest.standby_0", "prom_series.standby_0")
                .contains("prom_histogram.standby_histogram", "prom_info.metric");
        for (String view : views) {
            // The whole of a row, so that each column is computed.
            Sql.rows(reader, "SELECT v::text FROM " + view + " v LIMIT 20");
        }
        assertThat(Sql.rows(reader, "SELECT value FROM prom_api.newest_samples('standby_0', 5)"))
                .hasSize(5);
    }

    private void sendAll(RunningDaemon daemon) throws Exception {
        for (int block = 0; block < BLOCKS; block++) {
            long begin = now - Duration.ofHours(5 + 2L * block).toMillis();
            List<TestSample> scrapes = new ArrayList<>();
            for (int time = 0; time < TIMES; time++) {
                scrapes.addAll(scrape(begin + 1_000L * time));
            }
            assertThat(daemon.send(scrapes).statusCode()).isEqualTo(204);
        }
        byte[] histogram = WriteRequest.newBuilder()
                .addTimeseries(TimeSeries.newBuilder()
                        .addLabels(Label.newBuilder().setName("__name__").setValue("standby_histogram"))
                        .addHistograms(Histogram.newBuilder()
                                .setTimestamp(now)
                                .setCountInt(2)
                                .setZeroCountInt(2)))
                .build()
                .toByteArray();
        assertThat(daemon.post(Snappy.compress(histogram)).statusCode()).isEqualTo(204);
        daemon.awaitViews();
    }

    private static List<TestSample> scrape(long time) {
        List<TestSample> samples = new ArrayList<>();
        for (int metric = 0; metric < METRICS; metric++) {
            for (int series = 0; series < SERIES; series++) {
                samples.add(TestSample.of(
                        "standby_" + metric,
                        time,
                        time % 97 + series,
                        "job",
                        "j",
                        "instance",
                        "i" + series % 5,
                        "n",
                        "" + series));
            }
        }
        return samples;
    }
}
