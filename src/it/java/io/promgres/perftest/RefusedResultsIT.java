package io.promgres.perftest;

import static io.promgres.perftest.ReporterBodies.JID;
import static io.promgres.perftest.ReporterBodies.JOB;
import static io.promgres.perftest.ReporterBodies.error;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.promgres.http.RawClient;
import io.promgres.http.RawClient.Answer;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reports that cannot be stored: each is answered by its status and SQLSTATE, and nothing of it is stored. */
class RefusedResultsIT {

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
    void clear() throws SQLException {
        server.clear();
    }

    @Test
    void ofAnArrayWithOneBadRowNothingIsStored() throws Exception {
        server.post("perf_test_job", JOB);
        String meta = "[{\"jid\": \"" + JID + "\", \"name\": \"a\", \"value\": \"1\"}, {\"jid\": \"" + JID
                + "\", \"name\": \"b\", \"value\": null}]";

        assertThat(error(server.post("perf_test_job_meta", meta), 400)
                        .get("code")
                        .asText())
                .isEqualTo("23502");
        assertThat(server.rows("SELECT * FROM metric_data.perf_test_job_meta")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "perf_test_job      | {\"jid\": \"x\"}                                            | 22P02",
                "perf_test_job      | {}                                                          | 23502",
                "perf_test_job      | [{}]                                                        | 23502",
                "perf_test_job      | {\"oid\": 1}                                                | 42703",
                "perf_test_job      | {\"jid\\\"; DROP TABLE x; --\": 1}                          | 42703",
                "perf_test_job      | {\"jid\": [1]}                                              | 22P02",
                "perf_test_job      | {\"jid\": {}}                                               | 22P02",
                "perf_test_job      | {\"status\": 1.5}                                           | 22P02",
                "perf_test_job      | {\"status\": 99999999999}                                   | 22003",
                "perf_test_job      | {\"started\": \"yesterday at noon\"}                        | 22007",
                "perf_test_job      | {\"started\": \"2017-02-30T00:00:00\"}                      | 22008",
                "perf_test_job_meta | {\"name\": \"123456789012345678901234567890123\"}           | 22001",
                "perf_test_job_meta | {\"name\": \"\\u0000\"}                                     | 22P05",
                "perf_test_job_meta | {\"name\": \"\\ud800\"}                                     | 22P02",
                "perf_test_job      | {\"status\": 1, \"status\": 2}                              | 22P02",
                "perf_test_job      | {\"status\": NaN}                                           | 22P02",
                "perf_test_job      | {\"status\": 1                                              | 22P02",
                "perf_test_job      | {} {}                                                       | 22P02",
                "perf_test_job      | [[]]                                                        | 22P02",
                "perf_test_job      | \"text\"                                                    | 22P02",
                "perf_test_job      | null                                                        | 22P02",
                "perf_test_job      | 'jid=1'                                                     | 22P02",
            })
    void whatDoesNotFitIsAnswered400WithItsSqlState(String table, String json, String code) throws Exception {
        JsonNode error = error(server.post(table, json), 400);

        assertThat(error.get("code").asText()).isEqualTo(code);
        assertThat(server.rows("SELECT * FROM metric_data." + table)).isEmpty();
    }

    @Test
    void anEmptyBodyIsAnswered400() throws IOException {
        assertThat(error(server.post("perf_test_job", ""), 400).get("code").asText())
                .isEqualTo("22P02");
    }

    @Test
    void aBodyThatIsNotUtf8IsAnswered400() throws IOException {
        assertThat(error(server.post("perf_test_job", "{\"project\": \"\u00ff\"}"), 400)
                        .get("details")
                        .asText())
                .isEqualTo("the body is not UTF-8");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "perf_test_jobs",
                "jobs",
                "perf_test_",
                "",
                "Job",
                "PERF_TEST_JOB",
                "perf_test_job/",
                "perf_test_job%20",
                "pg_catalog.pg_class",
                "perf_test_job;DROP%20TABLE%20x",
                "other_job"
            })
    void aTableThatIsNotOnTheListIsAnswered404(String table) throws IOException {
        assertThat(error(server.post(table, "[]"), 404).get("code").asText()).isEqualTo("42P01");
    }

    @ParameterizedTest
    @CsvSource({
        "application/json, 201",
        "application/json; charset=utf-8, 201",
        "Application/JSON;charset=\"UTF-8\", 201",
        "application/json; charset=latin1, 415",
        "text/csv, 415",
        "application/x-www-form-urlencoded, 415",
        "application/octet-stream, 415",
        "nonsense, 415"
    })
    void onlyJsonIsTaken(String type, int status) throws IOException {
        try (RawClient client = server.connect()) {
            Answer answer = client.post("/perf-test/perf_test_job", "Content-Type: " + type + "\r\n", "[]")
                    .answer();

            assertThat(answer.status()).isEqualTo(status);
            if (status == 415) {
                assertThat(error(answer, 415).get("code").asText()).isEqualTo("0A000");
                assertThat(answer.headers()).containsEntry("accept", "application/json");
            }
        }
    }

    @Test
    void rowsCannotBeChangedOrDeletedHere() throws IOException {
        for (String method : List.of("PATCH", "DELETE", "PUT", "OPTIONS")) {
            try (RawClient client = server.connect()) {
                Answer answer = client.send(method + " /perf-test/perf_test_job HTTP/1.1\r\nHost: x\r\n\r\n")
                        .answer();

                assertThat(error(answer, 405).get("code").asText()).isEqualTo("0A000");
                assertThat(answer.headers()).containsEntry("allow", "GET, HEAD, POST");
            }
        }
    }

    @Test
    void aBodyOverTheLimitIsAnswered413() throws IOException {
        try (RawClient client = server.connect()) {
            Answer answer = client.send("POST /perf-test/perf_test_job HTTP/1.1\r\nHost: x\r\nContent-Length: "
                            + (ResultsServer.BODY_LIMIT + 1) + "\r\n\r\n")
                    .answer();

            assertThat(error(answer, 413).get("code").asText()).isEqualTo("54000");
        }
    }

    @Test
    void aDatabaseThatIsAwayIsAnswered503WithRetryAfter() throws IOException {
        ResultsServer lost = new ResultsServer();
        lost.dropDatabase();
        Answer answer = lost.post("perf_test_job", JOB);
        lost.closeServer();

        assertThat(answer.headers()).containsEntry("retry-after", "2");
        assertThat(error(answer, 503).get("message").asText()).isNotEmpty();
    }
}
