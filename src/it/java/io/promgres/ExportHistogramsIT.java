package io.promgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.promgres.codec.proto.Remote.WriteRequest;
import io.promgres.codec.proto.Types.BucketSpan;
import io.promgres.codec.proto.Types.Histogram;
import io.promgres.codec.proto.Types.Label;
import io.promgres.codec.proto.Types.TimeSeries;
import io.promgres.remoteread.PrometheusServer;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.xerial.snappy.Snappy;

/** Native histograms leave as classic ones, which say the same to Prometheus. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExportHistogramsIT {

    private static final int SERIES = 3;
    private static final int POINTS = 30;
    private static final int STEP_MILLIS = 15_000;
    private static final Instant START = Instant.now().minus(2, ChronoUnit.DAYS).truncatedTo(ChronoUnit.MINUTES);
    private static final Instant END = START.plusMillis((long) POINTS * STEP_MILLIS);

    private final StringWriter err = new StringWriter();

    @TempDir
    private Path directory;

    private TestDatabase database;
    private RunningDaemon daemon;

    @BeforeAll
    void store() throws Exception {
        database = TestDatabase.migrated();
        daemon = RunningDaemon.on(database);
        WriteRequest.Builder request = WriteRequest.newBuilder();
        for (int n = 0; n < SERIES; n++) {
            request.addTimeseries(series("latency_seconds", n));
        }
        request.addTimeseries(series("both_seconds", 0)).addTimeseries(series("both_seconds", 1));
        assertThat(daemon.post(Snappy.compress(request.build().toByteArray())).statusCode())
                .isEqualTo(204);
        assertThat(daemon.send(TestSample.of("both_seconds_count", START.toEpochMilli(), 1, "instance", "1"))
                        .statusCode())
                .isEqualTo(204);
        daemon.awaitViews();
    }

    @AfterAll
    void stop() throws Exception {
        if (daemon != null) {
            daemon.close();
        }
        if (database != null) {
            database.close();
        }
    }

    /** Of a resolution for each, with some buckets that are first used later. */
    private static TimeSeries.Builder series(String name, int n) {
        TimeSeries.Builder series = TimeSeries.newBuilder()
                .addLabels(Label.newBuilder().setName("__name__").setValue(name))
                .addLabels(Label.newBuilder().setName("instance").setValue(Integer.toString(n)));
        Random random = new Random(n);
        long[] buckets = new long[6];
        for (int point = 0; point < POINTS; point++) {
            int used = point < POINTS / 2 ? 4 : buckets.length;
            Histogram.Builder histogram = Histogram.newBuilder()
                    .setTimestamp(START.toEpochMilli() + (long) point * STEP_MILLIS)
                    .setSchema(n)
                    .setZeroThreshold(1e-3)
                    .setZeroCountInt(point)
                    .addPositiveSpans(BucketSpan.newBuilder().setOffset(-2).setLength(used));
            long count = point;
            for (int i = 0; i < used; i++) {
                buckets[i] += 1 + random.nextInt(9);
                histogram.addPositiveDeltas(buckets[i] - (i == 0 ? 0 : buckets[i - 1]));
                count += buckets[i];
            }
            series.addHistograms(histogram.setCountInt(count).setSum(count * 0.7));
        }
        return series;
    }

    @Test
    void promtoolMakesBlocksOfThemThatHaveTheSameCountsSumsAndQuantiles() throws Exception {
        Assumptions.assumeTrue(PrometheusServer.isInstalled(), "needs prometheus and promtool in /usr/bin");
        Path text = directory.resolve("latency.om");
        assertThat(export(text, "latency_seconds")).as(err.toString()).isZero();
        assertThat(err.toString()).contains("Exported 0 samples and 90 native histograms as classic ones.");
        Path home = Files.createDirectories(directory.resolve("prometheus"));
        PrometheusServer.makeBlocks(home, text);
        try (PrometheusServer prometheus = PrometheusServer.start(home, "global: {}\n")) {
            for (int point = 0; point < POINTS; point += 7) {
                Instant time = START.plusMillis((long) point * STEP_MILLIS);
                assertSame(prometheus, time, "latency_seconds_count", "count");
                assertSame(prometheus, time, "latency_seconds_sum", "sum");
                for (double quantile : new double[] {0.01, 0.25, 0.5, 0.9, 0.99}) {
                    assertSame(
                            prometheus,
                            time,
                            "histogram_quantile(" + quantile + ", latency_seconds_bucket)",
                            "histogram_quantile(" + quantile + ", histogram, 'linear')");
                }
            }
        }
    }

    private void assertSame(PrometheusServer prometheus, Instant time, String promql, String sql) throws Exception {
        JsonNode answer = prometheus
                .api("/api/v1/query", Map.of("query", promql, "time", Double.toString(time.toEpochMilli() / 1000.0)))
                .at("/data/result");
        assertThat(answer).as(promql).hasSize(SERIES);
        for (JsonNode one : answer) {
            String expected = daemon.value(
                    "SELECT " + sql + " FROM prom_histogram.latency_seconds WHERE time = ?::timestamptz"
                            + " AND prom_api.val(instance_id) = ?",
                    time.toString(),
                    one.at("/metric/instance").asText());
            double value = Double.parseDouble(expected);
            assertThat(one.at("/value/1").asDouble()).as(promql).isCloseTo(value, within(Math.abs(value) * 1e-12));
        }
    }

    @Test
    void nothingIsThereTwiceWhereClassicHistogramsAreExportedToo() throws Exception {
        Path text = directory.resolve("both.om");
        assertThat(export(text, "{__name__=~\"both_seconds.*\"}")).isZero();
        assertThat(Files.readAllLines(text))
                .filteredOn(line -> line.startsWith("both_seconds_count"))
                .hasSize(POINTS + 1);
        assertThat(err.toString())
                .contains("Exported 1 samples and 30 native histograms as classic ones.")
                .contains("Left out: 30 native histograms of 1 series, because their classic histograms are exported");
    }

    @Test
    void theyAreLeftOutIfThatIsWanted() throws Exception {
        Path text = directory.resolve("skipped.om");
        assertThat(export(text, "latency_seconds", "--histograms", "skip")).isZero();
        assertThat(text).hasContent("# EOF");
        assertThat(err.toString())
                .contains("Exported 0 samples.")
                .contains("Left out: 90 native histograms of 3 series.");
    }

    @Test
    void whatIsNoWayToExportThemIsWrongUsage() {
        assertThat(export(directory.resolve("never.om"), "latency_seconds", "--histograms", "native"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("--histograms").containsIgnoringCase("classic, skip");
        assertThat(directory.resolve("never.om")).doesNotExist();
    }

    private int export(Path output, String selector, String... more) {
        err.getBuffer().setLength(0);
        List<String> arguments = new ArrayList<>(List.of(
                "export",
                "--db",
                database.uri().psql(),
                "--start",
                START.toString(),
                "--end",
                END.toString(),
                "--match",
                selector,
                "--output",
                output.toString()));
        arguments.addAll(List.of(more));
        return Main.run(new PrintWriter(new StringWriter()), new PrintWriter(err), arguments.toArray(String[]::new));
    }
}
