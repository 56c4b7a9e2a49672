package io.promgres.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.contentOf;

import io.promgres.config.DatabaseUri;
import io.promgres.config.HostPort;
import io.promgres.testing.AnyServer;
import io.promgres.testing.Await;
import io.promgres.testing.Programs;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** PgBouncer between the daemon and the database. */
@AnyServer
class SharedSessionsIT {

    @TempDir
    private Path directory;

    private int port;

    @Test
    void aPoolerThatSharesSessionsIsRefusedAtTheStartAndOneThatDoesNotIsTaken() throws Exception {
        Programs.require("pgbouncer", "setpriv");
        try (TestDatabase database = TestDatabase.migrated()) {
            Process shared = pooler(database, "transaction");
            try {
                DatabaseUri uri = through(database);
                assertThatThrownBy(() -> RunningDaemon.on(uri)).hasMessageContaining("pool_mode = session");
                assertThatThrownBy(() -> RunningDaemon.on(uri, "migrate", "false", "energy.enabled", "false"))
                        .hasMessageContaining("pool_mode = session");
            } finally {
                Programs.stop(shared);
            }
            Process own = pooler(database, "session");
            try (RunningDaemon daemon = RunningDaemon.on(through(database))) {
                assertThat(daemon.send(TestSample.of("m", System.currentTimeMillis(), 1))
                                .statusCode())
                        .isEqualTo(204);
            } finally {
                Programs.stop(own);
            }
        }
    }

    private Process pooler(TestDatabase database, String mode) throws Exception {
        port = Programs.freePort();
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        HostPort server = database.uri().hosts().get(0);
        Path users = Files.writeString(
                directory.resolve("users.txt"),
                "\"%s\" \"%s\"\n"
                        .formatted(
                                database.uri().user(), database.uri().password().orElseThrow()));
        Path config = Files.writeString(
                directory.resolve(mode + ".ini"), """
                [databases]
                * = host=%s port=%d
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = %d
                unix_socket_dir =
                auth_type = plain
                auth_file = %s
                pool_mode = %s
                default_pool_size = 20
                ignore_startup_parameters = extra_float_digits
                """.formatted(server.host(), server.port(), port, users, mode));
        for (Path file : List.of(users, config)) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        }
        // It does not run as root.
        Path log = directory.resolve(mode + ".log");
        Process pooler =
                Programs.start(log, "setpriv", "--reuid=nobody", "--clear-groups", "pgbouncer", config.toString());
        Await.until("the pooler listens", () -> {
            assertThat(pooler.isAlive()).as(() -> contentOf(log.toFile())).isTrue();
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return socket.isConnected();
            } catch (ConnectException e) {
                return false;
            }
        });
        return pooler;
    }

    private DatabaseUri through(TestDatabase database) {
        DatabaseUri uri = database.uri();
        return new DatabaseUri(
                List.of(new HostPort("127.0.0.1", port)), uri.database(), uri.user(), uri.password(), Map.of());
    }
}
