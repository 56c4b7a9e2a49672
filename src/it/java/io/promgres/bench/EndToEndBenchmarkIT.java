package io.promgres.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.promgres.testing.AnyServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The benchmark works; its figures are nobody's concern here. */
@AnyServer
class EndToEndBenchmarkIT {

    private static final Path JAR = Path.of(System.getProperty("promgres.jar", "target/promgres.jar"));

    @TempDir
    private Path directory;

    /** Without the packaged daemon, as with -Dtest in a fresh clone, there is nothing to measure. */
    @BeforeAll
    static void theDaemonIsPackaged() {
        assumeTrue(Files.exists(JAR));
    }

    @Test
    void aSmallRunFindsEverythingStoredReportsItAndLeavesNothingBehind() throws Exception {
        run("--workloads=b", "--series=1000", "--protocol=2", "--rounds=1", "--packing");

        assertThat(directory.resolve("results.md"))
                .content()
                .contains("| b | 2.0 | 1,000 | promgres |", "| rows, no index |", "| decoder alone", "packing of b 2.0")
                .containsPattern("a day of 1,000 series every 15 s, daemon, packer and database: [0-9]+ s of CPU");
        assertThat(directory.resolve("results.json")).content().contains("\"ofRowsPerMetric\"");
        assertNothingIsLeft();
    }

    @Test
    void twoDaemonsThatDifferInASettingTakeTurnsAndAreCompared() throws Exception {
        run(
                "--workloads=c",
                "--series=1000",
                "--protocol=1",
                "--rounds=3",
                "--compare=energy.enabled=true energy.interval=1s");

        assertThat(directory.resolve("comparison.md"))
                .content()
                .contains(
                        "compared with: {energy.enabled=true, energy.interval=1s}",
                        "workload c, remote write 1.0, 1,000 series")
                .containsPattern("\\| 3 \\| [0-9,]+k \\| [0-9,]+k \\| [0-9.]+ \\|")
                .containsPattern("CPU seconds per million samples, with : without: median [0-9.]+, half of the pairs");
        assertNothingIsLeft();
    }

    @Test
    void queriesAreAskedOfPromgresAndOfRowsWhileSamplesComeIn() throws Exception {
        run("--workloads=a", "--series=1000", "--protocol=1", "--rounds=3", "--queries", "--rate=2000");

        assertThat(directory.resolve("queries.md"))
                .content()
                .containsPattern("\\| one series, last hour, now\\(\\) \\| [0-9.]+ \\| [0-9.]+ \\(")
                .containsPattern("\\| last value of each of [0-9]+ series \\| [0-9.]+ \\| [0-9.]+ \\(")
                .containsPattern("rows: 2k samples/s were offered");
        assertNothingIsLeft();
    }

    private void run(String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of(
                "end-to-end",
                "--jar=" + JAR,
                "--directory=" + directory,
                "--seconds=0.1",
                "--warm-up=0.1",
                "--xmx=256m"));
        all.addAll(List.of(arguments));
        StringWriter err = new StringWriter();
        assertThat(Main.run(new PrintWriter(err), all.toArray(String[]::new)))
                .as(() -> err.toString())
                .isZero();
    }

    private void assertNothingIsLeft() {
        assertThat(directory).isDirectoryNotContaining("glob:**work");
        try (Stream<ProcessHandle> processes = ProcessHandle.allProcesses()) {
            assertThat(processes.filter(
                            process -> process.info().commandLine().orElse("").contains(directory.toString())))
                    .isEmpty();
        }
    }
}
