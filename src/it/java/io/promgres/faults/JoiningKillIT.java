package io.promgres.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.AnyServer;
import io.promgres.testing.PackagedDaemon;
import io.promgres.testing.Sql;
import io.promgres.testing.TestSample;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The daemon and its database are killed while blocks are joined to longer ones, late samples among them: all samples are there
 * once. The system property {@code faults.kills} has them killed more often.
 */
@AnyServer
class JoiningKillIT {

    private static final int KILLS = Integer.getInteger("faults.kills", 2);
    private static final int MOST_MILLIS_OF_JOINING = 900;
    private static final int SERIES = 24;
    private static final int DAYS = 3;
    private static final int SAMPLES_OF_A_REQUEST = 2_000;

    /** All that the views show, as they show it. */
    private static final String SHOWN = """
            SELECT count(*), md5(string_agg(concat_ws(' ', series_id, time, value), ',' ORDER BY series_id, time))
            FROM (SELECT series_id, time, value FROM prom_metric.joined_a
                  UNION ALL SELECT series_id, time, value FROM prom_metric.joined_b) a""";

    private static final String NOT_JOINED = "SELECT count(*) FROM prom_data.vector WHERE joined = 0";

    @TempDir
    private Path directory;

    private final Random random = new Random(11);
    private final Instant start = Instant.now().truncatedTo(ChronoUnit.DAYS).minus(Duration.ofDays(DAYS + 1));

    @Test
    void allSamplesAreThereOnceWhenTheJoinerIsKilledAgainAndAgain() throws Exception {
        PackagedDaemon daemon = PackagedDaemon.start(directory);
        int port = daemon.port();
        try {
            List<TestSample> late = new ArrayList<>();
            send(daemon, samples(late));
            execute(daemon, "SELECT prom_api.set_joining_setting(false)");
            execute(daemon, "CALL prom_api.execute_maintenance()");
            assertThat(value(daemon, "SELECT count(*) FROM prom_data.landing")).isEqualTo("0");
            execute(daemon, "SELECT prom_api.set_joining_setting(true)");
            for (int kill = 0; kill < KILLS; kill++) {
                send(daemon, late.subList(late.size() * kill / KILLS, late.size() * (kill + 1) / KILLS));
                List<String> shown = shown(daemon);
                PackagedDaemon joining = daemon;
                CompletableFuture<Void> maintenance = CompletableFuture.runAsync(() -> joinUntilKilled(joining));
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(MOST_MILLIS_OF_JOINING)));
                daemon.kill();
                maintenance.join();
                daemon = PackagedDaemon.start(directory, port);
                assertThat(shown(daemon)).isEqualTo(shown);
            }
            List<String> shown = shown(daemon);
            execute(daemon, "CALL prom_api.execute_maintenance()");

            assertThat(value(daemon, NOT_JOINED)).isEqualTo("0");
            assertThat(shown(daemon)).isEqualTo(shown);
            assertThat(value(daemon, "SELECT count(*) FROM prom_data.vector WHERE runs <= 0"))
                    .isEqualTo("0");
            assertThat(daemon.stop()).isZero();
        } finally {
            daemon.kill();
        }
    }

    /**
     * A sample a minute, of some series not in each.
     *
     * @param late gets some in the place of the result
     */
    private List<TestSample> samples(List<TestSample> late) {
        List<TestSample> samples = new ArrayList<>();
        for (int minute = 0; minute < DAYS * 24 * 60; minute++) {
            long time = start.plus(Duration.ofMinutes(minute)).toEpochMilli();
            for (int n = 0; n < SERIES; n++) {
                if (n % 3 > 0 || random.nextInt(4) > 0) {
                    double value = n % 5 == 0 ? random.nextGaussian() : minute / (n + 1);
                    TestSample sample = TestSample.of(
                            n % 2 == 0 ? "joined_a" : "joined_b",
                            time,
                            value,
                            "instance",
                            "host-" + n % 4,
                            "job",
                            "node",
                            "n",
                            Integer.toString(n));
                    (random.nextInt(50) == 0 ? late : samples).add(sample);
                }
            }
        }
        return samples;
    }

    private static void send(PackagedDaemon daemon, List<TestSample> samples) throws Exception {
        for (int from = 0; from < samples.size(); from += SAMPLES_OF_A_REQUEST) {
            List<TestSample> some = samples.subList(from, Math.min(samples.size(), from + SAMPLES_OF_A_REQUEST));
            assertThat(daemon.sender().send(some).statusCode()).isEqualTo(204);
        }
    }

    /** Ends early when the daemon is killed, and its database with it. */
    private static void joinUntilKilled(PackagedDaemon daemon) {
        try {
            execute(daemon, "CALL prom_api.execute_maintenance()");
        } catch (SQLException | IOException e) {
            assertThat(e).hasMessageNotContaining("maintenance failed");
        }
    }

    private static List<String> shown(PackagedDaemon daemon) throws SQLException, IOException {
        try (Connection connection = daemon.connect()) {
            return Sql.rows(connection, SHOWN);
        }
    }

    private static String value(PackagedDaemon daemon, String query) throws SQLException, IOException {
        try (Connection connection = daemon.connect()) {
            return Sql.value(connection, query);
        }
    }

    private static void execute(PackagedDaemon daemon, String statement) throws SQLException, IOException {
        try (Connection connection = daemon.connect()) {
            Sql.execute(connection, statement);
        }
    }
}
