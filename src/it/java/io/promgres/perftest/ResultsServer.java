package io.promgres.perftest;

import io.promgres.http.HttpServer;
import io.promgres.http.HttpSettings;
import io.promgres.http.InFlight;
import io.promgres.http.RawClient;
import io.promgres.http.RawClient.Answer;
import io.promgres.http.Routes;
import io.promgres.observe.Metrics;
import io.promgres.store.Database;
import io.promgres.testing.TestDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A fresh database with the schema, and a server that takes results into it. */
final class ResultsServer implements AutoCloseable {

    static final int BODY_LIMIT = 100_000_000;
    static final int BUDGET = 10_000_000;
    static final int ANSWER_LIMIT = 20_000;

    private static final String PATH = "/perf-test/";

    private final Metrics metrics = new Metrics("test");
    private final ExecutorService workers = Executors.newFixedThreadPool(2);
    private final TestDatabase testDatabase = TestDatabase.migrated();
    private final InFlight inFlight = new InFlight(BUDGET);
    private final Database database;
    private final HttpServer server;

    ResultsServer() throws IOException {
        database = new Database(testDatabase.uri(), 4, metrics.registry());
        ResultsEndpoint endpoint = new ResultsEndpoint(
                PATH,
                new TableNames(List.of("perf_test_", "profile_data_", "")),
                new ResultStore(database.pool(), ANSWER_LIMIT),
                new ResultReader(database.pool()),
                BODY_LIMIT);
        Routes routes =
                Routes.builder(metrics).addBelow(PATH, endpoint, workers).build();
        server = HttpServer.start(
                HttpSettings.listeningOn(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
                routes,
                inFlight,
                metrics);
    }

    /** What the clients of PostgREST are given as its URL. */
    String url() {
        return "http://127.0.0.1:" + server.address().getPort() + "/perf-test";
    }

    /** What requests hold of the budget, in bytes. */
    long bytesInFlight() {
        return inFlight.usedBytes();
    }

    RawClient connect() throws IOException {
        return new RawClient(server.address());
    }

    /** Sends what Python's requests.post(url, json=...) sends for this JSON, on a connection of its own as it does. */
    Answer post(String table, String json) throws IOException {
        return post(table, "", json);
    }

    /** @param headers more of them, each with CR LF at its end */
    Answer post(String table, String headers, String json) throws IOException {
        try (RawClient client = connect()) {
            return client.send("POST " + PATH + table + " HTTP/1.1\r\n"
                            + "Host: 127.0.0.1:" + server.address().getPort() + "\r\n"
                            + "User-Agent: python-requests/2.32.3\r\n"
                            + "Accept-Encoding: gzip, deflate\r\n"
                            + "Accept: */*\r\n"
                            + "Connection: keep-alive\r\n"
                            + headers
                            + "Content-Length: " + json.length() + "\r\n"
                            + "Content-Type: application/json\r\n"
                            + "\r\n"
                            + json)
                    .answer();
        }
    }

    Connection sql() throws SQLException {
        return testDatabase.connect();
    }

    void execute(String sql) throws SQLException {
        try (Connection connection = sql();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The rows of a query, each with its columns as psql shows them, separated by bars. */
    List<String> rows(String query) throws SQLException {
        try (Connection connection = sql();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            List<String> rows = new ArrayList<>();
            while (result.next()) {
                List<String> columns = new ArrayList<>();
                for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                    columns.add(String.valueOf(result.getString(i)));
                }
                rows.add(String.join("|", columns));
            }
            return rows;
        }
    }

    /** Empties all tables of results. */
    void clear() throws SQLException {
        execute("""
                TRUNCATE metric_data.perf_test_job, metric_data.perf_test_lookup_metrics,
                    metric_data.perf_test_lookup_parameters RESTART IDENTITY CASCADE""");
    }

    /** Takes the database away; the server stays. */
    void dropDatabase() {
        testDatabase.close();
    }

    void closeServer() {
        server.close();
        workers.shutdownNow();
        database.close();
        metrics.close();
    }

    @Override
    public void close() {
        closeServer();
        dropDatabase();
    }
}
