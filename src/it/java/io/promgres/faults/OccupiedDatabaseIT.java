package io.promgres.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.AnyServer;
import io.promgres.testing.Await;
import io.promgres.testing.OwnServer;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.Sql;
import io.promgres.testing.SteadyLoad;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Others hold what the daemon needs: all connections, or locks on its tables. */
@AnyServer
class OccupiedDatabaseIT {

    private static final int SENDERS = 3;
    private static final long NOW = Instant.now().toEpochMilli();

    // What is left by the three that PostgreSQL keeps for superusers, and the one that RunningDaemon looks at things
    // with.
    private static final Map<String, String> FEW_CONNECTIONS =
            Map.of("max_connections", "30", "superuser_reserved_connections", "3");
    private static final int CONNECTIONS = 26;

    private static final String END_DAEMON_SESSIONS = "SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity"
            + " WHERE application_name = 'promgres' AND datname = current_database()";

    @TempDir
    private Path directory;

    @Test
    void whenThereIsNoConnectionLeftSendersAreAskedToComeAgain() throws Exception {
        try (OwnServer server = new OwnServer(directory, FEW_CONNECTIONS);
                RunningDaemon daemon = RunningDaemon.on(server.uri());
                SteadyLoad load = SteadyLoad.of(SENDERS, daemon.sender())) {
            load.awaitProgress();
            List<Connection> others = takeAllConnections(server);
            load.awaitRefusal();
            for (Connection other : others) {
                other.close();
            }
            load.awaitProgress();
            load.end();
            load.assertStored(daemon.stored());
        }
    }

    /** Those of the daemon are ended, also the ones that it is about to have, until others have them all. */
    private static List<Connection> takeAllConnections(OwnServer server) throws SQLException {
        List<Connection> others = new ArrayList<>();
        others.add(TestDatabase.connect(server.uri()));
        while (others.size() < CONNECTIONS) {
            Sql.execute(others.get(0), END_DAEMON_SESSIONS);
            try {
                others.add(TestDatabase.connect(server.uri()));
            } catch (SQLException e) {
                assertThat(e.getSQLState()).isEqualTo("53300");
            }
        }
        return others;
    }

    @Test
    void aLockOnPackedTablesHoldsUpNoSample() throws Exception {
        try (TestDatabase database = TestDatabase.migrated();
                RunningDaemon daemon = RunningDaemon.on(database);
                Connection other = database.connect();
                SteadyLoad load = SteadyLoad.of(SENDERS, daemon.sender())) {
            load.awaitProgress();
            daemon.awaitViews();
            other.setAutoCommit(false);
            Sql.execute(other, "LOCK TABLE prom_data.packed, prom_data.vector IN ACCESS EXCLUSIVE MODE");
            load.awaitProgress();
            load.awaitProgress();
            other.rollback();
            load.end();
            load.assertStored(daemon.stored());
        }
    }

    @Test
    void aLockOnTheLandingTableIsWaitedForAndThenSendersAreAskedToComeAgain() throws Exception {
        try (TestDatabase database = TestDatabase.migrated();
                RunningDaemon daemon = RunningDaemon.on(database, "database.write-timeout", "5s");
                Connection other = database.connect();
                SteadyLoad load = SteadyLoad.of(SENDERS, daemon.sender())) {
            load.awaitProgress();
            other.setAutoCommit(false);
            Sql.execute(other, "LOCK TABLE prom_data.landing IN ACCESS EXCLUSIVE MODE");
            load.awaitRefusal();
            other.rollback();
            load.awaitProgress();
            load.end();
            load.assertStored(daemon.stored());
        }
    }

    @Test
    void whoWaitsForALockIsAnsweredInTimeAndTheProcessStaysHealthy() throws Exception {
        try (TestDatabase database = TestDatabase.migrated();
                RunningDaemon daemon =
                        RunningDaemon.on(database, "database.write-timeout", "10m", "ingest.request-timeout", "1s");
                Connection other = database.connect()) {
            TestSample known = TestSample.of("known", NOW, 1);
            assertThat(daemon.send(known).statusCode()).isEqualTo(204);
            other.setAutoCommit(false);
            Sql.execute(other, "LOCK TABLE prom_data.landing, _prom_catalog.series IN ACCESS EXCLUSIVE MODE");
            for (String metric : List.of("known", "new_one", "known", "new_two")) {
                HttpResponse<String> answer = daemon.send(TestSample.of(metric, NOW + 1, 2));
                assertThat(answer.statusCode()).isEqualTo(503);
                assertThat(answer.body()).contains("not done within 1 s");
                assertThat(answer.headers().firstValue("Retry-After")).isPresent();
            }
            assertThat(daemon.sender().get("/-/healthy").statusCode()).isEqualTo(200);
            assertThat(daemon.sender().get("/metrics").body())
                    .contains("promgres_http_limit_refusals_total{limit=\"answer_time\"} 4.0")
                    .doesNotContain("promgres_queue_oldest_seconds{queue=\"new-metrics\"} 0.0");

            other.rollback();

            Await.until(
                    "what they hold is given back",
                    () -> daemon.sender().get("/metrics").body().contains("promgres_ingest_in_flight_bytes 0.0"));
            assertThat(daemon.send(TestSample.of("new_two", NOW + 1, 2)).statusCode())
                    .isEqualTo(204);
        }
    }
}
