package io.promgres.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.AnyServer;
import io.promgres.testing.PackagedDaemon;
import io.promgres.testing.Sql;
import io.promgres.testing.SteadyLoad;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The daemon is killed while it packs, rolls up and takes late samples: nothing is lost, nothing is there twice, and rollups are
 * what the samples come to. The system property {@code faults.kills} has it killed more often.
 */
@AnyServer
class PackingKillIT {

    private static final int SENDERS = 3;
    private static final int KILLS = Integer.getInteger("faults.kills", 4);
    private static final int MOST_MILLIS_OF_PACKING = 700;
    private static final Map<String, String> SHORT_BLOCKS =
            Map.of("PROMGRES_STORAGE_BLOCK", "1m", "PROMGRES_STORAGE_GRACE", "0s", "PROMGRES_STORAGE_ROLLUPS", "5m,1h");

    /** Sums and increases differ by no more than the order of additions explains; all else is the same. */
    private static final String WRONG_BUCKETS = """
            WITH grown AS (
                SELECT series_id, time, value, lag(value) OVER (PARTITION BY series_id ORDER BY time) AS before
                FROM prom_metric.%2$s WHERE value <> 'NaN'),
            expected AS (
                SELECT series_id, date_bin('%3$s', time, 'epoch') AS time, count(*) AS count, sum(value) AS sum, min(value) AS min,
                       max(value) AS max, (array_agg(value ORDER BY time))[1] AS first, (array_agg(value ORDER BY time DESC))[1] AS last,
                       sum(CASE WHEN before IS NULL THEN 0 WHEN value < before THEN value ELSE value - before END) AS increase
                FROM grown GROUP BY 1, 2)
            SELECT to_jsonb(r), to_jsonb(e)
            FROM (SELECT series_id, time, count, sum, min, max, first, last, increase FROM %1$s) r
            FULL JOIN expected e USING (series_id, time)
            WHERE (r.count, r.min, r.max, r.first, r.last) IS DISTINCT FROM (e.count, e.min, e.max, e.first, e.last)
               OR abs(r.sum - e.sum) > 1e-9 * e.sum OR abs(r.increase - e.increase) > 1e-9 * e.last""";

    @TempDir
    private Path directory;

    private final ExecutorService packer = Executors.newCachedThreadPool();
    private final Random random = new Random(7);

    @AfterEach
    void stop() {
        packer.shutdownNow();
    }

    @Test
    void whateverWasAcknowledgedIsThereOnceWhenThePackerIsKilledAgainAndAgain() throws Exception {
        PackagedDaemon daemon = PackagedDaemon.start(directory, 0, SHORT_BLOCKS);
        int port = daemon.port();
        try (SteadyLoad load = SteadyLoad.ofSeconds(SENDERS, daemon.sender())) {
            for (int kill = 0; kill < KILLS; kill++) {
                load.awaitProgress();
                PackagedDaemon packing = daemon;
                packer.execute(() -> pack(packing));
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(MOST_MILLIS_OF_PACKING)));
                daemon.kill();
                daemon = PackagedDaemon.start(directory, port, SHORT_BLOCKS);
                try (Connection connection = daemon.connect()) {
                    assertRollupsAreWhatSamplesComeTo(connection);
                }
            }
            load.awaitProgress();
            load.end();

            load.assertStored(daemon.stored());
            pack(daemon);
            try (Connection connection = daemon.connect()) {
                assertThat(Sql.rows(connection, "SELECT count(*) FROM prom_data.vector WHERE runs <= 0"))
                        .containsExactly("0");
                assertThat(Sql.rows(connection, "SELECT count(*) > 0 FROM prom_data.vector"))
                        .containsExactly("t");
                assertThat(assertRollupsAreWhatSamplesComeTo(connection)).isPositive();
            }
            load.assertStored(daemon.stored());
            assertThat(daemon.stop()).isZero();
        } finally {
            daemon.kill();
        }
    }

    /** By a full recomputation, in one snapshot for each view. Returns the number of buckets that come from rollups. */
    private static long assertRollupsAreWhatSamplesComeTo(Connection connection) throws SQLException {
        for (String view : Sql.rows(
                connection,
                "SELECT view_name FROM prom_info.metric_rollup WHERE metric_name LIKE 'steady%' AND view_name IS NOT NULL")) {
            String metric = view.substring(view.indexOf('.') + 1);
            String step = view.startsWith("prom_rollup_5m.") ? "5 minutes" : "1 hour";
            assertThat(Sql.rows(connection, WRONG_BUCKETS.formatted(view, metric, step)))
                    .as("buckets of %s that differ, and what the samples come to", view)
                    .isEmpty();
        }
        return Long.parseLong(Sql.value(
                connection,
                "SELECT count(*) FROM _prom_rollup.\"5m_decoded\" WHERE time < (SELECT rolled_up_until"
                        + " FROM prom_info.rollup WHERE resolution = '5 minutes')"));
    }

    /** Ends early when the daemon is killed, and its database with it. */
    private static void pack(PackagedDaemon daemon) {
        try (Connection connection = daemon.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("CALL prom_api.execute_maintenance()");
        } catch (SQLException | IOException e) {
            assertThat(e).hasMessageNotContaining("maintenance failed");
        }
    }
}
