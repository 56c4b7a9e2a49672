package io.promgres.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.promgres.packing.Packer;
import io.promgres.remoteread.PrometheusServer;
import io.promgres.remoteread.PromqlComparison;
import io.promgres.remoteread.SampleData;
import io.promgres.remotewrite.WriteRequestEncoder;
import io.promgres.store.Database;
import io.promgres.testing.FailingListener;
import io.promgres.testing.Opened;
import io.promgres.testing.Programs;
import io.promgres.testing.PrometheusRelease;
import io.promgres.testing.QueryClient;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.Sender;
import io.promgres.testing.Sql;
import io.promgres.testing.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Promgres, with its samples in both tiers, answers PromQL as a real Prometheus 3 that has the same samples: the queries of the
 * resources promql.txt, promql-3.txt and promql-engine.txt.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EngineBesidePrometheusIT {

    private static final String FEATURES = "promql-experimental-functions,promql-duration-expr";
    /** A text, or the samples of a range. */
    private static final String NO_VECTOR = "[\"'`].*|.*\\]( offset .*| @ .*)?";

    private static final String CHANGED = "later releases answer otherwise than this one";
    private static final Duration BLOCK = Duration.ofHours(2);
    private static final Duration GRACE = Duration.ofMinutes(10);
    private static final double STALE_MARKER = Double.longBitsToDouble(0x7ff0000000000002L);

    private final Instant start = Instant.now().minus(Duration.ofHours(4)).truncatedTo(ChronoUnit.MINUTES);
    private final Instant end = start.plusMillis((long) (SampleData.SAMPLES - 1) * SampleData.STEP_MILLIS);
    private final Opened opened = new Opened();
    private PrometheusServer prometheus;
    private PromqlComparison comparison;

    @BeforeAll
    void storeTheSameSamplesInBoth(@TempDir Path directory) throws Exception {
        PrometheusRelease.THREE.require();
        Programs.require("promtool");
        SampleData data = new SampleData(start.toEpochMilli());
        prometheus = prometheus(directory, data);
        TestDatabase database = opened.add(TestDatabase.migrated());
        Connection lead = opened.add(database.connect());
        // The maintenance of the daemon leaves the samples where they are.
        Sql.execute(lead, "SELECT pg_advisory_lock(1886547826, 3)");
        RunningDaemon daemon = opened.add(RunningDaemon.on(database, "promql.features", FEATURES));
        for (byte[] body : data.requests(10_000)) {
            assertThat(daemon.post(body).statusCode()).isEqualTo(204);
        }
        assertThat(daemon.post(marked()).statusCode()).isEqualTo(204);
        assertThat(new Sender(prometheus.url()).post(marked()).statusCode()).isEqualTo(204);
        pack(database);
        assertThat(daemon.value("SELECT count(*) > 0 FROM _prom_catalog.packed_block"))
                .isEqualTo("t");
        assertThat(daemon.value("SELECT count(*) > 0 FROM prom_data.landing")).isEqualTo("t");
        QueryClient client = new QueryClient(daemon.url());
        comparison = PromqlComparison.ofEngines(prometheus::api, (path, parameters) -> ask(client, path, parameters));
    }

    private PrometheusServer prometheus(Path directory, SampleData data) throws Exception {
        Files.createDirectories(directory);
        PrometheusServer.makeBlocks(directory, Files.writeString(directory.resolve("data.om"), data.openMetrics()));
        return opened.add(PrometheusServer.start(
                PrometheusRelease.THREE,
                directory,
                "storage: {tsdb: {out_of_order_time_window: 12h}}\n",
                "--enable-feature=" + FEATURES,
                "--web.enable-remote-write-receiver"));
    }

    /** Series with marks where they end, which OpenMetrics cannot say: one comes back, one does not. */
    private byte[] marked() {
        WriteRequestEncoder request = new WriteRequestEncoder();
        for (int i = 0; i < SampleData.SAMPLES; i++) {
            long time = start.toEpochMilli() + (long) i * SampleData.STEP_MILLIS;
            if (i % 40 <= 20) {
                request.add(labels("a"), time, i % 40 == 20 ? STALE_MARKER : i);
            }
            if (i <= 700) {
                request.add(labels("b"), time, i == 700 ? STALE_MARKER : i / 7.0);
            }
        }
        return request.encode();
    }

    private static Map<String, String> labels(String instance) {
        return new TreeMap<>(Map.of("__name__", "marked", "instance", instance, "job", "ends"));
    }

    private static void pack(TestDatabase database) throws Exception {
        try (Database connections = new Database(database.uri(), 2, new SimpleMeterRegistry())) {
            Packer packer = new Packer(connections.background(), BLOCK, new FailingListener(), unit -> {});
            for (Packer.Partition partition : packer.seal(GRACE)) {
                packer.pack(partition);
            }
        }
    }

    private static JsonNode ask(QueryClient client, String path, Map<String, String> parameters) {
        String[] pairs = parameters.entrySet().stream()
                .flatMap(entry -> Stream.of(entry.getKey(), entry.getValue()))
                .toArray(String[]::new);
        try {
            return new ObjectMapper().readTree(client.post(path, pairs).body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @AfterAll
    void closeAll() throws Exception {
        opened.close();
    }

    static Stream<String> queries() throws IOException {
        return Stream.of("promql.txt", "promql-3.txt", "promql-engine.txt").flatMap(PromqlComparison::queries);
    }

    @ParameterizedTest
    @MethodSource("queries")
    void aQueryHasTheSameAnswerAtOneTimeAndOverARange(String query) {
        assumeFalse(PromqlComparison.hasChanged(query, prometheus), CHANGED);
        comparison.at(query, end.minus(Duration.ofMinutes(3)));
        comparison.at(query, start.plus(Duration.ofMinutes(95)));
        if (!query.matches(NO_VECTOR)) {
            comparison.over(query, start, end, 173);
        }
    }

    static Stream<String> refused() {
        return PromqlComparison.queries("promql-refused.txt");
    }

    @ParameterizedTest
    @MethodSource("refused")
    void aWrongQueryIsRefusedInTheSameWords(String query) {
        assumeFalse(PromqlComparison.hasChanged(query, prometheus), CHANGED);
        comparison.refused(query, end.minus(Duration.ofMinutes(3)));
    }
}
