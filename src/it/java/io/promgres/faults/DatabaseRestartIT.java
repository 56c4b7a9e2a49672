package io.promgres.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.AnyServer;
import io.promgres.testing.Await;
import io.promgres.testing.OwnServer;
import io.promgres.testing.PackagedDaemon;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.SteadyLoad;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The database goes and comes back under a daemon that runs on, as with every upgrade of a managed PostgreSQL, or by
 * SIGKILL; that again and again, {@code faults.kills} times.
 */
@AnyServer
class DatabaseRestartIT {

    private static final int SENDERS = 3;
    private static final int KILLS = Integer.getInteger("faults.kills", 2);

    @TempDir
    private Path directory;

    @Test
    void sendersAreAskedToComeAgainAndNothingIsLostOrDoubled() throws Exception {
        try (OwnServer server = new OwnServer(directory, Map.of());
                // Its connection to look at things ends with the first server.
                RunningDaemon daemon = RunningDaemon.on(server.uri());
                SteadyLoad load = SteadyLoad.of(SENDERS, daemon.sender())) {
            load.awaitProgress();
            server.stop();
            load.awaitRefusal();
            HttpResponse<String> unready = daemon.sender().get("/-/ready");
            assertThat(unready.statusCode()).isEqualTo(503);
            assertThat(unready.body()).contains("the database does not take samples");
            assertThat(daemon.sender().get("/-/healthy").statusCode()).isEqualTo(200);

            server.startAgain();
            load.awaitProgress();
            Await.until("readiness", () -> daemon.sender().get("/-/ready").statusCode() == 200);
            load.end();
            assertStored(server, load);
        }
    }

    @Test
    void aDatabaseThatIsKilledInMidWriteHasEverythingThatWasAcknowledged() throws Exception {
        try (OwnServer server = new OwnServer(directory, Map.of());
                RunningDaemon daemon = RunningDaemon.on(server.uri());
                SteadyLoad load = SteadyLoad.of(SENDERS, daemon.sender())) {
            for (int kill = 0; kill < KILLS; kill++) {
                load.awaitProgress();
                server.killAndStartAgain();
            }
            load.awaitProgress();
            load.end();
            assertStored(server, load);
        }
    }

    @Test
    void theEmbeddedDatabaseIsStartedAgainByTheDaemonWhenItIsKilled() throws Exception {
        try (PackagedDaemon daemon = PackagedDaemon.start(directory);
                SteadyLoad load = SteadyLoad.of(SENDERS, daemon.sender())) {
            for (int kill = 0; kill < KILLS; kill++) {
                load.awaitProgress();
                OwnServer.kill(directory.resolve("data/cluster"));
            }
            load.awaitProgress();
            load.end();
            load.assertStored(daemon.stored());
        }
    }

    private static void assertStored(OwnServer server, SteadyLoad load) throws Exception {
        try (RunningDaemon second = RunningDaemon.on(server.uri())) {
            load.assertStored(second.stored());
        }
    }
}
