package io.promgres.faults;

import io.promgres.config.DatabaseUri;
import io.promgres.embedded.EmbeddedPostgres;
import io.promgres.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;

/** A PostgreSQL of a test's own, to be stopped, killed and started again on the same port. With fsync, as in production. */
final class OwnServer implements AutoCloseable {

    private final Path directory;
    private final Map<String, String> settings;
    private EmbeddedPostgres server;

    /** @param directory that a server may use for itself */
    OwnServer(Path directory, Map<String, String> settings) throws IOException {
        // PostgreSQL up to 15 cannot run where its user cannot get to.
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        this.directory = directory;
        this.settings = settings;
        start(0);
    }

    private void start(int port) {
        server = EmbeddedPostgres.start(new EmbeddedPostgres.Options(
                directory.resolve("data"), port, TestDatabase.archive(), Optional.empty(), settings));
    }

    DatabaseUri uri() {
        return server.uri();
    }

    int port() {
        return uri().hosts().get(0).port();
    }

    /** Stops it as an administrator does; sessions are ended. */
    void stop() {
        server.close();
    }

    void startAgain() {
        start(port());
    }

    /** Kills the postmaster and all of its processes by SIGKILL, as an out-of-memory killer or a power cut does, and starts it again. */
    void killAndStartAgain() throws IOException {
        int port = port();
        long postmaster = Long.parseLong(Files.readAllLines(directory.resolve("data/cluster/postmaster.pid"))
                .get(0));
        ProcessHandle process = ProcessHandle.of(postmaster).orElseThrow();
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        process.onExit().join();
        server.close();
        start(port);
    }

    @Override
    public void close() {
        server.close();
    }
}
