package io.promgres.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.AnyServer;
import io.promgres.testing.Await;
import io.promgres.testing.QueryClient;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.Sql;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests that end before their answer. */
@AnyServer
class QueryCancelIT {

    private static final String WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            + " AND application_name = 'promgres' AND datname = current_database()";

    private TestDatabase database;
    private RunningDaemon daemon;
    private Connection connection;

    @BeforeEach
    void start() throws Exception {
        database = TestDatabase.migrated();
        daemon = RunningDaemon.on(database, "promql.timeout", "2s");
        daemon.send(TestSample.of("up", System.currentTimeMillis(), 1, "job", "a", "instance", "b"));
        daemon.awaitViews();
        connection = database.connect();
        // Whatever reads the catalog waits, as long as this is open.
        Sql.execute(connection, "BEGIN");
        Sql.execute(connection, "LOCK TABLE _prom_catalog.label_key");
    }

    @AfterEach
    void stop() throws Exception {
        connection.close();
        daemon.close();
        database.close();
    }

    @Test
    void aClientThatGoesAwayEndsItsStatement() throws Exception {
        try (Socket client = new Socket("127.0.0.1", daemon.port())) {
            client.getOutputStream()
                    .write("GET /api/v1/series?match[]=%7Bjob=%22a%22%7D HTTP/1.1\r\nHost: x\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            Await.until("the statement waits", () -> waiting() == 1);
        }

        Await.until("the statement has ended", () -> waiting() == 0);
    }

    @Test
    void whatTakesTooLongIsAnswered503() throws Exception {
        var response = new QueryClient(daemon.url()).get("/api/v1/series", "match[]", "{job=\"a\"}");

        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.body())
                .isEqualTo("{\"status\":\"error\",\"errorType\":\"timeout\","
                        + "\"error\":\"query timed out in expression evaluation\"}");
        assertThat(waiting()).isZero();
    }

    @Test
    void anEvaluationThatWouldGoOnForManyMinutesEndsWithItsClientOrItsTime() throws Exception {
        Sql.execute(connection, "ROLLBACK");
        long weekAgo = System.currentTimeMillis() - Duration.ofDays(8).toMillis();
        List<TestSample> samples = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            samples.add(TestSample.of("many", weekAgo + i * 1000L, i % 1009, "job", "a", "instance", "b"));
        }
        assertThat(daemon.send(samples).statusCode()).isEqualTo(204);
        // 600,000 times the median of 20,000 samples.
        String query = "max_over_time(quantile_over_time(0.5, many[30d])[7d:1s])";
        try (RunningDaemon patient = RunningDaemon.on(database, "promql.timeout", "1h");
                Socket client = new Socket("127.0.0.1", patient.port())) {
            client.getOutputStream()
                    .write(("GET /api/v1/query?" + QueryClient.form("query", query) + " HTTP/1.1\r\nHost: x\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            Await.until("the samples are read", () -> evaluating() == 1);
            client.close();
            Await.until("the transaction has ended", () -> evaluating() == 0);

            assertThat(new QueryClient(patient.url())
                            .get("/api/v1/query", "query", query, "timeout", "1s")
                            .body())
                    .contains("\"errorType\":\"timeout\",\"error\":\"query timed out in expression evaluation\"");
            Await.until("the transaction has ended", () -> evaluating() == 0);
        }
    }

    @Test
    void whatWaitsTooLongForItsTurnIsAnswered503AndAClientThatGoesAwayLeavesTheQueue() throws Exception {
        try (RunningDaemon busy = RunningDaemon.on(database, "promql.timeout", "1h", "promql.max-concurrency", "1");
                Socket holder = ask(busy, "/api/v1/series?match[]=%7Bjob=%22a%22%7D")) {
            Await.until("the only turn is taken", () -> waiting() == 1);
            QueryClient client = new QueryClient(busy.url());

            var late = client.get("/api/v1/query", "query", "up", "timeout", "300ms");
            assertThat(late.statusCode()).isEqualTo(503);
            assertThat(late.body())
                    .isEqualTo("{\"status\":\"error\",\"errorType\":\"timeout\","
                            + "\"error\":\"query timed out in query queue\"}");

            try (Socket queued = ask(busy, "/api/v1/query?query=up")) {
                Await.until("it waits beside the other", () -> inFlight(client) == 3);
            }
            Await.until("what the client has left is not waited for", () -> inFlight(client) == 2);
            assertThat(waiting()).isOne();

            Sql.execute(connection, "ROLLBACK");
            assertThat(client.get("/api/v1/query", "query", "up").statusCode()).isEqualTo(200);
        }
    }

    private static Socket ask(RunningDaemon daemon, String path) throws Exception {
        Socket client = new Socket("127.0.0.1", daemon.port());
        client.getOutputStream()
                .write(("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        return client;
    }

    /** Requests that are being worked on, the one that asks included. */
    private static int inFlight(QueryClient client) throws Exception {
        return client.get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith("promgres_http_requests_in_flight "))
                .mapToInt(line -> (int) Double.parseDouble(line.substring(line.indexOf(' '))))
                .findFirst()
                .orElseThrow();
    }

    /** Transactions that compute: those of the background are never idle that long. */
    private long evaluating() throws Exception {
        return Long.parseLong(Sql.value(
                connection,
                "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction' AND application_name = 'promgres'"
                        + " AND datname = current_database() AND now() - xact_start > interval '500 ms'"));
    }

    private long waiting() throws Exception {
        return Long.parseLong(Sql.value(connection, WAITING));
    }
}
