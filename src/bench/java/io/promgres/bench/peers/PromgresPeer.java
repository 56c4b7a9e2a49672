package io.promgres.bench.peers;

import io.promgres.bench.Cleanup;
import io.promgres.bench.DaemonOptions;
import io.promgres.bench.DaemonProcess;
import io.promgres.bench.DatabaseServer;
import io.promgres.bench.Measured;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.Map;

/** The packaged daemon with all that is on by default, and the PostgreSQL that is inside of it. */
final class PromgresPeer implements Peer {

    private static final Map<String, String> DEFAULTS =
            Map.of("storage.grace", "1h", "energy.enabled", "true", "self-monitoring.interval", "15s");
    private static final String DATABASE = "peer";

    private final DatabaseServer server;
    private final DaemonProcess daemon;
    private final Connection connection;

    /**
     * @param jar the packaged daemon
     * @param cleanup closes what is started
     */
    PromgresPeer(Path jar, String xmx, Path directory, Cleanup cleanup) throws Exception {
        this(new DaemonOptions(jar, xmx, List.of(), DEFAULTS), directory, cleanup);
    }

    /** With the defaults of Java, but for these options. */
    PromgresPeer(Path jar, List<String> jvm, Path directory, Cleanup cleanup) throws Exception {
        this(new DaemonOptions(jar, "", jvm, DEFAULTS), directory, cleanup);
    }

    private PromgresPeer(DaemonOptions options, Path directory, Cleanup cleanup) throws Exception {
        server = cleanup.add(new DatabaseServer(directory.resolve("database")));
        daemon = cleanup.add(new DaemonProcess(options, server.create(DATABASE), directory.resolve("log")));
        connection = cleanup.add(server.connectTo(DATABASE));
    }

    DaemonProcess daemon() {
        return daemon;
    }

    DatabaseServer server() {
        return server;
    }

    /** To its database. */
    Connection connection() {
        return connection;
    }

    @Override
    public String name() {
        return "promgres";
    }

    @Override
    public String url() {
        return daemon.url();
    }

    @Override
    public double cpuSeconds() {
        return daemon.cpuSeconds() + server.cpuSeconds();
    }

    @Override
    public long memoryBytes() {
        return daemon.memoryBytes() + server.memoryBytes();
    }

    @Override
    public long logBytes() throws Exception {
        return Measured.walBytes(connection);
    }

    @Override
    public void tidy() throws Exception {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CALL prom_api.execute_maintenance()");
        }
    }

    @Override
    public long storedBytes() throws Exception {
        return DatabaseServer.number(
                connection, "SELECT pg_database_size(current_database()) - pg_database_size('template0')");
    }
}
