package io.promgres.promql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.promgres.packing.Packer;
import io.promgres.promql.data.SampleSource;
import io.promgres.query.StoredSource;
import io.promgres.store.Database;
import io.promgres.testing.Await;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.Sql;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.WriteBody;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The scripts of Prometheus' own engine tests on a PostgreSQL: what they load is sent to a daemon by remote write 2.0, and
 * asked for where it has landed, and again where it is packed. The property test.promql names their folder.
 */
class PromqlScriptsIT {

    private static final Duration BLOCK = Duration.ofHours(2);
    private static final Duration GRACE = Duration.ofMinutes(10);
    private static final String V2 = "application/x-protobuf;proto=io.prometheus.write.v2.Request";

    /** Later than what any script loads, so that all of it has been, and is packed. */
    private static final Duration LONGEST_LOAD = Duration.ofDays(30);

    /**
     * A series has a start from its first sample with it to the next start, so that no sample is without one in between:
     * promgres keeps the starts of a series, not of each sample.
     */
    private static final List<String> NOT_AS_STORED =
            List.of("start_timestamps.test line 305: start_timestamp(series)");

    private final long base =
            Instant.now().minus(LONGEST_LOAD).truncatedTo(ChronoUnit.DAYS).toEpochMilli();
    private final ScriptRequests requests = new ScriptRequests(base);
    private int loads;

    @Test
    void theScriptsPassOnADatabaseWhereTheirSamplesHaveLandedAndWhereTheyArePacked() throws Exception {
        assumeFalse(PromqlScriptsTest.FOLDER.isEmpty(), PromqlScriptsTest.MISSING);
        Map<String, String> passed = new LinkedHashMap<>();
        List<String> failures = new ArrayList<>();
        run(passed, failures, this::remember);
        try (TestDatabase empty = TestDatabase.migrated();
                Connection lead = leadOf(empty);
                RunningDaemon daemon = RunningDaemon.on(empty);
                Database database = new Database(empty.uri(), 8, new SimpleMeterRegistry())) {
            write(daemon);
            SampleSource store = new StoredSource(database);
            run(passed, failures, samples -> next(store));
            assertThat(daemon.value("SELECT count(*) FROM _prom_catalog.packed_block"))
                    .isEqualTo("0");
            pack(daemon, database);
            run(passed, failures, samples -> next(store));
            assertThat(daemon.value("SELECT count(*) FROM prom_data.landing")).isEqualTo("0");
        }
        passed.forEach((file, counts) -> System.out.printf("promql %s %s%n", file, counts));
        assertThat(failures.stream().map(failure -> failure.lines().findFirst().orElseThrow()))
                .as(String.join("\n", failures))
                .hasSameElementsAs(NOT_AS_STORED);
    }

    /** Leads the maintenance in the daemon's place, which packs nothing before this test does. */
    private static Connection leadOf(TestDatabase database) throws SQLException {
        Connection lead = database.connect();
        Sql.execute(lead, "SELECT pg_advisory_lock(1886547826, 3)");
        return lead;
    }

    private void run(Map<String, String> passed, List<String> failures, ScriptRunner.Store store) throws Exception {
        loads = 0;
        for (Path file : PromqlScriptsTest.files()) {
            ScriptRunner runner = new ScriptRunner(store, ScriptRunner.optionsOf(file));
            runner.run(Script.read(file));
            int succeeded = runner.queries() - runner.failures().size();
            passed.merge(file.getFileName().toString(), " | " + succeeded + "/" + runner.queries(), String::concat);
            runner.failures().forEach(failure -> failures.add(file.getFileName() + " " + failure));
        }
    }

    private SampleSource remember(MemorySource samples) {
        String load = Integer.toString(loads++);
        samples.all().forEach((labels, values) -> requests.add(labels.with(ShiftedSource.LOAD, load), values));
        return samples;
    }

    private SampleSource next(SampleSource store) {
        return new ShiftedSource(store, Integer.toString(loads++), base);
    }

    private void write(RunningDaemon daemon) throws Exception {
        for (byte[] message : requests.messages()) {
            HttpResponse<String> answer = daemon.sender().post(WriteBody.compress(message), V2, "snappy");
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(204);
        }
        daemon.awaitViews();
    }

    private static void pack(RunningDaemon daemon, Database database) throws Exception {
        Packer packer = new Packer(database.background(), BLOCK, new Silent(), unit -> {});
        Await.until("every partition is packed", () -> {
            for (Packer.Partition partition : packer.seal(GRACE)) {
                packer.pack(partition);
            }
            return daemon.value("SELECT count(*) FROM _prom_catalog.landing_partition WHERE sealed")
                    .equals("0");
        });
    }

    /** Failures stay in the landing table, where they are found. */
    private static final class Silent implements Packer.Listener {
        @Override
        public void packed(long samples, long withoutSeries, Duration duration) {}

        @Override
        public void failed(String reason) {}

        @Override
        public void mismatch() {}
    }
}
