package io.promgres.datamodel;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.schema.Migrations;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * pg_dump and pg_restore by a user without privileges, with the installed programs. The roles of promgres are on the server, as
 * another database may have left them there: what is dumped has grants to them.
 */
class DumpIT {

    private static final long NOW = System.currentTimeMillis() / 60_000 * 60_000;
    private static final int METRICS = 150;

    @TempDir
    private Path directory;

    private static int installed(String program) throws IOException, InterruptedException {
        Process process;
        try {
            process = new ProcessBuilder(program, "--version").start();
        } catch (IOException e) {
            return 0;
        }
        Matcher version = Pattern.compile(" (\\d+)")
                .matcher(new String(process.getInputStream().readAllBytes()));
        process.waitFor();
        return version.find() ? Integer.parseInt(version.group(1)) : 0;
    }

    private void run(String... command) throws IOException, InterruptedException {
        Path log = directory.resolve(command[0] + ".log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        assertThat(process.waitFor()).as(Files.readString(log)).isZero();
    }

    private static List<TestSample> samples(long time) {
        List<TestSample> samples = new ArrayList<>();
        for (int metric = 0; metric < METRICS; metric++) {
            samples.add(TestSample.of(
                    "metric_" + metric, time, metric + 0.5, "job", "node", "label_" + metric % 7, "\"'\\"));
        }
        return samples;
    }

    @Test
    void aRestoredDatabaseHasEverySampleAndIngestsOn() throws Exception {
        List<TestSample> sent = new ArrayList<>();
        for (long hours : new long[] {6, 5, 4, 0}) {
            sent.addAll(samples(NOW - Duration.ofHours(hours).toMillis()));
        }
        Path dump = directory.resolve("dump");
        try (TestDatabase withRoles = TestDatabase.fresh("CREATEROLE");
                TestDatabase original = TestDatabase.fresh();
                TestDatabase restored = original.second()) {
            new Migrations(withRoles.uri()).migrate();
            try (RunningDaemon db = RunningDaemon.on(original)) {
                int server = Integer.parseInt(db.value("SELECT current_setting('server_version_num')::int / 10000"));
                Assumptions.assumeTrue(
                        installed("pg_dump") >= server, "needs a pg_dump of this version or a later one");
                db.send(sent);
                db.awaitViews();
                db.execute("CALL prom_api.execute_maintenance()");
                db.value("SELECT set_metric_retention_period('metric_1', interval '200 days')");
                assertThat(db.value("SELECT has_table_privilege('prom_reader', 'prom_metric.metric_1', 'SELECT')"))
                        .isEqualTo("t");
                run(
                        "pg_dump",
                        "--format=custom",
                        "--file=" + dump,
                        original.uri().psql());
            }
            run(
                    "pg_restore",
                    "--no-owner",
                    "--exit-on-error",
                    "--dbname=" + restored.uri().psql(),
                    dump.toString());
            try (RunningDaemon db = RunningDaemon.on(restored)) {
                assertThat(db.stored()).containsExactlyInAnyOrderElementsOf(sent);
                assertThat(db.value("SELECT has_table_privilege('prom_reader', 'prom_metric.metric_1', 'SELECT')"))
                        .isEqualTo("t");

                List<TestSample> more = samples(NOW + 1000);
                more.add(TestSample.of("metric_1", NOW + 1000, 3, "job", "node", "later", "label"));
                db.send(more);
                sent.addAll(more);
                assertThat(db.stored()).containsExactlyInAnyOrderElementsOf(sent);
                assertThat(db.value("SELECT count(*) FROM prom_metric.metric_1 WHERE labels ?? ('later' == 'label')"
                                + " AND get_metric_retention_period('metric_1') = interval '200 days'"))
                        .isEqualTo("1");
            }
        }
    }
}
