package io.promgres.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.promgres.session.SessionSettings;
import io.promgres.session.SessionSource;
import io.promgres.store.Database;
import io.promgres.store.StoreSize;
import io.promgres.testing.AnyServer;
import io.promgres.testing.Await;
import io.promgres.testing.PackagedDaemon;
import io.promgres.testing.Programs;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.Sql;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The daemon that does the maintenance is suspended, as a virtual machine or a container may be. */
@AnyServer
class PausedLeaderIT {

    private static final String LANDED = "SELECT count(*) FROM prom_data.landing";

    @TempDir
    private Path directory;

    @Test
    void maintenanceFailsWhileThereIsNoOtherDaemonAndIsDoneByTheNextOne() throws Exception {
        try (TestDatabase database = TestDatabase.migrated();
                PackagedDaemon leader = PackagedDaemon.start(
                        directory, 0, Map.of("PROMGRES_DB", database.uri().psql()));
                Connection user = database.connect();
                Connection suspended =
                        new SessionSource(database.uri(), new Properties(), SessionSettings.WRITE).getConnection()) {
            Await.until("a leader", () -> leads(user));
            signal("STOP", leader);
            // What a daemon holds that is suspended while it makes a partition.
            suspended.setAutoCommit(false);
            Sql.execute(suspended, "LOCK TABLE prom_data.landing");
            try {
                assertThatThrownBy(() -> Sql.execute(user, "CALL prom_api.execute_maintenance()"))
                        .isInstanceOf(SQLException.class)
                        .hasMessageContaining("no promgres daemon is at work on this database");
                try (RunningDaemon next = RunningDaemon.on(database)) {
                    long old = System.currentTimeMillis() - Duration.ofHours(5).toMillis();
                    assertThat(next.send(TestSample.of("m", old, 1)).statusCode())
                            .isEqualTo(204);
                    next.awaitViews();
                    next.execute("CALL prom_api.execute_maintenance()");
                    assertThat(next.value(LANDED)).isEqualTo("0");
                }
            } finally {
                signal("CONT", leader);
            }
            Await.until("the first one leads again", () -> leads(user));
            assertThat(Sql.value(user, "SELECT value FROM prom_metric.m")).isEqualTo("1");
        }
    }

    @Test
    void eachDaemonShowsForHowManyBlocksNoRunOfPackingHasEnded() throws Exception {
        try (TestDatabase database = TestDatabase.migrated();
                Database pools = new Database(database.uri(), 1, new SimpleMeterRegistry());
                Connection owner = database.connect()) {
            StoreSize size = new StoreSize(pools.pool());
            size.refresh();
            assertThat(size.last().idleBlocks()).isZero();
            Sql.execute(
                    owner,
                    "UPDATE _prom_catalog.maintenance_job SET finished_at = now() - schedule_interval - interval '5 h'");
            size.refresh();
            assertThat(size.last().idleBlocks()).isBetween(2.5, 2.6);
            Sql.rows(owner, "SELECT prom_api.config_maintenance_jobs('metrics', 'compression', 0, '1 hour')");
            size.refresh();
            assertThat(size.last().idleBlocks()).isZero();
        }
    }

    private static boolean leads(Connection user) throws SQLException {
        return !Sql.value(user, """
                        SELECT count(*) FROM pg_locks
                        WHERE locktype = 'advisory' AND classid = 1886547826 AND objid = 3 AND granted
                          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())""").equals("0");
    }

    private static void signal(String name, PackagedDaemon daemon) throws Exception {
        assertThat(Programs.run("kill", "-" + name, Long.toString(daemon.pid())).code())
                .isZero();
    }
}
