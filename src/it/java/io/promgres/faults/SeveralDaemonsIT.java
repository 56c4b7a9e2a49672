package io.promgres.faults;

import io.promgres.testing.AnyServer;
import io.promgres.testing.OwnServer;
import io.promgres.testing.PackagedDaemon;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.Sender;
import io.promgres.testing.SteadyLoad;
import io.promgres.testing.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three daemons write to one database, and one of them is killed: the others go on, and one of them packs. */
@AnyServer
class SeveralDaemonsIT {

    private static final int DAEMONS = 3;

    @TempDir
    private Path directory;

    @Test
    void whenOneIsKilledTheOthersGoOnAndTakeTheLead() throws Exception {
        try (OwnServer server = new OwnServer(OwnServer.directory(directory, "server"), Map.of())) {
            List<PackagedDaemon> daemons = new ArrayList<>();
            for (int i = 0; i < DAEMONS; i++) {
                daemons.add(start(server, i, 0));
            }
            try (SteadyLoad load = SteadyLoad.of(
                    2 * DAEMONS, daemons.stream().map(PackagedDaemon::sender).toArray(Sender[]::new))) {
                load.awaitProgress();
                for (int i = 0; i < DAEMONS; i++) {
                    int port = daemons.get(i).port();
                    // The first that was started leads.
                    daemons.get(i).kill();
                    callMaintenance(server);
                    daemons.set(i, start(server, i, port));
                    load.awaitProgress();
                }
                load.end();
                try (RunningDaemon last = RunningDaemon.on(server.uri())) {
                    load.assertStored(last.stored());
                }
            } finally {
                for (PackagedDaemon daemon : daemons) {
                    daemon.close();
                }
            }
        }
    }

    /** Whoever leads answers. */
    private static void callMaintenance(OwnServer server) throws Exception {
        try (Connection connection = TestDatabase.connect(server.uri());
                Statement statement = connection.createStatement()) {
            statement.execute("CALL prom_api.execute_maintenance()");
        }
    }

    private PackagedDaemon start(OwnServer server, int number, int port) throws Exception {
        Path own = Files.createDirectories(directory.resolve("daemon-" + number));
        return PackagedDaemon.start(
                own, port, Map.of("PROMGRES_DB", server.uri().psql()));
    }
}
