package io.promgres.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/**
 * A database cluster on disk: made once, then configured at every start. No server runs on it meanwhile.
 *
 * <p>The encoding is UTF8. Text sorts by code point, which is the same on every system and after every upgrade of the
 * C library, so that indexes stay valid; lower() and regular expressions still know all of Unicode, because the locale is
 * PostgreSQL's own C.UTF-8. Before PostgreSQL 17 there is no such locale, and it is plain C.
 *
 * <p>The superuser has no password, and there is no unix socket: no client connects as superuser. What needs one runs in
 * single-user mode while the server is down.
 */
final class Cluster {

    /** The role that the daemon connects as, and the name of its database. */
    static final String ROLE = "promgres";

    private static final String HBA = """
            # Written by promgres at every start.
            host all all 127.0.0.1/32 scram-sha-256
            """;

    private static final String INCLUDE = """

            # What promgres sets, anew at every start. A line below it wins.
            include_if_exists = 'promgres.conf'
            """;

    private final Path directory;
    private final Programs programs;

    Cluster(Path directory, Programs programs) {
        this.directory = directory;
        this.programs = programs;
    }

    Path directory() {
        return directory;
    }

    boolean exists() {
        return Files.exists(directory);
    }

    /**
     * Makes the cluster, its role and its database; it is there wholly or not at all.
     *
     * @param password of the role
     * @param durable false for tests: nothing is flushed to disk
     */
    void create(String password, boolean durable) throws IOException {
        Path unfinished = directory.resolveSibling("cluster-unfinished");
        Directories.delete(unfinished);
        Files.createDirectory(
                unfinished, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        programs.account().own(unfinished);
        Cluster cluster = new Cluster(unfinished, programs);
        cluster.initialise(durable);
        cluster.runAsSuperuser(
                "CREATE ROLE " + ROLE + " LOGIN CREATEROLE CREATEDB PASSWORD '" + password + "'",
                // To see what the write-ahead log takes of the disk.
                "GRANT pg_monitor TO " + ROLE,
                "CREATE DATABASE " + ROLE + " OWNER " + ROLE);
        Files.move(unfinished, directory, StandardCopyOption.ATOMIC_MOVE);
    }

    private void initialise(boolean durable) throws IOException {
        // initdb wants a password for any other method; pg_hba.conf is replaced before the first start.
        List<String> arguments = new ArrayList<>(
                List.of("--username=postgres", "--encoding=UTF8", "--locale=C", "--auth=reject", "--data-checksums"));
        if (programs.majorVersion() >= 17) {
            arguments.addAll(List.of("--locale-provider=builtin", "--builtin-locale=C.UTF-8"));
        }
        if (!durable) {
            arguments.add("--no-sync");
        }
        Command.Result result = programs.on(directory, "initdb", arguments).run();
        if (!result.succeeded()) {
            throw new EmbeddedPostgresException(
                    "initdb failed in " + directory + ": " + result.output().strip());
        }
        Files.writeString(directory.resolve("postgresql.conf"), INCLUDE, StandardOpenOption.APPEND);
    }

    /** Gives the role a new password. */
    void setPassword(String password) {
        runAsSuperuser("ALTER ROLE " + ROLE + " PASSWORD '" + password + "'");
    }

    private void runAsSuperuser(String... statements) {
        List<String> arguments = List.of("--single", "-c", "exit_on_error=on", "-c", "log_statement=none", "postgres");
        Command.Result result = programs.on(directory, "postgres", arguments)
                .withInput(String.join("\n", statements) + "\n")
                .run();
        if (!result.succeeded()) {
            throw new EmbeddedPostgresException(
                    "cannot set up the role " + ROLE + " in " + directory + ": " + lastLine(result.output()));
        }
    }

    /** @throws EmbeddedPostgresException it was made by another major version */
    void checkVersion() throws IOException {
        String found = Files.readString(directory.resolve("PG_VERSION")).strip();
        int expected = programs.majorVersion();
        if (!found.equals(String.valueOf(expected))) {
            throw new EmbeddedPostgresException("the cluster in " + directory + " was made by PostgreSQL " + found
                    + ", but this promgres brings PostgreSQL " + expected
                    + ": write it to a file with the promgres that made it (promgres backup FILE), and restore that into a new"
                    + " one with this promgres (promgres restore FILE --data-dir DIR)");
        }
    }

    /** Writes the settings for the next start. Both files may be read by the account, and belong to us. */
    void configure(ServerSettings settings) throws IOException {
        write("promgres.conf", settings.text());
        write("pg_hba.conf", HBA);
    }

    private void write(String name, String text) throws IOException {
        Path file = directory.resolve(name);
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    }

    private static String lastLine(String text) {
        return text.lines().reduce((first, second) -> second).orElse("no output");
    }
}
