package io.promgres.faults;

import io.promgres.config.DatabaseUri;
import io.promgres.config.HostPort;
import io.promgres.testing.AnyServer;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.SteadyLoad;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.Wire;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The network between daemon and database goes without a word: no connection is closed, and nothing comes through. */
@AnyServer
class NetworkCutIT {

    private static final int SENDERS = 3;

    @Test
    void sendersAreAskedToComeAgainUntilThereIsANetwork() throws Exception {
        try (TestDatabase database = TestDatabase.migrated();
                RunningDaemon owner = RunningDaemon.on(database);
                Wire wire = new Wire(database.uri().hosts().get(0).port());
                RunningDaemon daemon = RunningDaemon.on(through(wire, database), "database.write-timeout", "5s");
                SteadyLoad load = SteadyLoad.of(SENDERS, daemon.sender())) {
            load.awaitProgress();
            wire.cut();
            load.awaitRefusal();
            wire.mend();
            load.awaitProgress();
            load.end();
            load.assertStored(owner.stored());
        }
    }

    private static DatabaseUri through(Wire wire, TestDatabase database) {
        DatabaseUri uri = database.uri();
        return new DatabaseUri(
                List.of(new HostPort("127.0.0.1", wire.port())), uri.database(), uri.user(), uri.password(), Map.of());
    }
}
