package io.promgres.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.config.DatabaseUri;
import io.promgres.schema.Cluster;
import io.promgres.schema.Migrations;
import io.promgres.testing.AnyServer;
import io.promgres.testing.Await;
import io.promgres.testing.CitusDatabase;
import io.promgres.testing.PackagedDaemon;
import io.promgres.testing.QueryClient;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.SteadyLoad;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Daemons whose store is distributed over the workers of a real Citus. */
@AnyServer
@EnabledIfSystemProperty(
        named = CitusDatabase.PROPERTY,
        matches = "postgres.+",
        disabledReason = "PROMGRES_CITUS names no coordinator of Citus")
class DistributedIT {

    private static final int SENDERS = 4;

    private CitusDatabase citus;

    @BeforeEach
    void addWorkers() throws Exception {
        citus = new CitusDatabase();
        citus.addWorkers();
    }

    @AfterEach
    void drop() throws Exception {
        citus.close();
    }

    @Test
    void whatIsStoredAskedAndRemovedIsThatOfAPlainDatabase() throws Exception {
        DistributedScenario.run(citus.uri());
    }

    @Test
    void aShardThatMovesUnderIngestLosesNothingAndDoublesNothing() throws Exception {
        DatabaseUri uri = migrated();
        try (RunningDaemon daemon = RunningDaemon.on(uri);
                SteadyLoad load = SteadyLoad.of(SENDERS, daemon.sender())) {
            load.awaitProgress();
            for (int move = 0; move < 2; move++) {
                daemon.execute(
                        "SELECT citus_move_shard_placement(p.shardid, f.nodename, f.nodeport, t.nodename, t.nodeport, 'block_writes')"
                                + " FROM pg_dist_shard s JOIN pg_dist_placement p USING (shardid) JOIN pg_dist_node f USING (groupid)"
                                + " JOIN pg_dist_node t ON t.groupid <> f.groupid AND t.shouldhaveshards"
                                + " WHERE s.logicalrelid = '_prom_catalog.series'::regclass ORDER BY s.shardid LIMIT 1");
                load.awaitProgress();
            }
            load.end();
            load.assertStored(daemon.stored());
        }
    }

    @Test
    void twoDaemonsInternEachSeriesOnceAndAnswerForOneAnother() throws Exception {
        DatabaseUri uri = migrated();
        try (RunningDaemon one = RunningDaemon.on(uri);
                RunningDaemon other = RunningDaemon.on(uri);
                SteadyLoad load = SteadyLoad.of(SENDERS, one.sender(), other.sender())) {
            load.awaitProgress();
            load.awaitProgress();
            load.end();
            load.assertStored(other.stored());
            assertThat(
                            one.value(
                                    "SELECT count(*) - count(DISTINCT (metric_id, labels::int[]::text)) FROM _prom_catalog.series"))
                    .isEqualTo("0");
            assertThat(one.value("SELECT count(*) - count(DISTINCT (key, value)) FROM _prom_catalog.label"))
                    .isEqualTo("0");
        }
    }

    @Test
    void afterSigkillEveryAcknowledgedSampleIsThereOnce(@TempDir Path directory) throws Exception {
        DatabaseUri uri = migrated();
        Map<String, String> environment = Map.of("PROMGRES_DB", uri.psql());
        PackagedDaemon killed = PackagedDaemon.start(directory, 0, environment);
        try (SteadyLoad load = SteadyLoad.untilGone(SENDERS, killed.sender())) {
            load.awaitProgress();
            killed.kill();
            load.awaitEnd();
            try (RunningDaemon restarted = RunningDaemon.on(uri)) {
                Await.until(
                        "what was under way has ended",
                        () -> restarted
                                .value(
                                        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE '%in transaction'")
                                .equals("0"));
                load.assertStored(restarted.stored());
            }
        }
    }

    @Test
    void whileAWorkerIsAwayTheDaemonIsNotReadyAndWhatItAcknowledgedIsThereOnceAfterwards() throws Exception {
        DatabaseUri uri = migrated();
        try (RunningDaemon daemon = RunningDaemon.on(uri);
                SteadyLoad load = SteadyLoad.of(SENDERS, daemon.sender())) {
            QueryClient client = new QueryClient(daemon.url());
            load.awaitProgress();
            citus.setAway(true);
            Await.until(
                    "the daemon says which worker is away",
                    () -> client.get("/-/ready").body().contains("cannot be reached"));
            citus.setAway(false);
            load.awaitProgress();
            Await.until("the daemon is ready", () -> client.get("/-/ready").statusCode() == 200);
            load.end();
            load.assertStored(daemon.stored());
        }
    }

    private DatabaseUri migrated() {
        new Migrations(citus.uri(), new Cluster(8)).migrate();
        return citus.uri();
    }
}
