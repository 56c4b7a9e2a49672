package io.promgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.remoteread.PrometheusServer;
import io.promgres.remoteread.SampleData;
import io.promgres.testing.AnyServer;
import io.promgres.testing.PrometheusApi;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.StubServer;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.io.File;
import java.io.PrintWriter;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** History of a real Prometheus is copied into a daemon. */
@AnyServer
class ImportIT {

    private static final Instant START = Instant.now().minus(2, ChronoUnit.DAYS).truncatedTo(ChronoUnit.MINUTES);
    private static final Instant END = START.plusMillis((long) SampleData.SAMPLES * SampleData.STEP_MILLIS);

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path directory;

    private TestDatabase database;
    private RunningDaemon daemon;
    private PrometheusServer prometheus;

    @BeforeEach
    void startBoth() throws Exception {
        Assumptions.assumeTrue(PrometheusServer.isInstalled(), "needs prometheus and promtool in /usr/bin");
        Path home = Files.createDirectories(directory.resolve("prometheus"));
        String text = new SampleData(START.toEpochMilli()).openMetrics();
        PrometheusServer.makeBlocks(home, Files.writeString(directory.resolve("data.om"), text));
        prometheus = PrometheusServer.start(home, "global: {}\n");
        database = TestDatabase.migrated();
        daemon = RunningDaemon.on(database);
    }

    @AfterEach
    void stopBoth() throws Exception {
        if (prometheus != null) {
            prometheus.close();
        }
        if (daemon != null) {
            daemon.close();
        }
        if (database != null) {
            database.close();
        }
    }

    @Test
    void theViewsHaveWhatPrometheusHasAndImportingTwiceAddsNothing() throws Exception {
        assertThat(run(arguments(daemon.url(), "first"))).as(err.toString()).isZero();
        List<TestSample> expected = samplesOfPrometheus();
        assertThat(expected).hasSizeGreaterThan(30_000);
        assertThat(daemon.stored()).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(out.toString()).contains("Imported " + String.format("%,d", expected.size()) + " samples.");

        assertThat(run(arguments(daemon.url(), "second"))).as(err.toString()).isZero();
        assertThat(daemon.stored()).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void anEndInTheFutureMarksNothingAsDoneThatIsStillToCome() throws Exception {
        List<String> arguments = new ArrayList<>(arguments(daemon.url(), "state"));
        Instant tomorrow = Instant.now().plus(1, ChronoUnit.DAYS);
        arguments.set(arguments.indexOf("--end") + 1, Long.toString(tomorrow.getEpochSecond()));
        for (int i = 0; i < 2; i++) {
            assertThat(run(arguments)).as(err.toString()).isZero();
            assertThat(out.toString()).contains("lies in the future: samples up to");
        }
        assertThat(daemon.stored()).containsExactlyInAnyOrderElementsOf(samplesOfPrometheus());
        Properties state = new Properties();
        try (Reader in = Files.newBufferedReader(Path.of(arguments.get(arguments.indexOf("--state") + 1)))) {
            state.load(in);
        }
        assertThat(Instant.parse(state.getProperty("done"))).isBeforeOrEqualTo(Instant.now());
    }

    @Test
    void selectorsAndTimesChooseWhatIsImported() throws Exception {
        Instant from = START.plus(1, ChronoUnit.HOURS);
        List<String> arguments = new ArrayList<>(arguments(daemon.url(), "state"));
        arguments.set(arguments.indexOf("--start") + 1, Long.toString(from.getEpochSecond()));
        arguments.addAll(List.of("--match", "up{instance=~\"host-[12].*\"}", "--match", "temperature_celsius"));
        assertThat(run(arguments)).as(err.toString()).isZero();
        List<TestSample> expected = samplesOfPrometheus().stream()
                .filter(sample -> sample.time() >= from.toEpochMilli())
                .filter(sample -> sample.labels().get("__name__").equals("temperature_celsius")
                        || sample.labels().get("__name__").equals("up")
                                && sample.labels().get("instance").matches("host-[12].*"))
                .toList();
        assertThat(daemon.stored()).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void anImportThatIsKilledGoesOnWhereItWas() throws Exception {
        CompletableFuture<Process> process = new CompletableFuture<>();
        AtomicInteger requests = new AtomicInteger();
        try (StubServer door = new StubServer(visit -> {
            if (requests.incrementAndGet() == 2) {
                // Stored, but the process never knows.
                visit.ask(daemon.url());
                process.join().destroyForcibly();
            } else {
                visit.passOn(daemon.url());
            }
        })) {
            List<String> arguments = arguments(door.url(), "state");
            process.complete(process(arguments).start());
            assertThat(process.join().waitFor()).isNotZero();

            assertThat(run(arguments)).as(err.toString()).isZero();
            assertThat(out.toString()).contains("Goes on at " + START.plus(1, ChronoUnit.HOURS));
            assertThat(daemon.stored()).containsExactlyInAnyOrderElementsOf(samplesOfPrometheus());
        }
    }

    @Test
    void aPromgresThatIsBusyIsAskedAgain() throws Exception {
        AtomicInteger requests = new AtomicInteger();
        try (StubServer door = new StubServer(visit -> {
            if (requests.incrementAndGet() == 1) {
                visit.answer(503, "text/plain", "not now");
            } else {
                visit.passOn(daemon.url());
            }
        })) {
            assertThat(run(arguments(door.url(), "state"))).as(err.toString()).isZero();
            assertThat(out.toString()).contains("the answer is 503: not now; tried again in");
            assertThat(daemon.stored()).containsExactlyInAnyOrderElementsOf(samplesOfPrometheus());
        }
    }

    @Test
    void aFinishedImportDoesNothingMore() throws Exception {
        assertThat(run(arguments(daemon.url(), "state"))).as(err.toString()).isZero();
        try (StubServer door = new StubServer(visit -> visit.answer(500, "text/plain", "nobody should ask"))) {
            List<String> arguments = new ArrayList<>(arguments(daemon.url(), "state"));
            assertThat(run(arguments)).as(err.toString()).isZero();
            assertThat(out.toString()).contains("Nothing was left to do");
            arguments.set(arguments.indexOf("--from") + 1, door.url());
            assertThat(run(arguments)).isEqualTo(1);
            assertThat(err.toString()).contains("belongs to another import");
        }
    }

    @Test
    void anImportThatNothingMatchesSaysSoAndIsNotCalledDone() throws Exception {
        List<String> arguments = new ArrayList<>(arguments(daemon.url(), "state"));
        arguments.addAll(List.of("--match", "{__name__=\"no_such_metric\"}"));
        assertThat(run(arguments)).as(err.toString()).isZero();
        assertThat(out.toString())
                .contains("The source has nothing of what was left to do", "no_such_metric")
                .doesNotContain("Nothing was left");
    }

    private List<TestSample> samplesOfPrometheus() throws Exception {
        return new PrometheusApi(prometheus.port()).samples(START.toEpochMilli() - 1, END.toEpochMilli());
    }

    private List<String> arguments(String to, String state) {
        return List.of(
                "import",
                "--from",
                prometheus.url(),
                "--to",
                to,
                "--start",
                START.toString(),
                "--end",
                END.toString(),
                "--state",
                directory.resolve(state).toString());
    }

    private int run(List<String> arguments) {
        return Main.run(new PrintWriter(out), new PrintWriter(err), arguments.toArray(String[]::new));
    }

    private ProcessBuilder process(List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(arguments);
        File log = directory.resolve("log").toFile();
        return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log);
    }
}
