package io.promgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.Packed;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.Sql;
import io.promgres.testing.StoredSamples;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backups between promgres of different schemas: the newer one has migrations more, and runs as a process of its own. */
class OlderBackupIT {

    private static final long START =
            System.currentTimeMillis() - Duration.ofHours(9).toMillis();
    private static final int SERIES = 10;

    @TempDir
    private Path directory;

    private final StringWriter said = new StringWriter();

    /** What a later version might change: it looks at rows, and has a view on what is new. */
    @BeforeEach
    void makeTheMigrationsOfTheNewer() throws IOException {
        Path tables = Files.createDirectories(directory.resolve("newer/db/prom/tables"));
        Files.writeString(tables.resolve("V900__later.sql"), """
                ALTER TABLE _prom_catalog.metric ADD COLUMN later text;
                UPDATE _prom_catalog.metric SET later = upper(metric_name);
                CREATE TABLE _prom_catalog.later AS SELECT count(*) AS series FROM _prom_catalog.series;
                """);
        Files.writeString(tables.resolve("R__901_later.sql"), """
                CREATE OR REPLACE VIEW prom_info.later AS
                    SELECT m.later, l.series FROM _prom_catalog.metric m CROSS JOIN _prom_catalog.later l;
                """);
    }

    private int run(String... arguments) {
        return Main.run(new PrintWriter(said, true), new PrintWriter(said, true), arguments);
    }

    private int runNewer(String... arguments) throws Exception {
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                directory.resolve("newer") + File.pathSeparator + System.getProperty("java.class.path"),
                "io.promgres.Main"));
        line.addAll(List.of(arguments));
        Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        said.write(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        return process.waitFor();
    }

    private static void fill(TestDatabase database) throws Exception {
        List<TestSample> samples = new ArrayList<>();
        for (int minute = 0; minute < 9 * 60; minute += 10) {
            for (int series = 0; series < SERIES; series++) {
                samples.add(TestSample.of("load", START + minute * 60_000L, minute / 7.0, "series", "s" + series));
            }
        }
        try (RunningDaemon daemon = RunningDaemon.on(database)) {
            assertThat(daemon.send(samples).statusCode()).isEqualTo(204);
            daemon.execute("CALL prom_api.execute_maintenance()");
            assertThat(daemon.value("SELECT count(*) > 0 FROM " + Packed.of("load")))
                    .isEqualTo("t");
        }
    }

    @Test
    void anOlderBackupIsBroughtToTheTablesOfTheNewerWithItsRowsAndANewerOneIsRefused() throws Exception {
        String older = directory.resolve("older.backup").toString();
        String newer = directory.resolve("newer.backup").toString();
        try (TestDatabase original = TestDatabase.migrated();
                TestDatabase restored = TestDatabase.fresh();
                TestDatabase untouched = TestDatabase.fresh()) {
            fill(original);
            assertThat(run("backup", older, "--db", original.uri().psql())).isZero();

            assertThat(runNewer("restore", older, "--db", restored.uri().psql()))
                    .as(said.toString())
                    .isZero();
            try (Connection here = original.connect();
                    Connection there = restored.connect()) {
                assertThat(StoredSamples.all(there)).isNotEmpty().isEqualTo(StoredSamples.all(here));
                assertThat(Sql.value(there, "SELECT later || ' ' || series FROM prom_info.later"))
                        .isEqualTo("LOAD " + SERIES);
            }

            assertThat(runNewer("backup", newer, "--db", restored.uri().psql()))
                    .as(said.toString())
                    .isZero();
            assertThat(run("restore", newer, "--db", untouched.uri().psql())).isEqualTo(1);
            assertThat(said.toString())
                    .contains("which this one does not know: restore it with that promgres or a later");
            try (Connection there = untouched.connect()) {
                assertThat(Sql.value(there, "SELECT count(*) FROM pg_namespace WHERE nspname = '_prom_catalog'"))
                        .isEqualTo("0");
            }
        }
    }

    @Test
    void anOlderBackupNeedsADatabaseWithoutTheTablesOfTheNewer() throws Exception {
        String older = directory.resolve("older.backup").toString();
        try (TestDatabase original = TestDatabase.migrated();
                TestDatabase migrated = TestDatabase.fresh()) {
            assertThat(run("backup", older, "--db", original.uri().psql())).isZero();
            assertThat(runNewer("migrate", "--db", migrated.uri().psql()))
                    .as(said.toString())
                    .isZero();

            assertThat(runNewer("restore", older, "--db", migrated.uri().psql()))
                    .isEqualTo(1);
            assertThat(said.toString()).contains("has the tables of this promgres already", "CREATE DATABASE");
        }
    }
}
