package io.promgres.perftest;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.http.RawClient;
import io.promgres.http.RawClient.Answer;
import io.promgres.testing.AnyServer;
import io.promgres.testing.Await;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Reports that are larger than the budget of bytes in flight. */
@AnyServer
class LargeReportsIT {

    private static final String ROW =
            "{\"metric\": \"cfac77fc-eb24-4862-aedd-89066441c416\", \"name\": \"n\", \"title\": \"" + "t".repeat(120)
                    + "\", \"units\": null, \"more\": \"" + "x".repeat(800) + "\"}";
    private static final int ROWS_OF_A_PART = 500;

    private static ResultsServer server;

    @BeforeAll
    static void start() throws IOException {
        server = new ResultsServer();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void clear() throws Exception {
        server.clear();
    }

    @Test
    void aReportLargerThanTheBudgetIsInsertedInLittleMemory() throws Exception {
        int parts = 25;
        long most = 0;
        try (RawClient client = begin()) {
            client.send(chunk("["));
            for (int i = 0; i < parts; i++) {
                client.send(chunk((ROW + ", ").repeat(ROWS_OF_A_PART)));
                most = Math.max(most, server.bytesInFlight());
            }
            Answer answer = end(client, ROW.replace("cfac77fc", "dfac77fc") + "]");

            assertThat(answer.status()).as(answer.body()).isEqualTo(201);
            assertThat(answer.headers()).containsEntry("content-range", "*/2");
        }
        assertThat(parts * ROWS_OF_A_PART * ROW.length()).isGreaterThan(ResultsServer.BUDGET);
        assertThat(most).isBetween(1L, ResultsServer.BUDGET / 3L);
        assertThat(server.rows("SELECT count(*) FROM metric_data.perf_test_lookup_metrics"))
                .containsExactly("2");
    }

    @Test
    void ofALargeReportWithABadRowAtItsEndNothingIsStored() throws Exception {
        try (RawClient client = begin()) {
            client.send(chunk("[")).send(chunk((ROW + ", ").repeat(4 * ROWS_OF_A_PART)));
            Answer answer = end(client, "{\"metric\": \"x\"}]");

            assertThat(answer.status()).as(answer.body()).isEqualTo(400);
            assertThat(answer.body()).startsWith("{\"code\":\"22P02\"");
        }
        assertThat(server.rows("SELECT * FROM metric_data.perf_test_lookup_metrics"))
                .isEmpty();
    }

    @Test
    void ofALargeReportWhoseClientLeavesNothingIsStored() throws Exception {
        try (RawClient client = begin()) {
            client.send(chunk("[")).send(chunk((ROW + ", ").repeat(4 * ROWS_OF_A_PART)));
            Await.until("the rows being inserted", () -> transactions().equals("1"));
        }
        Await.until("the transaction taken back", () -> transactions().equals("0"));
        assertThat(server.rows("SELECT * FROM metric_data.perf_test_lookup_metrics"))
                .isEmpty();
    }

    private static String transactions() throws Exception {
        return server.rows("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                        + " AND state LIKE 'idle in transaction%' AND query LIKE '%perf_test_lookup_metrics%'"
                        + " AND pid <> pg_backend_pid()")
                .get(0);
    }

    private static RawClient begin() throws IOException {
        RawClient client = server.connect();
        client.send("POST /perf-test/lookup_metrics?columns=metric,name,title,units HTTP/1.1\r\nHost: x\r\n"
                + "Content-Type: application/json\r\nPrefer: resolution=ignore-duplicates, count=exact\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n");
        return client;
    }

    private static Answer end(RawClient client, String last) throws IOException {
        return client.send(chunk(last)).send("0\r\n\r\n").answer();
    }

    private static String chunk(String text) {
        return Integer.toHexString(text.length()) + "\r\n" + text + "\r\n";
    }
}
