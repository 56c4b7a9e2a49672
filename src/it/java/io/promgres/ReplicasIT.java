package io.promgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.AnyServer;
import io.promgres.testing.Await;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two replicas of Prometheus, two daemons, one database. */
@AnyServer
class ReplicasIT {

    private static final long NOW = System.currentTimeMillis();

    private TestDatabase database;
    private RunningDaemon left;
    private RunningDaemon right;

    @BeforeEach
    void start() throws Exception {
        database = TestDatabase.migrated();
    }

    private void startDaemons(String silence) throws Exception {
        left = RunningDaemon.on(database, "ha.enabled", "true", "ha.silence", silence);
        right = RunningDaemon.on(database, "ha.enabled", "true", "ha.silence", silence);
    }

    @AfterEach
    void stop() throws Exception {
        left.close();
        right.close();
        database.close();
    }

    private static TestSample up(String replica, long time, double value) {
        return TestSample.of("up", time, value, "__replica__", replica, "cluster", "c");
    }

    private static TestSample stored(long time, double value) {
        return TestSample.of("up", time, value, "cluster", "c");
    }

    private static void send(RunningDaemon daemon, TestSample... samples) throws Exception {
        HttpResponse<String> answer = daemon.send(samples);
        assertThat(answer.body()).isEmpty();
        assertThat(answer.statusCode()).isEqualTo(204);
    }

    @Test
    void whicheverDaemonTheyReachOneReplicaIsStoredAndTheOtherIsAcknowledged() throws Exception {
        startDaemons("1h");
        for (int i = 0; i < 10; i++) {
            send(left, up("a", NOW + i, i));
            send(right, up("b", NOW + i, 100 + i));
            send(right, up("a", NOW + 10 + i, 10 + i));
            send(left, up("b", NOW + 10 + i, 110 + i));
        }
        List<TestSample> expected = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            expected.add(stored(NOW + i, i));
        }
        assertThat(left.stored()).isEqualTo(expected);
        assertThat(left.value("SELECT cluster, tenant, leader, until, since <= last_heard FROM prom_info.ha_lease"))
                .isEqualTo("c||a||t");
        assertThat(left.sender().get("/metrics").body()).contains("promgres_replica_samples_dropped_total 10.0");
        assertThat(right.sender().get("/metrics").body()).contains("promgres_replica_samples_dropped_total 10.0");
    }

    @Test
    void aRequestOfBothReplicasIsTakenApart() throws Exception {
        startDaemons("1h");
        send(
                left,
                up("a", NOW, 1),
                up("b", NOW + 1, 2),
                up("a", NOW + 2, 3),
                TestSample.of("alone", NOW, 4, "__replica__", "b"));
        assertThat(left.stored())
                .containsExactly(
                        TestSample.of("alone", NOW, 4, "__replica__", "b"), stored(NOW, 1), stored(NOW + 2, 3));
    }

    @Test
    void theLeadMovesWhenTheLeaderFallsSilentAndWhatBothSendAgainIsStoredOnce() throws Exception {
        startDaemons("1s");
        send(left, up("a", NOW, 1));
        // The leader is silent from here on.
        Await.until("the other replica leads", () -> {
            send(right, up("b", NOW + 1, 2));
            return right.value("SELECT leader FROM prom_info.ha_lease WHERE until IS NULL")
                    .equals("b");
        });
        send(right, up("b", NOW, 9), up("b", NOW + 1, 2));
        // And the former leader, who has not seen the answer to its first request.
        send(left, up("a", NOW, 1));
        assertThat(right.stored()).containsExactly(stored(NOW, 1), stored(NOW + 1, 2));
        assertThat(right.rows("SELECT leader FROM prom_info.ha_lease ORDER BY since"))
                .containsExactly("a", "b");
        assertThat(right.value("SELECT p.until = l.since FROM prom_info.ha_lease p, prom_info.ha_lease l"
                        + " WHERE p.until IS NOT NULL AND l.until IS NULL"))
                .isEqualTo("t");
    }

    @Test
    void aFormerLeaderDeliversLateWhatItCouldNotWhileItLed() throws Exception {
        startDaemons("1h");
        send(left, up("a", NOW, 1));
        // What an hour of silence comes to; the daemons do not know a former leader yet.
        left.execute("UPDATE _prom_catalog.ha_lease SET since = since - interval '3 hours',"
                + " last_heard = last_heard - interval '2 hours'");
        send(right, up("b", NOW, 2), up("b", NOW + 1, 3));
        long hourAgo = NOW - 3_600_000;
        try (RunningDaemon restarted =
                RunningDaemon.on(database, "ha.enabled", "true", "ha.silence", "1h", "ingest.max-ahead", "1d")) {
            send(restarted, up("a", hourAgo, 7), up("a", NOW + 60_000, 8));
        }
        assertThat(left.stored()).containsExactly(stored(hourAgo, 7), stored(NOW, 1), stored(NOW + 1, 3));
    }

    @Test
    void withoutTheSwitchTheLabelsMeanNothing() throws Exception {
        left = RunningDaemon.on(database);
        right = RunningDaemon.on(database);
        send(left, up("a", NOW, 1));
        send(right, up("b", NOW, 2));
        assertThat(left.stored()).containsExactlyInAnyOrder(up("a", NOW, 1), up("b", NOW, 2));
        assertThat(left.rows("SELECT * FROM prom_info.ha_lease")).isEmpty();
    }

    @Test
    void whileTheDatabaseCannotSayWhoLeadsTheAnswerIs503AndNothingIsLost() throws Exception {
        startDaemons("1h");
        left.execute("ALTER TABLE _prom_catalog.ha_lease RENAME TO away");
        HttpResponse<String> answer = left.send(up("a", NOW, 1));
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).contains("cluster c");
        left.execute("ALTER TABLE _prom_catalog.away RENAME TO ha_lease");
        send(left, up("a", NOW, 1));
        assertThat(left.stored()).containsExactly(stored(NOW, 1));
    }
}
