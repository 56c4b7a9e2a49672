package io.promgres.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promgres.testing.AnyServer;
import io.promgres.testing.Await;
import io.promgres.testing.OwnServer;
import io.promgres.testing.PackagedDaemon;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.Sql;
import io.promgres.testing.SteadyLoad;
import io.promgres.testing.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The disk of the database is full for a while: that of its tables, or that of its write-ahead log. */
@AnyServer
class DiskFullIT {

    private static final int SENDERS = 3;
    private static final int MOST_LOG_LINES = 100;
    private static final int MOST_SEGMENTS = 1_000;
    private static final Map<String, String> SMALL_LOG =
            Map.of("min_wal_size", "32MB", "max_wal_size", "64MB", "checkpoint_timeout", "30s");

    @TempDir
    private Path directory;

    @Test
    void whenThereIsNoRoomForTablesSendersAreAskedToComeAgainUntilThereIs() throws Exception {
        try (OwnServer server = new OwnServer(directory, Map.of());
                SmallDisk disk = new SmallDisk(directory.resolve("disk"), 32, server.owner())) {
            createTablesOn(server, directory.resolve("disk"));
            try (PackagedDaemon daemon = PackagedDaemon.start(
                            directory, 0, Map.of("PROMGRES_DB", server.uri().psql()));
                    SteadyLoad load = SteadyLoad.of(SENDERS, daemon.sender())) {
                load.awaitProgress();
                disk.fill();
                load.awaitRefusal();
                load.awaitRefusal();
                Await.until(
                        "readiness names the reason",
                        () -> daemon.sender().get("/-/ready").body().contains("No space left on device"));
                assertThat(daemon.sender().get("/-/healthy").statusCode()).isEqualTo(200);
                disk.free();
                load.awaitProgress();
                Await.until("readiness", () -> daemon.sender().get("/-/ready").statusCode() == 200);
                load.end();
                assertLogNamesTheReason(daemon, "No space left on device");
                assertStored(server, load);
            }
        }
    }

    /** PostgreSQL panics, recovers, and goes altogether when it cannot even do that; then it is started again, as by systemd. */
    @Test
    void whenThereIsNoRoomForTheLogSendersAreAskedToComeAgainUntilTheServerRuns() throws Exception {
        try (OwnServer server = new OwnServer(directory, SMALL_LOG);
                SmallDisk disk = new SmallDisk(directory.resolve("disk"), 80, server.owner())) {
            server.moveLogTo(directory.resolve("disk"));
            try (PackagedDaemon daemon = PackagedDaemon.start(
                            directory, 0, Map.of("PROMGRES_DB", server.uri().psql()));
                    SteadyLoad load = SteadyLoad.of(SENDERS, daemon.sender())) {
                load.awaitProgress();
                disk.fill();
                useUpLog(server);
                load.awaitRefusal();
                useUpLog(server);
                load.awaitRefusal();
                assertThat(daemon.sender().get("/-/healthy").statusCode()).isEqualTo(200);
                disk.free();
                server.startAgainIfGone();
                load.awaitProgress();
                load.end();
                assertLogNamesTheReason(daemon, "samples cannot be written");
                assertStored(server, load);
            }
        }
    }

    /** However slow the load is: segments that a checkpoint has made free would last it for ever. */
    private static void useUpLog(OwnServer server) {
        assertThatThrownBy(() -> {
                    try (Connection superuser = TestDatabase.connect(server.superuser())) {
                        for (int segment = 0; segment < MOST_SEGMENTS; segment++) {
                            Sql.execute(
                                    superuser, "SELECT pg_logical_emit_message(false, 'test', 'x'), pg_switch_wal()");
                        }
                    }
                })
                .isInstanceOf(SQLException.class);
    }

    private static void createTablesOn(OwnServer server, Path disk) throws Exception {
        try (Connection superuser = TestDatabase.connect(server.superuser())) {
            Sql.execute(superuser, "CREATE TABLESPACE small OWNER promgres LOCATION '" + disk + "'");
            Sql.execute(superuser, "ALTER DATABASE promgres SET default_tablespace = small");
        }
    }

    private static void assertLogNamesTheReason(PackagedDaemon daemon, String reason) throws Exception {
        List<String> log = daemon.logLines();
        assertThat(log).anyMatch(line -> line.contains(reason));
        assertThat(log.stream().filter(line -> line.contains(" WARN ") || line.contains(" ERROR ")))
                .hasSizeLessThan(MOST_LOG_LINES);
    }

    private static void assertStored(OwnServer server, SteadyLoad load) throws Exception {
        try (RunningDaemon reader = RunningDaemon.on(server.uri())) {
            load.assertStored(reader.stored());
        }
    }
}
