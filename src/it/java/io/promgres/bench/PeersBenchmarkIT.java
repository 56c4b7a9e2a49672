package io.promgres.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.promgres.testing.AnyServer;
import io.promgres.testing.Programs;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The benchmark beside peers works; no figure of it is looked at here. */
@AnyServer
class PeersBenchmarkIT {

    private static final Path JAR = Path.of(System.getProperty("promgres.jar", "target/promgres.jar"));

    @TempDir
    private Path directory;

    @Test
    void promgresAndAPrometheusTakeTheSameScrapesAndAnswerTheSameQueries() throws Exception {
        assumeTrue(Files.exists(JAR));
        Programs.require("prometheus", "prometheus-node-exporter");
        StringWriter err = new StringWriter();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream before = System.out;
        System.setOut(new PrintStream(out, true));
        try {
            assertThat(Main.run(
                            new PrintWriter(err),
                            "peers",
                            "--jar=" + JAR,
                            "--directory=" + directory,
                            "--hosts=2",
                            "--hours=1",
                            "--recorded=4",
                            "--rest=1",
                            "--xmx=256m"))
                    .as(() -> err.toString())
                    .isZero();
        } finally {
            System.setOut(before);
        }

        assertThat(out.toString())
                .contains("series of 2 hosts", "| promgres | Prometheus")
                .containsPattern("\\| B a sample on disk, in the final form \\| [0-9.]+ \\([0-9.]+\\) \\| [0-9.]+ \\|")
                .containsPattern("\\| ms of `node_load1` \\| [0-9.]+ \\([0-9.]+\\) \\| [0-9.]+ \\|");
        assertThat(directory).isEmptyDirectory();
    }
}
