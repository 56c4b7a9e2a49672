package io.promgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.codec.proto.WriteV2.BucketSpan;
import io.promgres.codec.proto.WriteV2.Exemplar;
import io.promgres.codec.proto.WriteV2.Histogram;
import io.promgres.codec.proto.WriteV2.Metadata;
import io.promgres.codec.proto.WriteV2.Request;
import io.promgres.codec.proto.WriteV2.TimeSeries;
import io.promgres.testing.Await;
import io.promgres.testing.Packed;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.Sql;
import io.promgres.testing.StoredSamples;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xerial.snappy.Snappy;

/** {@code promgres backup} and {@code promgres restore}, of what every part of promgres stores. */
class BackupIT {

    private static final long NOW = System.currentTimeMillis() / 60_000 * 60_000;
    private static final long HOUR = Duration.ofHours(1).toMillis();
    private static final long STALE = 0x7ff0000000000002L;
    private static final int SERIES = 40;
    private static final String JOB = """
            [{"jid": "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "started": "2026-01-01T00:00:00",
              "completed": "2026-01-01T01:00:00", "status": 0, "project": "it"}]""";

    @TempDir
    private Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        return Main.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
    }

    private void succeed(String... arguments) {
        assertThat(run(arguments)).as(err.toString()).isZero();
    }

    private Path file(String name) {
        return directory.resolve(name);
    }

    private void back(TestDatabase database, Path file) {
        succeed("backup", file.toString(), "--db", database.uri().psql());
    }

    private void restore(Path file, TestDatabase database) {
        succeed("restore", file.toString(), "--db", database.uri().psql());
    }

    @Test
    void aRestoredDatabaseShowsTheSameToTheBitAndIngestsOn() throws Exception {
        Path first = file("first.backup");
        Path second = file("second.backup");
        String data = file("data").toString();
        List<TestSample> sent = new ArrayList<>();
        try (TestDatabase original = TestDatabase.migrated();
                TestDatabase restored = TestDatabase.fresh()) {
            fill(original, sent);
            back(original, first);
            assertThat(Files.getPosixFilePermissions(first)).hasSize(2);
            // By way of the embedded database, which may be of another major version.
            succeed("restore", first.toString(), "--data-dir", data, "--db-port", "0");
            succeed("backup", second.toString(), "--data-dir", data, "--db-port", "0");
            restore(second, restored);

            try (Connection here = original.connect();
                    Connection there = restored.connect()) {
                assertThat(StoredSamples.all(there)).isEqualTo(StoredSamples.all(here));
                Map<String, List<String>> shown = shown(here);
                assertThat(shown.keySet())
                        .contains(
                                "prom_histogram.native",
                                "prom_exemplar.native",
                                "prom_latest.steady",
                                "prom_text.steady",
                                "prom_rollup_1h.steady",
                                "energy.fact_usage",
                                "metric_data.perf_test_job");
                assertThat(shown(there)).isEqualTo(shown);
            }
            ingestsOn(restored, sent);
        }
    }

    private static void ingestsOn(TestDatabase restored, List<TestSample> sent) throws Exception {
        try (RunningDaemon daemon = RunningDaemon.on(restored)) {
            List<TestSample> more = new ArrayList<>();
            for (int series = 0; series < SERIES; series++) {
                // Packed and landed ones again, one between packed ones, a new one, one of a new label.
                more.add(steady(series, NOW - 5 * HOUR + 7));
                more.add(steady(series, NOW + 1));
            }
            more.add(TestSample.of("steady", NOW + 1, 3, "job", "node", "later", "label"));
            send(daemon, sent);
            send(daemon, more);
            sent.addAll(more);
            assertThat(daemon.stored()).containsExactlyInAnyOrderElementsOf(sent);
            daemon.execute("CALL prom_api.execute_maintenance()");
            assertThat(daemon.stored()).containsExactlyInAnyOrderElementsOf(sent);
        }
    }

    @Test
    void aBackupWhileSamplesComeAndArePackedHasWhatWasAcknowledgedBeforeIt() throws Exception {
        try (TestDatabase original = TestDatabase.migrated();
                TestDatabase restored = TestDatabase.fresh();
                RunningDaemon daemon = RunningDaemon.on(original)) {
            List<TestSample> before = history();
            send(daemon, before);
            List<TestSample> meanwhile = new ArrayList<>();
            Path file = file("during.backup");
            CompletableFuture<Void> backup = CompletableFuture.runAsync(() -> back(original, file));
            daemon.execute("CALL prom_api.execute_maintenance()");
            for (long time = NOW + 1; !backup.isDone(); time++) {
                TestSample sample = steady((int) (time % SERIES), time);
                meanwhile.add(sample);
                send(daemon, List.of(sample));
            }
            backup.join();
            restore(file, restored);
            try (Connection there = restored.connect()) {
                List<TestSample> stored = StoredSamples.all(there);
                assertThat(stored).doesNotHaveDuplicates().containsAll(before);
                stored.removeAll(before);
                assertThat(meanwhile).containsAll(stored);
            }
        }
    }

    @Test
    void aDatabaseThatHasSomethingIsNotRestoredInto() throws Exception {
        try (TestDatabase original = TestDatabase.migrated();
                TestDatabase other = TestDatabase.migrated()) {
            Path file = file("one.backup");
            back(original, file);
            try (RunningDaemon daemon = RunningDaemon.on(other)) {
                send(daemon, List.of(steady(1, NOW)));
            }
            assertThat(run("restore", file.toString(), "--db", other.uri().psql()))
                    .isEqualTo(1);
            assertThat(err.toString()).contains("is not empty").contains("CREATE DATABASE");
            try (Connection connection = other.connect()) {
                assertThat(StoredSamples.all(connection)).containsExactly(steady(1, NOW));
            }
            assertThat(run("backup", file.toString(), "--db", original.uri().psql()))
                    .isEqualTo(1);
            assertThat(err.toString()).contains("is there already");
        }
    }

    @Test
    void aDamagedBackupRestoresNothingAndAWholeOneAfterwardsDoes() throws Exception {
        try (TestDatabase original = TestDatabase.migrated();
                TestDatabase restored = TestDatabase.migrated()) {
            try (RunningDaemon daemon = RunningDaemon.on(original)) {
                send(daemon, history());
            }
            Path whole = file("whole.backup");
            back(original, whole);
            byte[] bytes = Files.readAllBytes(whole);
            Path cut = Files.write(file("cut.backup"), Arrays.copyOf(bytes, bytes.length / 2));
            for (int i = bytes.length / 4; i < bytes.length / 2; i++) {
                bytes[i] ^= 0x55;
            }
            Path damaged = Files.write(file("damaged.backup"), bytes);
            Path none = Files.writeString(file("none.backup"), "not one");

            for (Path wrong : List.of(cut, damaged, none, file("absent.backup"))) {
                assertThat(run(
                                "restore",
                                wrong.toString(),
                                "--db",
                                restored.uri().psql()))
                        .as(wrong.toString())
                        .isEqualTo(1);
            }
            assertThat(err.toString().lines()).hasSize(4).allMatch(line -> line.startsWith("promgres: "));
            assertThat(err.toString())
                    .contains("cut.backup is no whole backup", "damaged.backup is damaged: ", "there is no file ");
            restore(whole, restored);
            try (Connection here = original.connect();
                    Connection there = restored.connect()) {
                assertThat(StoredSamples.all(there)).isEqualTo(StoredSamples.all(here));
            }
        }
    }

    @Test
    void aBackupThatIsKilledLeavesNoFileThatLooksWhole() throws Exception {
        Path target = file("killed.backup");
        Path unfinished = file("killed.backup.unfinished");
        try (TestDatabase database = TestDatabase.migrated();
                Connection blocker = database.connect()) {
            blocker.setAutoCommit(false);
            Sql.execute(blocker, "LOCK TABLE prom_data.histogram IN ACCESS EXCLUSIVE MODE");
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            "io.promgres.Main",
                            "backup",
                            target.toString(),
                            "--db",
                            database.uri().psql())
                    .redirectErrorStream(true)
                    .redirectOutput(file("log").toFile())
                    .start();
            Await.until("a file that grows", () -> process.isAlive() && Files.exists(unfinished));
            process.destroyForcibly().waitFor();
            blocker.rollback();

            assertThat(target).doesNotExist();
            assertThat(run(
                            "restore",
                            unfinished.toString(),
                            "--db",
                            database.uri().psql()))
                    .isEqualTo(1);
            assertThat(err.toString()).contains("is no whole backup");
            back(database, target);
            assertThat(unfinished).doesNotExist();
        }
    }

    private static TestSample steady(int series, long time) {
        return TestSample.of(
                "steady",
                time,
                series + time % 1000 / 8.0,
                "job",
                "node",
                "instance",
                "host-" + series % 4,
                "series",
                "s" + series);
    }

    private static List<TestSample> history() {
        List<TestSample> samples = new ArrayList<>();
        for (long time = NOW - 6 * HOUR; time <= NOW; time += HOUR / 4) {
            for (int series = 0; series < SERIES; series++) {
                samples.add(steady(series, time));
            }
        }
        return samples;
    }

    private static void send(RunningDaemon daemon, List<TestSample> samples) throws Exception {
        assertThat(daemon.send(samples).statusCode()).isEqualTo(204);
    }

    /** Packed and landed samples, every kind of number, and what is not a sample. */
    private static void fill(TestDatabase database, List<TestSample> sent) throws Exception {
        try (RunningDaemon daemon = RunningDaemon.on(database)) {
            sent.addAll(history());
            for (long bits : new long[] {STALE, 0x7ff8000000000123L, 0xfff0000000000000L, 0x8000000000000000L, 1}) {
                sent.add(TestSample.ofBits("odd Ä\"name", NOW - 5 * HOUR + bits % 97, bits, "__tenant__", "x\n"));
            }
            for (int minute = 0; minute < 10; minute++) {
                for (String mode : List.of("idle", "user")) {
                    sent.add(TestSample.of(
                            "node_cpu_seconds_total",
                            NOW - 3 * HOUR + minute * 60_000,
                            minute * 30,
                            "machine_name",
                            "m1",
                            "mode",
                            mode,
                            "cpu",
                            "0"));
                }
            }
            send(daemon, sent);
            daemon.awaitViews();
            Await.until(
                    "facts",
                    () -> !daemon.value("SELECT count(*) FROM energy.fact_usage")
                            .equals("0"));
            daemon.value("SELECT prom_api.set_metric_rollups('steady', '1h')");
            Await.until("a view of rollups", () -> {
                daemon.execute("CALL prom_api.execute_maintenance()");
                return daemon.value("SELECT to_regclass('prom_rollup_1h.steady') IS NOT NULL")
                        .equals("t");
            });
            assertThat(daemon.value("SELECT count(*) > 0 FROM " + Packed.of("steady")))
                    .isEqualTo("t");
            List<TestSample> late = new ArrayList<>();
            for (int series = 0; series < SERIES; series += 3) {
                late.add(steady(series, NOW - 4 * HOUR + 11));
            }
            send(daemon, late);
            sent.addAll(late);
            assertThat(daemon.sender()
                            .post(
                                    Snappy.compress(natives()),
                                    "application/x-protobuf;proto=io.prometheus.write.v2.Request",
                                    "snappy")
                            .statusCode())
                    .isEqualTo(204);
            assertThat(daemon.sender().postJson("/perf-test/perf_test_job", JOB).statusCode())
                    .isEqualTo(201);
            daemon.execute("INSERT INTO energy.dim_user (user_id, display_name) VALUES ('u1', 'One')");
            daemon.value("SELECT set_metric_retention_period('steady', interval '200 days')");
            daemon.value("SELECT prom_api.make_text_view('steady')");
            daemon.awaitViews();
        }
    }

    /** A native histogram with a start and an exemplar, and what its metric is. */
    private static byte[] natives() {
        List<String> symbols = List.of("", "__name__", "native", "trace_id", "it's", "helps", "s");
        return Request.newBuilder()
                .addAllSymbols(symbols)
                .addTimeseries(TimeSeries.newBuilder()
                        .addLabelsRefs(1)
                        .addLabelsRefs(2)
                        .setMetadata(Metadata.newBuilder()
                                .setType(Metadata.MetricType.METRIC_TYPE_HISTOGRAM)
                                .setHelpRef(5)
                                .setUnitRef(6))
                        .addHistograms(Histogram.newBuilder()
                                .setTimestamp(NOW - 1)
                                .setStartTimestamp(NOW - HOUR)
                                .setCountInt(3)
                                .setSum(0.1)
                                .setZeroCountInt(1)
                                .addPositiveSpans(BucketSpan.newBuilder().setLength(1))
                                .addPositiveDeltas(2))
                        .addExemplars(Exemplar.newBuilder()
                                .setTimestamp(NOW - 1)
                                .setValue(0.1)
                                .addLabelsRefs(3)
                                .addLabelsRefs(4)))
                .build()
                .toByteArray();
    }

    /** Every row that the interface shows, as text, by relation. */
    private static Map<String, List<String>> shown(Connection connection) throws SQLException, IOException {
        Map<String, List<String>> shown = new TreeMap<>();
        for (String relation : Sql.rows(
                connection,
                "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                        + " WHERE c.relkind IN ('r', 'v') AND (n.nspname IN ('prom_metric', 'prom_series', 'prom_latest',"
                        + " 'prom_exemplar', 'prom_histogram', 'prom_text', 'prom_text_latest', 'prom_text_histogram', 'energy', 'metric_data')"
                        + " OR n.nspname LIKE 'prom_rollup_%' OR n.nspname = 'prom_info' AND c.relname IN ('metadata', 'series_start', 'label', 'label_key'))")) {
            shown.put(relation, Sql.rows(connection, "SELECT r::text FROM " + relation + " r ORDER BY 1"));
        }
        return shown;
    }
}
