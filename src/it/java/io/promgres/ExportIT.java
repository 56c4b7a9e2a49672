package io.promgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.remoteread.PrometheusServer;
import io.promgres.remoteread.SampleData;
import io.promgres.testing.PrometheusApi;
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
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What is stored leaves as text that Prometheus' own tool takes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExportIT {

    private static final Instant START = Instant.now().minus(2, ChronoUnit.DAYS).truncatedTo(ChronoUnit.MINUTES);
    private static final Instant END = START.plusMillis((long) SampleData.SAMPLES * SampleData.STEP_MILLIS);

    private final StringWriter err = new StringWriter();

    @TempDir
    private Path directory;

    private TestDatabase database;
    private RunningDaemon daemon;

    @BeforeAll
    void store() throws Exception {
        database = TestDatabase.migrated();
        daemon = RunningDaemon.on(database);
        for (byte[] body : new SampleData(START.toEpochMilli()).requests(10_000)) {
            assertThat(daemon.post(body).statusCode()).isEqualTo(204);
        }
        daemon.value("""
                SELECT _prom_catalog.store_metadata(
                    ARRAY['http_requests_total', 'temperature_celsius', 'up'],
                    ARRAY['counter', 'gauge', 'gauge'],
                    ARRAY['', 'celsius', ''],
                    ARRAY[E'Requests,\\nby "code" \\\\o/', 'Temperature', ''])""");
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

    @Test
    void promtoolMakesBlocksOfItThatHaveTheSameSamples() throws Exception {
        Assumptions.assumeTrue(PrometheusServer.isInstalled(), "needs prometheus and promtool in /usr/bin");
        Path text = directory.resolve("all.om");
        assertThat(export(text, "{__name__!=\"\"}")).as(err.toString()).isZero();
        List<TestSample> stored = daemon.stored();
        assertThat(err.toString()).contains("Exported " + String.format("%,d", stored.size()) + " samples.");

        Path home = Files.createDirectories(directory.resolve("prometheus"));
        PrometheusServer.makeBlocks(home, text);
        try (PrometheusServer prometheus = PrometheusServer.start(home, "global: {}\n")) {
            List<TestSample> samples =
                    new PrometheusApi(prometheus.port()).samples(START.toEpochMilli() - 1, END.toEpochMilli());
            assertThat(samples).hasSizeGreaterThan(30_000).containsExactlyInAnyOrderElementsOf(withUsualNaN(stored));
        }
    }

    /** Text has one NaN, and Prometheus reads it as its own. */
    private static List<TestSample> withUsualNaN(List<TestSample> samples) {
        return samples.stream()
                .map(sample -> Double.isNaN(sample.value())
                        ? new TestSample(sample.labels(), sample.time(), 0x7ff8000000000001L)
                        : sample)
                .toList();
    }

    @Test
    void metadataStandsBeforeTheFamily() throws Exception {
        Path text = directory.resolve("some.om");
        assertThat(export(text, "http_requests_total{instance=~\"host-1.*\",code=\"200\"}", "temperature_celsius"))
                .isZero();
        List<String> lines = Files.readAllLines(text);
        assertThat(lines)
                .startsWith(
                        "# TYPE http_requests counter",
                        "# HELP http_requests Requests,\\nby \\\"code\\\" \\\\o/",
                        "http_requests_total{code=\"200\",instance=\"host-1:9100\",job=\"api\"} 0 "
                                + START.getEpochSecond())
                .containsSequence(
                        "# TYPE temperature_celsius gauge",
                        "# UNIT temperature_celsius celsius",
                        "# HELP temperature_celsius Temperature")
                .endsWith("# EOF");
        assertThat(lines.stream().filter(line -> line.startsWith("http_requests_total{")))
                .hasSize(SampleData.SAMPLES);
    }

    @Test
    void aSeriesThatTwoSelectorsMatchIsThereOnce() throws Exception {
        Path text = directory.resolve("twice.om");
        assertThat(export(text, "up{job=\"lone\"}", "{job=\"lone\"}")).isZero();
        assertThat(Files.readAllLines(text))
                .filteredOn(line -> line.startsWith("up"))
                .hasSize(SampleData.SAMPLES);
    }

    @Test
    void nothingThatMatchesIsAnEmptyTextThatIsWholeAndAFailureThatSaysWhy() {
        Path text = directory.resolve("nothing.om");
        assertThat(export(text, "no_such_metric", "up{job=\"nothing\"}")).isEqualTo(1);
        assertThat(text).hasContent("# EOF");
        assertThat(err.toString())
                .startsWith(
                        "promgres: nothing to export: no series matches --match (no_such_metric up{job=\"nothing\"})")
                .hasLineCount(1);
    }

    @Test
    void seriesWithoutSamplesInTheRangeAreToldApartFromNoSeries() {
        Path text = directory.resolve("later.om");
        assertThat(export(text, END.plus(1, ChronoUnit.DAYS), END.plus(2, ChronoUnit.DAYS), "up"))
                .isEqualTo(1);
        assertThat(err.toString()).contains("nothing to export: ").containsAnyOf("series match --match", "no series");
        assertThat(err.toString()).contains("from " + END.plus(1, ChronoUnit.DAYS) + " to ");
    }

    @Test
    void aFileThatCannotBeWrittenIsNamed() {
        assertThat(export(directory.resolve("no/such/directory"), "up")).isEqualTo(1);
        assertThat(err.toString()).contains("no/such/directory");
    }

    private int export(Path output, String... selectors) {
        return export(output, START, END, selectors);
    }

    private int export(Path output, Instant start, Instant end, String... selectors) {
        err.getBuffer().setLength(0);
        List<String> arguments = new ArrayList<>(List.of(
                "export",
                "--db",
                database.uri().psql(),
                "--start",
                start.toString(),
                "--end",
                end.toString(),
                "--output",
                output.toString()));
        Arrays.asList(selectors).forEach(selector -> arguments.addAll(List.of("--match", selector)));
        return Main.run(new PrintWriter(new StringWriter()), new PrintWriter(err), arguments.toArray(String[]::new));
    }
}
