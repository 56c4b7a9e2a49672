package io.promgres.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.config.DatabaseUri;
import io.promgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A PostgreSQL of a test's own, to be stopped, killed and started again on the same port. With fsync, as in production. */
public final class OwnServer implements AutoCloseable {

    // The superuser has no password, and a standby comes in without one.
    private static final String HBA = "host all all 127.0.0.1/32 trust\nhost replication all 127.0.0.1/32 trust\n";

    private final Path directory;
    private final Map<String, String> settings;
    private EmbeddedPostgres server;
    // The environment that it was started with by pg_ctl, if it was.
    private List<String> control;

    /** @param directory that a server may use for itself */
    public OwnServer(Path directory, Map<String, String> settings) throws IOException {
        // PostgreSQL up to 15 cannot run where its user cannot get to.
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path hba = Files.writeString(directory.resolve("hba.conf"), HBA);
        Files.setPosixFilePermissions(hba, PosixFilePermissions.fromString("rw-r--r--"));
        this.directory = directory;
        this.settings = new HashMap<>(settings);
        this.settings.put("hba_file", hba.toString());
        start(0);
    }

    /** A directory for a server in a directory of a test. */
    public static Path directory(Path parent, String name) throws IOException {
        Files.setPosixFilePermissions(parent, PosixFilePermissions.fromString("rwxr-xr-x"));
        return Files.createDirectory(parent.resolve(name));
    }

    private void start(int port) {
        server = EmbeddedPostgres.start(new EmbeddedPostgres.Options(
                directory.resolve("data"),
                port,
                TestDatabase.archive(),
                Optional.of(TestDatabase.binaries()),
                settings));
    }

    public DatabaseUri uri() {
        return server.uri();
    }

    /** As {@link #uri}, for who may do everything. */
    public DatabaseUri superuser() {
        return new DatabaseUri(uri().hosts(), uri().database(), "postgres", Optional.empty(), Map.of());
    }

    public int port() {
        return uri().hosts().get(0).port();
    }

    /** Who runs it. */
    public UserPrincipal owner() throws IOException {
        return Files.getOwner(cluster());
    }

    private Path cluster() {
        return directory.resolve("data/cluster");
    }

    /** Stops it as an administrator does; sessions are ended. */
    public void stop() {
        server.close();
    }

    public void startAgain() {
        start(port());
    }

    /** Starts it, as a service manager does, if it has gone by itself. */
    public void startAgainIfGone() throws IOException {
        int port = port();
        if (!Files.exists(cluster().resolve("postmaster.pid"))) {
            server.close();
            start(port);
        }
    }

    /** Starts it again with variables in its environment, which a daemon does not hand on to its server. */
    public void startAgainWith(Map<String, String> environment) throws IOException, InterruptedException {
        stop();
        List<String> variables = new ArrayList<>(List.of("-i"));
        environment.forEach((name, value) -> variables.add(name + "=" + value));
        control = variables;
        control("start", "-l", cluster().resolve("own.log").toString());
    }

    private void control(String command, String... options) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>();
        line.addAll(List.of("--reuid=" + owner().getName(), "--clear-groups", "env"));
        line.addAll(control);
        line.addAll(List.of(
                programs() + "/bin/pg_ctl", command, "-w", "-s", "-D", cluster().toString()));
        line.addAll(List.of(options));
        run("setpriv", line.toArray(String[]::new));
    }

    private Path programs() throws IOException {
        try (DirectoryStream<Path> found = Files.newDirectoryStream(TestDatabase.binaries(), "binaries-*")) {
            return found.iterator().next();
        }
    }

    /** Puts its write-ahead log on another file system. */
    public void moveLogTo(Path disk) throws IOException, InterruptedException {
        stop();
        Path log = cluster().resolve("pg_wal");
        run("cp", "-a", log + "/.", disk.toString());
        run("rm", "-r", log.toString());
        Files.createSymbolicLink(log, disk);
        startAgain();
    }

    /**
     * A hot standby of it, which has whatever it commits from then on.
     *
     * @param other directory that a server may use for itself
     */
    public OwnServer standby(Path other) throws IOException, InterruptedException, SQLException {
        Path copy = Files.createDirectory(other.resolve("data")).resolve("cluster");
        try (Connection superuser = TestDatabase.connect(superuser())) {
            Sql.rows(superuser, "SELECT pg_backup_start('standby', true)");
            // Files that go meanwhile are no matter.
            Programs.run("cp", "-a", cluster().toString(), copy.toString());
            Files.writeString(
                    copy.resolve("backup_label"), Sql.value(superuser, "SELECT labelfile FROM pg_backup_stop()"));
        }
        Files.copy(directory.resolve("data/database.uri"), other.resolve("data/database.uri"));
        Files.delete(copy.resolve("postmaster.pid"));
        Files.createFile(copy.resolve("standby.signal"));
        Map<String, String> followed = new HashMap<>(settings);
        followed.put(
                "primary_conninfo",
                "host=127.0.0.1 port=" + port() + " user=postgres application_name=standby sslmode=disable");
        run("chown", "-R", owner().getName(), copy.toString());
        OwnServer standby = new OwnServer(other, followed);
        try (Connection superuser = TestDatabase.connect(superuser())) {
            Sql.execute(superuser, "ALTER SYSTEM SET synchronous_standby_names = 'standby'");
            Sql.rows(superuser, "SELECT pg_reload_conf()");
        }
        return standby;
    }

    /** Makes a standby the primary. */
    public void promote() throws SQLException {
        try (Connection superuser = TestDatabase.connect(superuser())) {
            // As a standby it has copied the setting of its primary, whom nobody follows any more.
            Sql.execute(superuser, "ALTER SYSTEM RESET synchronous_standby_names");
            Sql.rows(superuser, "SELECT pg_reload_conf()");
            assertThat(Sql.value(superuser, "SELECT pg_promote()")).isEqualTo("t");
        }
    }

    private static void run(String program, String... arguments) throws IOException, InterruptedException {
        Programs.Ended ended = Programs.run(program, arguments);
        assertThat(ended.code()).as(ended.said()).isZero();
    }

    /** Kills the postmaster and all of its processes by SIGKILL, as an out-of-memory killer or a power cut does. */
    public void kill() throws IOException {
        kill(cluster());
    }

    /** As {@link #kill()}, the server of any cluster. */
    public static void kill(Path cluster) throws IOException {
        long postmaster = Long.parseLong(
                Files.readAllLines(cluster.resolve("postmaster.pid")).get(0));
        ProcessHandle process = ProcessHandle.of(postmaster).orElseThrow();
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        process.onExit().join();
    }

    /** As {@link #kill}, and starts it again. */
    public void killAndStartAgain() throws IOException {
        int port = port();
        kill();
        server.close();
        start(port);
    }

    @Override
    public void close() throws IOException, InterruptedException {
        if (control != null) {
            control("stop", "-m", "fast");
        }
        server.close();
    }
}
