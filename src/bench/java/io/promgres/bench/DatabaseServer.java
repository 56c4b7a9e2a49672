package io.promgres.bench;

import io.promgres.config.DatabaseUri;
import io.promgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;

/** The PostgreSQL that is inside the product, with the settings that it ships, in a directory of the benchmark. */
public final class DatabaseServer implements AutoCloseable {

    private static final int LOG_MEBIBYTES = 4_096;

    private final EmbeddedPostgres server;
    private final LinuxProcess process;

    /**
     * In the state of a server that has run for hours: the files of its log are there already, and are used again. A new server
     * makes them, 16 MiB at a time, and all who commit wait for each.
     */
    public DatabaseServer(Path directory) throws IOException, SQLException {
        server = EmbeddedPostgres.start(directory, 0);
        Path pidFile = directory.resolve("cluster").resolve("postmaster.pid");
        process = new LinuxProcess(
                Long.parseLong(Files.readAllLines(pidFile).get(0).strip()));
        execute("SELECT count(pg_logical_emit_message(false, 'bench', repeat('x', 1048576))) FROM generate_series(1, "
                + LOG_MEBIBYTES + ")");
    }

    /** Makes an empty database. */
    public DatabaseUri create(String name) throws SQLException {
        // With a checkpoint, after which files of the log that were written before are free.
        execute("CREATE DATABASE " + name + " STRATEGY file_copy");
        return uri(name);
    }

    private DatabaseUri uri(String name) {
        DatabaseUri uri = server.uri();
        return new DatabaseUri(uri.hosts(), name, uri.user(), uri.password(), uri.parameters());
    }

    /** Everybody has gone but for autovacuum, which a plain DROP sends away; with FORCE its worker would be a superuser's session. */
    void drop(String name) throws SQLException {
        execute("DROP DATABASE " + name);
    }

    /** Has all that was written on the disk: whoever waits for the disk afterwards waits for what he writes himself. */
    void settle() throws SQLException {
        // Both wait for a checkpoint.
        execute("CREATE DATABASE settled STRATEGY file_copy");
        execute("DROP DATABASE settled");
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = connect(server.uri());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    String version() throws SQLException {
        try (Connection connection = connect(server.uri())) {
            return connection.getMetaData().getDatabaseProductVersion();
        }
    }

    /** Seconds of CPU that the server has used. */
    public double cpuSeconds() {
        return process.cpuSecondsWithChildren();
    }

    /** Seconds of CPU of its processes that run, by what they call themselves. */
    public Map<String, Double> cpuSecondsByProcess() {
        return process.cpuSecondsByChild();
    }

    /** Bytes of memory of the server's processes, what they share counted once. */
    public long memoryBytes() {
        return process.proportionalBytesWithChildren();
    }

    /** A connection to a database of the server. */
    public Connection connectTo(String name) throws SQLException {
        return connect(uri(name));
    }

    static Connection connect(DatabaseUri uri) throws SQLException {
        return DriverManager.getConnection(uri.jdbcUrl(), uri.properties());
    }

    /** The only value of a query. */
    public static long number(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
