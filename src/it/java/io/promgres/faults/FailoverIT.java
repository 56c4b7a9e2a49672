package io.promgres.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.config.DatabaseUri;
import io.promgres.config.HostPort;
import io.promgres.testing.AnyServer;
import io.promgres.testing.Await;
import io.promgres.testing.OwnServer;
import io.promgres.testing.PackagedDaemon;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.Sql;
import io.promgres.testing.SteadyLoad;
import io.promgres.testing.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The database moves to another server, and the daemon, which knows the addresses of both, finds it. */
@AnyServer
class FailoverIT {

    private static final int SENDERS = 3;

    @TempDir
    private Path directory;

    @Test
    void afterAFailoverToASynchronousStandbyTheDaemonFindsItAndNothingIsLostOrDoubled() throws Exception {
        try (OwnServer primary = new OwnServer(OwnServer.directory(directory, "primary"), Map.of());
                OwnServer standby = primary.standby(OwnServer.directory(directory, "standby"));
                PackagedDaemon daemon = PackagedDaemon.start(
                        Files.createDirectory(directory.resolve("daemon")),
                        0,
                        Map.of("PROMGRES_DB", both(standby, primary).psql()));
                SteadyLoad load = SteadyLoad.of(SENDERS, daemon.sender())) {
            load.awaitProgress();
            primary.kill();
            load.awaitRefusal();
            standby.promote();
            load.awaitProgress();
            load.end();
            try (RunningDaemon reader = RunningDaemon.on(standby.uri())) {
                load.assertStored(reader.stored());
            }
        }
    }

    /** As after a failover that a connection has survived, through a proxy, say. */
    @Test
    void connectionsToAServerThatHasBecomeReadOnlyAreGivenUp() throws Exception {
        try (TestDatabase database = TestDatabase.migrated();
                RunningDaemon daemon = RunningDaemon.on(database);
                SteadyLoad load = SteadyLoad.of(SENDERS, daemon.sender());
                Connection owner = database.connect()) {
            load.awaitProgress();
            // Sessions have it from their beginning: those that are connected while it is on, keep it.
            Sql.execute(
                    owner, "ALTER DATABASE " + database.uri().database() + " SET default_transaction_read_only = on");
            Sql.execute(
                    owner,
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'promgres' AND datname = current_database()");
            load.awaitRefusal();
            Await.until(
                    "a session is read-only",
                    () -> daemon.sender().get("/-/ready").body().contains("read-only"));
            Sql.execute(owner, "SET default_transaction_read_only = off");
            Sql.execute(owner, "ALTER DATABASE " + database.uri().database() + " RESET default_transaction_read_only");
            load.awaitProgress();
            load.end();
            assertThat(daemon.sender().get("/-/ready").statusCode()).isEqualTo(200);
            try (RunningDaemon reader = RunningDaemon.on(database)) {
                load.assertStored(reader.stored());
            }
        }
    }

    /** The one that is not the primary first. */
    private static DatabaseUri both(OwnServer standby, OwnServer primary) {
        DatabaseUri uri = primary.uri();
        List<HostPort> hosts = List.of(standby.uri().hosts().get(0), uri.hosts().get(0));
        return new DatabaseUri(hosts, uri.database(), uri.user(), uri.password(), Map.of());
    }
}
