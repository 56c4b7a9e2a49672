package io.promgres.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.Main;
import io.promgres.schema.Migrations;
import io.promgres.testing.AnyServer;
import io.promgres.testing.Packed;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.StoredSamples;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An embedded database of PostgreSQL 15 comes to the PostgreSQL of this promgres, as operations.md says it. */
@AnyServer
class EmbeddedUpgradeIT {

    private static final long START =
            System.currentTimeMillis() - Duration.ofHours(9).toMillis();

    /** The archive of PostgreSQL 15, which an older promgres would bring. */
    private static final Path OLDER = Path.of(System.getProperty("test.postgres.older.jar"));

    @TempDir
    private Path directory;

    private final StringWriter said = new StringWriter();

    private int run(String... arguments) {
        return Main.run(new PrintWriter(said, true), new PrintWriter(said, true), arguments);
    }

    private static void fill(EmbeddedPostgres server) throws Exception {
        new Migrations(server.uri()).migrate();
        List<TestSample> samples = new ArrayList<>();
        for (int minute = 0; minute < 9 * 60; minute += 5) {
            for (int series = 0; series < 20; series++) {
                samples.add(TestSample.of("load", START + minute * 60_000L, minute / 7.0, "series", "s" + series));
            }
        }
        try (RunningDaemon daemon = RunningDaemon.on(server.uri())) {
            assertThat(daemon.send(samples).statusCode()).isEqualTo(204);
            // Some of it is packed.
            daemon.execute("CALL prom_api.execute_maintenance()");
            assertThat(daemon.value("SELECT count(*) > 0 FROM " + Packed.of("load")))
                    .isEqualTo("t");
        }
    }

    private static List<TestSample> stored(EmbeddedPostgres server) throws Exception {
        try (Connection connection = TestDatabase.connect(server.uri())) {
            return StoredSamples.all(connection);
        }
    }

    @BeforeAll
    static void needsTheOlderOne() {
        // The whole check copies it; a single class is run without that.
        Assumptions.assumeTrue(Files.isRegularFile(OLDER), OLDER + " is not in the local repository");
    }

    @BeforeEach
    void letEveryUserEnter() throws IOException {
        // The server of root runs as another user; the programs of PostgreSQL 15 change to where they were started.
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Test
    void aBackupOfTheOldOneIsRestoredIntoANewOneAndHasEverySample() throws Exception {
        Path old = directory.resolve("old");
        Path next = directory.resolve("next");
        String file = directory.resolve("all.backup").toString();
        List<TestSample> samples;
        try (EmbeddedPostgres server = EmbeddedPostgres.start(
                new EmbeddedPostgres.Options(old, 0, BinaryArchive.ofJar(OLDER), Optional.empty(), Map.of()))) {
            fill(server);
            samples = stored(server);
            assertThat(samples).hasSize(9 * 12 * 20);
            assertThat(run("backup", file, "--data-dir", old.toString()))
                    .as(said.toString())
                    .isZero();
        }

        assertThat(run("serve", "--listen", "127.0.0.1:0", "--data-dir", old.toString(), "--db-port", "0"))
                .isEqualTo(1);
        assertThat(said.toString())
                .contains("made by PostgreSQL 15, but this promgres brings PostgreSQL 18", "promgres backup FILE");

        assertThat(run("restore", file, "--data-dir", next.toString(), "--db-port", "0"))
                .as(said.toString())
                .isZero();
        try (EmbeddedPostgres server = EmbeddedPostgres.start(next, 0)) {
            assertThat(stored(server)).isEqualTo(samples);
        }
    }
}
