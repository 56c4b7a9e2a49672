package io.promgres;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.security.auth.module.UnixSystem;
import io.promgres.config.DatabaseUri;
import io.promgres.testing.AnyServer;
import io.promgres.testing.TestDatabase;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The daemon as a process with its embedded PostgreSQL, started and stopped as a user does. */
@AnyServer
class ServeIT {

    @TempDir
    private Path directory;

    @Test
    void sigtermStopsTheDaemonAndItsDatabaseWithExitCode0() throws Exception {
        Process process = serve(List.of());
        awaitStart(process);

        assertThat(stop(process)).isZero();
        assertThat(directory.resolve("data/cluster/postmaster.pid")).doesNotExist();
    }

    @Test
    void sigtermDuringTheStartLeavesNoDatabaseRunning() throws Exception {
        Process process = builder(List.of()).start();
        BufferedReader errors = process.errorReader();
        String line = errors.readLine();
        while (line != null && !line.contains("making a database cluster")) {
            line = errors.readLine();
        }
        assertThat(line).isNotNull();

        assertThat(stop(process)).isZero();
        assertThat(directory.resolve("data/cluster/PG_VERSION")).exists();
        assertThat(directory.resolve("data/cluster/postmaster.pid")).doesNotExist();
    }

    @Test
    void aDaemonThatWasKilledStartsAgain() throws Exception {
        Process killed = serve(List.of());
        awaitStart(killed);
        killed.destroyForcibly().waitFor();

        Process process = serve(List.of());
        awaitStart(process);
        try (Connection connection = TestDatabase.connect(uri())) {
            assertThat(connection.isValid(5)).isTrue();
        }
        assertThat(stop(process)).isZero();
    }

    @Test
    void aSecondDaemonOnTheSameDirectoryEndsWithOneLine() throws Exception {
        Process first = serve(List.of());
        awaitStart(first);
        Process second = serve(List.of());

        assertThat(second.waitFor()).isEqualTo(1);
        assertThat(Files.readAllLines(directory.resolve("errors")))
                .filteredOn(line -> line.startsWith("promgres: "))
                .singleElement()
                .asString()
                .contains("is in use by another promgres");
        assertThat(stop(first)).isZero();
    }

    @Test
    void anOrdinaryUserRunsThePackagedJar() throws Exception {
        Assumptions.assumeTrue(new UnixSystem().getUid() == 0, "the other tests run as an ordinary user already");
        Assumptions.assumeTrue(System.getProperty("promgres.jar") != null, "needs the packaged jar");
        Files.createLink(directory.resolve("promgres.jar"), Path.of(System.getProperty("promgres.jar")));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        Process process = serve(List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"));
        awaitStart(process);

        assertThat(Files.getAttribute(directory.resolve("data/cluster"), "unix:uid"))
                .isEqualTo(65534);
        assertThat(stop(process)).isZero();
    }

    private Process serve(List<String> prefix) throws IOException {
        return builder(prefix)
                .redirectError(directory.resolve("errors").toFile())
                .start();
    }

    private ProcessBuilder builder(List<String> prefix) {
        List<String> line = new ArrayList<>(prefix);
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        Path jar = directory.resolve("promgres.jar");
        line.addAll(
                Files.exists(jar)
                        ? List.of("-jar", jar.toString())
                        : List.of("-cp", System.getProperty("java.class.path"), "io.promgres.Main"));
        line.addAll(List.of("serve", "--listen", "127.0.0.1:0", "--db-port", "0", "--data-dir"));
        line.add(directory.resolve("data").toString());
        return new ProcessBuilder(line);
    }

    /** The psql command is the last thing that a start says. */
    private void awaitStart(Process process) throws IOException {
        BufferedReader out = process.inputReader();
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (line.contains("psql")) {
                return;
            }
        }
        throw new AssertionError("not started: " + Files.readString(directory.resolve("errors")));
    }

    private static int stop(Process process) throws InterruptedException {
        process.destroy();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    private DatabaseUri uri() throws IOException {
        return DatabaseUri.parse(
                Files.readString(directory.resolve("data/database.uri")).strip());
    }
}
