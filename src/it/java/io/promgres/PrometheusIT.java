package io.promgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.contentOf;

import io.promgres.testing.AnyServer;
import io.promgres.testing.Await;
import io.promgres.testing.PackagedDaemon;
import io.promgres.testing.Programs;
import io.promgres.testing.PrometheusApi;
import io.promgres.testing.PrometheusRelease;
import io.promgres.testing.Sql;
import io.promgres.testing.TestSample;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A real Prometheus scrapes itself and a node exporter every second and writes to the packaged jar: what its API returns
 * and what the views return is the same, sample by sample.
 */
@AnyServer
class PrometheusIT {

    private static final long STALE_MARKER = 0x7ff0000000000002L;
    private static final int SCRAPES = 5;

    /** Milliseconds since the epoch; empty as long as a target has no sample. */
    private static final String FIRST = """
            SELECT CASE WHEN count(*) = 2 THEN (extract(epoch FROM max(first)) * 1000)::bigint END
            FROM (SELECT min(time) AS first FROM prom_metric.up GROUP BY job_id) t""";

    @TempDir
    private Path directory;

    private PackagedDaemon daemon;
    private Process nodeExporter;
    private Process prometheus;
    private PrometheusApi api;

    /** @param protocol further lines of its remote_write */
    private void start(PrometheusRelease release, String protocol) throws Exception {
        release.require();
        Programs.require("prometheus-node-exporter");
        daemon = PackagedDaemon.start(directory);
        int exporterPort = Programs.freePort();
        nodeExporter = Programs.start(
                directory.resolve("node-exporter.log"),
                "prometheus-node-exporter",
                "--web.listen-address=127.0.0.1:" + exporterPort);
        int port = Programs.freePort();
        String configuration = configuration(port, exporterPort) + '\n' + protocol;
        prometheus = release.start(
                directory.resolve("prometheus.log"),
                "--config.file=" + Files.writeString(directory.resolve("prometheus.yml"), configuration),
                "--storage.tsdb.path=" + directory.resolve("prometheus"),
                "--web.listen-address=127.0.0.1:" + port);
        api = new PrometheusApi(port);
        Await.until("Prometheus is up", () -> {
            assertThat(prometheus.isAlive())
                    .as(() -> contentOf(directory.resolve("prometheus.log").toFile()))
                    .isTrue();
            return api.isReady();
        });
    }

    /** The remote_write block is the one that the daemon prints, for a user to paste. */
    private String configuration(int port, int exporterPort) {
        String greeting = daemon.greeting();
        String block = greeting.substring(greeting.indexOf("    remote_write:"), greeting.indexOf("SQL:"))
                .stripTrailing()
                .stripIndent();
        return """
                global:
                  scrape_interval: 1s
                scrape_configs:
                  - job_name: prometheus
                    static_configs: [{targets: ['127.0.0.1:%d']}]
                  - job_name: node
                    static_configs: [{targets: ['127.0.0.1:%d']}]
                """.formatted(port, exporterPort) + block;
    }

    @AfterEach
    void stop() throws Exception {
        if (prometheus != null) {
            Programs.stop(prometheus);
            Programs.stop(nodeExporter);
        }
        if (daemon != null) {
            daemon.close();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"INSTALLED|''", "THREE|''", "THREE|'    protobuf_message: io.prometheus.write.v2.Request'"})
    void theViewsHoldWhatPrometheusHasAlsoAcrossARestartOfTheDaemon(PrometheusRelease release, String protocol)
            throws Exception {
        start(release, protocol);
        awaitScrapes();
        assertSame(api.value("max(timestamp(up))"));

        double beforeRestart = api.value("max(timestamp(up))");
        int port = daemon.port();
        assertThat(daemon.stop()).isZero();
        Await.until("scrapes without a daemon", () -> api.value("max(timestamp(up))") > beforeRestart + 2);
        daemon = PackagedDaemon.start(directory, port);
        double restarted = api.value("max(timestamp(up))");
        Await.until("scrapes after the restart", () -> api.value("max(timestamp(up))") > restarted + 2);
        assertSame(api.value("max(timestamp(up))"));
    }

    private void awaitScrapes() throws Exception {
        Await.until(
                "scrapes of both targets",
                () -> api.value("min(count_over_time(up[5m]))") >= SCRAPES && api.value("sum(up)") == 2);
    }

    /** Compares the time from the first scrape that was written to this one. */
    private void assertSame(double untilSeconds) throws Exception {
        long until = Math.round(untilSeconds * 1000);
        long after;
        try (Connection connection = daemon.connect()) {
            Await.until(
                    "the first samples",
                    () -> !Sql.rows(connection, "SELECT to_regclass('prom_metric.up')")
                            .contains(""));
            Await.until(
                    "the first samples of both",
                    () -> !Sql.rows(connection, FIRST).contains(""));
            after = Long.parseLong(Sql.rows(connection, FIRST).get(0));
            List<TestSample> expected = api.samples(after, until);
            assertThat(expected).hasSizeGreaterThan(2_000);
            Await.until(
                    "all of %d samples".formatted(expected.size()),
                    () -> landed(connection, after, until) >= expected.size());
        }
        List<TestSample> stored = daemon.stored().stream()
                .filter(sample -> sample.time() > after && sample.time() <= until && sample.bits() != STALE_MARKER)
                .toList();
        Set<TestSample> expected = new HashSet<>(api.samples(after, until));
        Set<TestSample> distinct = new HashSet<>(stored);
        assertThat(stored).hasSameSizeAs(distinct);
        assertThat(difference(expected, distinct)).as("not stored").isEmpty();
        assertThat(difference(distinct, expected)).as("not in Prometheus").isEmpty();
    }

    private static long landed(Connection connection, long after, long until) throws Exception {
        return Long.parseLong(Sql.rows(connection, """
                        SELECT coalesce(sum(cardinality(array_remove(values, NULL))), 0) FROM prom_data.landing
                        WHERE time > to_timestamp(?::float8 / 1000) AND time <= to_timestamp(?::float8 / 1000)""", after, until).get(0));
    }

    private static List<TestSample> difference(Set<TestSample> of, Set<TestSample> without) {
        return of.stream().filter(sample -> !without.contains(sample)).limit(10).toList();
    }
}
