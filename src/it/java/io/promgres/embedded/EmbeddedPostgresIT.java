package io.promgres.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.security.auth.module.UnixSystem;
import io.promgres.config.DatabaseUri;
import io.promgres.testing.AnyServer;
import io.promgres.testing.Programs;
import io.promgres.testing.TestDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real server, started and stopped, and everything that can be in its way. */
@AnyServer
class EmbeddedPostgresIT {

    /** The programs, unpacked once for all tests. */
    @TempDir
    private static Path binaries;

    @TempDir
    private Path temporary;

    private Path directory;

    @BeforeAll
    static void letEveryUserReadThePrograms() throws IOException {
        Files.setPosixFilePermissions(binaries, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @BeforeEach
    void chooseDirectory() {
        // JUnit makes its directory for its owner only, as /root is.
        directory = temporary.resolve("promgres-data");
    }

    @Test
    void dataSurvivesARestart() throws Exception {
        try (EmbeddedPostgres server = start(0)) {
            execute(server.uri(), "CREATE TABLE kept AS SELECT 42 AS answer");
        }
        try (EmbeddedPostgres server = start(0)) {
            assertThat(query(server.uri(), "SELECT answer FROM kept")).isEqualTo("42");
        }
    }

    @Test
    void theRoleOwnsItsDatabaseAndIsNoSuperuser() throws Exception {
        try (EmbeddedPostgres server = start(0)) {
            assertThat(query(server.uri(), "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"))
                    .isEqualTo("f");
            assertThat(query(
                            server.uri(),
                            "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()"))
                    .isEqualTo("promgres");
        }
    }

    @Test
    void theRoleSeesWhatTheWriteAheadLogTakesOfTheDisk() throws Exception {
        try (EmbeddedPostgres server = start(0)) {
            assertThat(query(server.uri(), "SELECT sum(size) > 0 FROM pg_ls_waldir()"))
                    .isEqualTo("t");
        }
    }

    @Test
    void textIsUtf8AndSortsByCodePoint() throws Exception {
        try (EmbeddedPostgres server = start(0)) {
            assertThat(query(server.uri(), "SHOW server_encoding")).isEqualTo("UTF8");
            assertThat(query(server.uri(), "SELECT string_agg(x, '' ORDER BY x) FROM unnest('{b,a,Z,ä}'::text[]) x"))
                    .isEqualTo("Zabä");
        }
    }

    @Test
    void theServerListensOnTheLoopbackOnlyAndAsksForThePassword() throws Exception {
        try (EmbeddedPostgres server = start(0)) {
            DatabaseUri uri = server.uri();
            DatabaseUri wrong =
                    new DatabaseUri(uri.hosts(), uri.database(), uri.user(), Optional.of("wrong"), Map.of());

            assertThat(query(uri, "SHOW listen_addresses")).isEqualTo("127.0.0.1");
            assertThatThrownBy(() -> query(wrong, "SELECT 1")).hasMessageContaining("password authentication failed");
        }
    }

    @Test
    void theUriIsInAFileThatOnlyItsOwnerReads() throws Exception {
        try (EmbeddedPostgres server = start(0)) {
            Path file = directory.resolve("database.uri");

            assertThat(file).hasContent(server.uri().psql());
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void anotherPortIsWrittenToTheFileAndThePasswordStays() throws Exception {
        String password = startAndStop();
        int port = Programs.freePort();

        try (EmbeddedPostgres server = start(port)) {
            assertThat(server.uri().hosts().get(0).port()).isEqualTo(port);
            assertThat(server.uri().password()).contains(password);
            assertThat(directory.resolve("database.uri"))
                    .hasContent(server.uri().psql());
        }
    }

    @Test
    void aLostUriFileIsReplacedWithANewPassword() throws Exception {
        String password = startAndStop();
        Files.delete(directory.resolve("database.uri"));

        try (EmbeddedPostgres server = start(0)) {
            assertThat(server.uri().password()).isPresent().get().isNotEqualTo(password);
            assertThat(query(server.uri(), "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void aSecondDaemonOnTheSameDirectoryIsRefused() throws Exception {
        try (EmbeddedPostgres server = start(0)) {
            assertThatThrownBy(() -> start(0))
                    .isInstanceOf(EmbeddedPostgresException.class)
                    .hasMessageContaining("is in use by another promgres")
                    .hasMessageContaining("--data-dir");
            assertThat(query(server.uri(), "SELECT 1")).isEqualTo("1");
            assertThat(EmbeddedPostgres.running(directory)).contains(server.uri());
        }
        assertThat(EmbeddedPostgres.running(directory)).isEmpty();
    }

    @Test
    void aServerThatAKilledDaemonLeftRunningIsStopped() throws Exception {
        EmbeddedPostgres abandoned = start(0);
        execute(abandoned.uri(), "CREATE TABLE kept AS SELECT 42 AS answer");
        abandoned.releaseLockAsAKilledProcessDoes();

        try (EmbeddedPostgres server = start(0)) {
            assertThat(query(server.uri(), "SELECT answer FROM kept")).isEqualTo("42");
            assertThatThrownBy(() -> query(abandoned.uri(), "SELECT 1")).hasMessageContaining("refused");
        }
    }

    @Test
    void aClusterWhosePostmasterWasKilledIsRecovered() throws Exception {
        EmbeddedPostgres killed = start(0);
        execute(killed.uri(), "CREATE TABLE kept AS SELECT 42 AS answer");
        ProcessHandle postmaster = ProcessHandle.of(postmasterPid()).orElseThrow();
        postmaster.destroyForcibly();
        postmaster.onExit().join();
        killed.releaseLockAsAKilledProcessDoes();

        try (EmbeddedPostgres server = start(0)) {
            assertThat(query(server.uri(), "SELECT answer FROM kept")).isEqualTo("42");
        }
    }

    @Test
    void aPidFileWhoseNumberBelongsToAnotherProgramIsNoObstacle() throws Exception {
        startAndStop();
        Files.writeString(
                directory.resolve("cluster/postmaster.pid"),
                ProcessHandle.current().pid() + "\n/elsewhere\n1\n5432\n\n127.0.0.1\n         0         0\nready\n");

        try (EmbeddedPostgres server = start(0)) {
            assertThat(query(server.uri(), "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void aTakenPortIsNamedWithTheRemedy() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            assertThatThrownBy(() -> start(other.getLocalPort()))
                    .isInstanceOf(EmbeddedPostgresException.class)
                    .hasMessageContaining("port " + other.getLocalPort())
                    .hasMessageContaining("--db-port");
        }
    }

    @Test
    void aClusterOfAnotherMajorVersionIsRefused() throws Exception {
        startAndStop();
        Files.writeString(directory.resolve("cluster/PG_VERSION"), "11\n");

        assertThatThrownBy(() -> start(0))
                .isInstanceOf(EmbeddedPostgresException.class)
                .hasMessageContaining("was made by PostgreSQL 11");
    }

    @Test
    void aFailureShowsTheEndOfTheServersLog() throws Exception {
        startAndStop();
        Files.writeString(directory.resolve("cluster/postgresql.conf"), "no_such_setting = 1\n");

        assertThatThrownBy(() -> start(0))
                .isInstanceOf(EmbeddedPostgresException.class)
                .hasMessageContaining("no_such_setting");
    }

    @Test
    void rootDropsToAnUnprivilegedUserWhereverTheDirectoryIs() throws Exception {
        Assumptions.assumeTrue(new UnixSystem().getUid() == 0, "needs root");
        for (String permissions : new String[] {"rwx------", "rwxr-xr-x"}) {
            Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString(permissions));
            try (EmbeddedPostgres server = start(0)) {
                assertThat(query(server.uri(), "SELECT 1")).isEqualTo("1");
                assertThat(Files.getOwner(directory.resolve("cluster")).getName())
                        .isIn("postgres", "nobody");
                Path process = Path.of("/proc", String.valueOf(postmasterPid()));
                assertThat(Files.getOwner(process).getName()).isIn("postgres", "nobody");
            }
        }
    }

    private EmbeddedPostgres start(int port) {
        return EmbeddedPostgres.start(new EmbeddedPostgres.Options(
                directory, port, BinaryArchive.ofClassPath(), Optional.of(binaries), Map.of("shared_buffers", "32MB")));
    }

    private String startAndStop() {
        try (EmbeddedPostgres server = start(0)) {
            return server.uri().password().orElseThrow();
        }
    }

    private long postmasterPid() throws IOException {
        return Long.parseLong(
                Files.readAllLines(directory.resolve("cluster/postmaster.pid")).get(0));
    }

    private static void execute(DatabaseUri uri, String sql) throws SQLException {
        try (Connection connection = TestDatabase.connect(uri);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String query(DatabaseUri uri, String sql) throws SQLException {
        try (Connection connection = TestDatabase.connect(uri);
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            result.next();
            return result.getString(1);
        }
    }
}
