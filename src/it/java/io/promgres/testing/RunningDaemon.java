package io.promgres.testing;

import io.promgres.config.Config;
import io.promgres.config.ConfigLoader;
import io.promgres.config.DatabaseUri;
import io.promgres.daemon.Daemon;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A whole daemon in this JVM, on a free port, and a connection to its database. Without self-monitoring, and with energy at once, unless told. */
public final class RunningDaemon implements AutoCloseable {

    private final DatabaseUri database;
    private final Daemon daemon;
    private final Sender sender;
    private final Connection connection;

    private RunningDaemon(DatabaseUri database, Daemon daemon) throws SQLException {
        this.database = database;
        this.daemon = daemon;
        this.sender = new Sender(daemon.address());
        this.connection = TestDatabase.connect(database);
    }

    /** @param settings keys of the configuration and their values, as in the file */
    public static RunningDaemon on(TestDatabase database, String... settings) throws IOException, SQLException {
        return on(database.uri(), settings);
    }

    /** @param settings keys of the configuration and their values, as in the file */
    public static RunningDaemon on(DatabaseUri database, String... settings) throws IOException, SQLException {
        return new RunningDaemon(database, Daemon.start(config(database, settings)));
    }

    private static Config config(DatabaseUri database, String... settings) {
        Map<String, String> options = new HashMap<>(Map.of(
                "listen", "127.0.0.1:0",
                "db", database.psql(),
                "self-monitoring.interval", "0s",
                "energy.interval", "1s"));
        for (int i = 0; i < settings.length; i += 2) {
            options.put(settings[i], settings[i + 1]);
        }
        return ConfigLoader.load(Optional.empty(), options).config();
    }

    /** Such as http://127.0.0.1:9201. */
    public String url() {
        return "http://127.0.0.1:" + daemon.address().getPort();
    }

    /** The port of its HTTP server. */
    public int port() {
        return daemon.address().getPort();
    }

    /** What it says when it has started. */
    public String greeting() {
        return daemon.greeting();
    }

    public Sender sender() {
        return sender;
    }

    /** Sends samples in one request. */
    public HttpResponse<String> send(TestSample... samples) throws IOException, InterruptedException {
        return sender.send(samples);
    }

    /** Sends samples in one request. */
    public HttpResponse<String> send(List<TestSample> samples) throws IOException, InterruptedException {
        return sender.send(samples);
    }

    public HttpResponse<String> post(byte[] body) throws IOException, InterruptedException {
        return sender.post(body);
    }

    /** A new connection as the owner of the database. */
    public Connection connect() throws SQLException {
        return TestDatabase.connect(database);
    }

    /** The rows of a query, see {@link Sql#rows}. */
    public List<String> rows(String sql, Object... arguments) throws SQLException {
        return Sql.rows(connection, sql, arguments);
    }

    /** The only row of a query, see {@link Sql#value}. */
    public String value(String sql, Object... arguments) throws SQLException {
        return Sql.value(connection, sql, arguments);
    }

    public void execute(String sql) throws SQLException {
        Sql.execute(connection, sql);
    }

    /** Every sample in the views. */
    public List<TestSample> stored() throws Exception {
        awaitViews();
        return StoredSamples.all(connection);
    }

    /** See {@link Await#views}. */
    public void awaitViews() throws Exception {
        Await.views(connection);
    }

    @Override
    public void close() throws SQLException {
        connection.close();
        daemon.close();
    }
}
