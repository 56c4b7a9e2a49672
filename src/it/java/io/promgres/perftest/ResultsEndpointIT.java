package io.promgres.perftest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promgres.http.RawClient;
import io.promgres.http.RawClient.Answer;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the reporter of a test driver sends, byte for byte, and what is in the tables afterwards. */
class ResultsEndpointIT {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String JID = "24b3c9dc13e34529a0a392340751be17";
    private static final String PID = "4a003e85e8bb4a95a340eec1727cfd0d";
    private static final String METRIC = "cfac77fc-eb24-4862-aedd-89066441c416";
    private static final String JOB = "{\"jid\": \"" + JID + "\", \"started\": \"2017-08-01T10:00:00.123456\","
            + " \"completed\": \"2017-08-01T11:30:00\", \"status\": 0, \"project\": \"marathon\"}";
    private static final String PHASE = "[{\"pid\": \"" + PID + "\", \"jid\": \"" + JID + "\", \"run\": 0,"
            + " \"timestamp\": \"2017-08-01T11:30:00.000001\"}]";
    private static final String LOOKUP = "{\"metric\": \"" + METRIC + "\", \"name\": \"deployTime\","
            + " \"title\": \"Time to deploy\", \"units\": \"sec\"}";

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
    void anObjectIsARowAndTheAnswer201HasNoBody() throws Exception {
        Answer answer = server.post("perf_test_job", JOB);

        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.body()).isEmpty();
        assertThat(server.rows("SELECT * FROM metric_data.perf_test_job"))
                .containsExactly("24b3c9dc-13e3-4529-a0a3-92340751be17|2017-08-01 10:00:00.123456"
                        + "|2017-08-01 11:30:00|0|marathon");
    }

    @Test
    void aWholeReportIsInTheTablesAsItWasSent() throws Exception {
        assertThat(statusesOfAReport()).containsOnly(201);

        assertThat(server.rows("SELECT * FROM metric_data.perf_test_job_meta"))
                .containsExactly(
                        "1|24b3c9dc-13e3-4529-a0a3-92340751be17|version|master",
                        "2|24b3c9dc-13e3-4529-a0a3-92340751be17|größe|1.10",
                        "3|24b3c9dc-13e3-4529-a0a3-92340751be17|nightly|true");
        assertThat(server.rows("SELECT * FROM metric_data.perf_test_job_phases"))
                .containsExactly("4a003e85-e8bb-4a95-a340-eec1727cfd0d|24b3c9dc-13e3-4529-a0a3-92340751be17|0"
                        + "|2017-08-01 11:30:00.000001");
        assertThat(server.rows("SELECT * FROM metric_data.perf_test_lookup_metrics"))
                .containsExactly("cfac77fc-eb24-4862-aedd-89066441c416|deployTime|Time to deploy|sec");
        assertThat(server.rows("SELECT name, title, units FROM metric_data.perf_test_lookup_parameters"))
                .containsExactly("instances|Instances|null");
        assertThat(server.rows("SELECT name, value FROM metric_data.perf_test_phase_flags"))
                .containsExactly("failed|false");
        assertThat(server.rows("SELECT value FROM metric_data.perf_test_phase_params"))
                .containsExactly("10");
        assertThat(server.rows("SELECT value, \"timestamp\" FROM metric_data.perf_test_phase_metrics ORDER BY id"))
                .containsExactly("1.42|2017-08-01 10:05:00", "0.00001|2017-08-01 10:06:00.5", "12|2017-08-01 10:07:00");
    }

    @Test
    void whatIsAListOrAnObjectIsTextAsItWasWritten() throws Exception {
        String nested = "[\"a\", {\"b\": 1.10}]";
        String meta = "[{\"jid\": \"" + JID + "\", \"name\": \"tags\", \"value\": " + nested + "}]";
        String params = "[{\"pid\": \"" + PID + "\", \"name\": \"failed\", \"value\": {\"jid\": []}}]";
        server.post("perf_test_job", JOB);
        server.post("perf_test_job_phases", PHASE);

        assertThat(server.post("perf_test_job_meta", meta).status()).isEqualTo(201);
        assertThat(server.post("perf_test_phase_flags", params).status()).isEqualTo(201);

        assertThat(server.rows("SELECT value FROM metric_data.perf_test_job_meta"))
                .containsExactly(nested)
                .isEqualTo(
                        server.rows("SELECT value FROM json_populate_recordset(NULL::metric_data.perf_test_job_meta, '"
                                + meta + "')"));
        assertThat(server.rows("SELECT value FROM metric_data.perf_test_phase_flags"))
                .containsExactly("{\"jid\": []}");
    }

    @Test
    void theReportersUrlMayEndWithASlash() throws IOException {
        assertThat(server.post("/perf_test_lookup_metrics", LOOKUP).status()).isEqualTo(201);
        assertThat(server.post("//perf_test_lookup_metrics", LOOKUP).status()).isEqualTo(404);
    }

    private List<Integer> statusesOfAReport() throws IOException {
        String parameter = "f1a2b3c4-0000-4000-8000-000000000001";
        return List.of(
                server.post("perf_test_lookup_metrics", LOOKUP).status(),
                server.post(
                                "perf_test_lookup_parameters",
                                "{\"parameter\": \"" + parameter + "\", \"name\": \"instances\","
                                        + " \"title\": \"Instances\", \"units\": null}")
                        .status(),
                server.post("perf_test_job", JOB).status(),
                server.post(
                                "perf_test_job_meta",
                                "[{\"jid\": \"" + JID + "\", \"name\": \"version\", \"value\": \"master\"}, "
                                        + "{\"jid\": \"" + JID
                                        + "\", \"name\": \"gr\\u00f6\\u00dfe\", \"value\": 1.10}, "
                                        + "{\"jid\": \"" + JID + "\", \"name\": \"nightly\", \"value\": true}]")
                        .status(),
                server.post("perf_test_job_phases", PHASE).status(),
                server.post(
                                "perf_test_phase_flags",
                                "[{\"pid\": \"" + PID + "\", \"name\": \"failed\", \"value\": false}]")
                        .status(),
                server.post(
                                "perf_test_phase_params",
                                "[{\"pid\": \"" + PID + "\", \"parameter\": \"" + parameter + "\", \"value\": 10}]")
                        .status(),
                server.post(
                                "perf_test_phase_metrics",
                                "[" + value("1.42", "2017-08-01T10:05:00") + ", "
                                        + value("1e-05", "2017-08-01T10:06:00.500000") + ", "
                                        + value("12", "2017-08-01T10:07:00") + "]")
                        .status());
    }

    private static String value(String value, String timestamp) {
        return "{\"pid\": \"" + PID + "\", \"metric\": \"" + METRIC + "\", \"value\": " + value + ", \"timestamp\": \""
                + timestamp + "\"}";
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "job",
                "job_meta",
                "job_phases",
                "lookup_metrics",
                "lookup_parameters",
                "phase_flags",
                "phase_params",
                "phase_metrics"
            })
    void anEmptyArrayIsWellForEveryTableUnderBothPrefixes(String suffix) throws IOException {
        assertThat(server.post("perf_test_" + suffix, "[]").status()).isEqualTo(201);
        assertThat(server.post("profile_data_" + suffix, "[]").status()).isEqualTo(201);
    }

    @Test
    void aLookupThatIsThereAlreadyIsAConflictAsTheReporterExpects() throws Exception {
        assertThat(server.post("perf_test_lookup_metrics", LOOKUP).status()).isEqualTo(201);
        Answer again = server.post("perf_test_lookup_metrics", LOOKUP);

        assertThat(again.status()).isEqualTo(409);
        assertThat(again.headers()).containsEntry("content-type", "application/json; charset=utf-8");
        assertThat(again.body())
                .isEqualTo("{\"code\":\"23505\","
                        + "\"message\":\"duplicate key value violates unique constraint"
                        + " \\\"perf_test_lookup_metrics_pkey\\\"\","
                        + "\"details\":\"Key (metric)=(cfac77fc-eb24-4862-aedd-89066441c416) already exists.\","
                        + "\"hint\":null}");
        assertThat(server.rows("SELECT count(*) FROM metric_data.perf_test_lookup_metrics"))
                .containsExactly("1");
    }

    @Test
    void aMissingReferenceIsAConflict() throws Exception {
        JsonNode error = error(server.post("perf_test_job_phases", PHASE), 409);

        assertThat(error.get("code").asText()).isEqualTo("23503");
        assertThat(error.get("details").asText()).contains("is not present in table \"perf_test_job\"");
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
    void withoutAContentTypeJsonIsMeant() throws IOException {
        try (RawClient client = server.connect()) {
            assertThat(client.post("/perf-test/perf_test_job", "", JOB).answer().status())
                    .isEqualTo(201);
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
    void duplicatesAreLeftOutWhereThatIsPreferred() throws Exception {
        server.post("perf_test_lookup_metrics", LOOKUP);
        String other = LOOKUP.replace("cfac77fc", "dfac77fc");
        String both = "[" + LOOKUP.replace("Time to deploy", "Another title") + ", " + other + "]";
        Answer answer = server.post("perf_test_lookup_metrics", "Prefer: resolution=ignore-duplicates\r\n", both);

        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.headers()).containsEntry("preference-applied", "resolution=ignore-duplicates");
        assertThat(server.rows("SELECT title FROM metric_data.perf_test_lookup_metrics"))
                .containsExactly("Time to deploy", "Time to deploy");
    }

    @Test
    void insertedRowsAreReturnedWhereThatIsPreferred() throws Exception {
        server.post("perf_test_job", JOB);
        Answer answer = server.post(
                "perf_test_job_meta",
                "Prefer: return=representation, resolution=ignore-duplicates\r\n",
                "{\"jid\": \"" + JID + "\", \"name\": \"a\", \"value\": 1.50}");
        assertThat(answer.headers())
                .containsEntry("preference-applied", "resolution=ignore-duplicates, return=representation");
        assertThat(JSON.readTree(answer.body()))
                .isEqualTo(JSON.readTree("[{\"id\":1,\"jid\":\"24b3c9dc-13e3-4529-a0a3-92340751be17\","
                        + "\"name\":\"a\",\"value\":\"1.50\"}]"));
    }

    @Test
    void duplicatesAreMergedWhereThatIsPreferred() throws Exception {
        server.post("perf_test_lookup_metrics", LOOKUP);
        String mended = LOOKUP.replace("Time to deploy", "Deployment");
        String other = LOOKUP.replace("cfac77fc", "dfac77fc");
        Answer answer = server.post(
                "perf_test_lookup_metrics?on_conflict=metric",
                "Prefer: resolution=merge-duplicates,count=exact\r\n",
                "[" + LOOKUP.replace("sec", "ms") + ", " + other + ", " + mended + "]");

        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        assertThat(answer.headers())
                .containsEntry("preference-applied", "resolution=merge-duplicates, count=exact")
                .containsEntry("content-range", "*/2");
        assertThat(server.rows("SELECT metric, title, units FROM metric_data.perf_test_lookup_metrics ORDER BY 1"))
                .containsExactly(
                        METRIC + "|Deployment|sec", METRIC.replace("cfac77fc", "dfac77fc") + "|Time to deploy|sec");
    }

    @Test
    void ofAMergedRowColumnsThatItDoesNotBringStay() throws Exception {
        server.post("perf_test_lookup_metrics", LOOKUP);
        server.post(
                "perf_test_lookup_metrics?columns=%22metric%22,%22name%22,%22title%22",
                "Prefer: resolution=merge-duplicates\r\n",
                LOOKUP.replace("Time to deploy", "Deployment").replace("sec", "ms"));

        assertThat(server.rows("SELECT title, units FROM metric_data.perf_test_lookup_metrics"))
                .containsExactly("Deployment|sec");
    }

    @Test
    void rowsToBeMergedThatBringDifferentColumnsAreRefused() throws Exception {
        Answer answer = server.post(
                "perf_test_job_meta",
                "Prefer: resolution=merge-duplicates\r\n",
                "[{\"jid\": \"" + JID + "\"}, {\"jid\": \"" + JID + "\", \"name\": \"x\"}]");

        assertThat(error(answer, 400).get("code").asText()).isEqualTo("PGRST102");
    }

    @Test
    void aConflictTargetThatIsNoKeyIsRefused() throws Exception {
        Answer answer = server.post(
                "perf_test_lookup_metrics?on_conflict=name", "Prefer: resolution=merge-duplicates\r\n", LOOKUP);

        assertThat(error(answer, 400).get("code").asText()).isEqualTo("42P10");
        assertThat(error(server.post("perf_test_job?on_conflict=oid", JOB), 400)
                        .get("code")
                        .asText())
                .isEqualTo("42703");
    }

    @Test
    void onlyTheNamedColumnsAreTakenAndAnsweredAndAMissingNumberIsGiven() throws Exception {
        server.post("perf_test_job", JOB);
        Answer answer = server.post(
                "perf_test_job_meta?columns=id,jid,name,value&select=number:id,value::text,name",
                "Prefer: return=representation,missing=default,count=exact\r\n",
                "[{\"id\": 70, \"jid\": \"" + JID + "\", \"name\": \"a\", \"value\": 1.50, \"oid\": 7},"
                        + " {\"jid\": \"" + JID + "\", \"name\": \"b\", \"value\": []}]");

        assertThat(JSON.readTree(answer.body()))
                .isEqualTo(JSON.readTree("[{\"number\":70,\"value\":\"1.50\",\"name\":\"a\"},"
                        + "{\"number\":1,\"value\":\"[]\",\"name\":\"b\"}]"));
        assertThat(answer.headers()).containsEntry("content-range", "*/2");
    }

    @Test
    void oneInsertedRowMayBeAnsweredAsAnObjectAndSeveralAreNotInsertedThen() throws Exception {
        String headers = "Prefer: return=representation\r\nAccept: application/vnd.pgrst.object+json\r\n";
        Answer one = server.post("perf_test_job?select=status,project", headers, JOB);
        Answer two = server.post(
                "perf_test_lookup_metrics", headers, "[" + LOOKUP + "," + LOOKUP.replace("cfac77fc", "dfac77fc") + "]");

        assertThat(one.body()).isEqualTo("{\"status\" : 0, \"project\" : \"marathon\"}");
        assertThat(one.headers()).containsEntry("content-type", "application/vnd.pgrst.object+json; charset=utf-8");
        assertThat(error(two, 406).get("code").asText()).isEqualTo("PGRST116");
        assertThat(server.rows("SELECT * FROM metric_data.perf_test_lookup_metrics"))
                .isEmpty();
    }

    @Test
    void anAnswerThatIsTooLargeIsRefusedAndNothingIsInserted() throws Exception {
        server.post("perf_test_job", JOB);
        String row = "{\"jid\": \"" + JID + "\", \"name\": \"a\", \"value\": \"" + "x".repeat(100) + "\"}";
        String rows = "[" + String.join(",", Collections.nCopies(150, row)) + "]";

        Answer refused = server.post("perf_test_job_meta", "Prefer: return=representation\r\n", rows);

        assertThat(error(refused, 413).get("hint").asText()).contains("return=minimal");
        assertThat(server.rows("SELECT * FROM metric_data.perf_test_job_meta")).isEmpty();
        assertThat(server.post("perf_test_job_meta", rows).status()).isEqualTo(201);
    }

    @Test
    void ofIgnoredDuplicatesNothingIsReturned() throws IOException {
        server.post("perf_test_job", JOB);
        Answer answer = server.post(
                "perf_test_job", "Prefer: return=representation\r\nPrefer: resolution=ignore-duplicates\r\n", JOB);

        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.body()).isEqualTo("[]");
    }

    @Test
    void minimalIsWhatIsReturnedAnyway() throws IOException {
        Answer answer = server.post("perf_test_job", "Prefer: return=minimal\r\n", JOB);

        assertThat(answer.body()).isEmpty();
        assertThat(answer.headers()).containsEntry("preference-applied", "return=minimal");
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

    private static JsonNode error(Answer answer, int status) throws IOException {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers()).containsEntry("content-type", "application/json; charset=utf-8");
        JsonNode error = JSON.readTree(answer.body());
        assertThat(error.properties().stream().map(Map.Entry::getKey))
                .containsExactly("code", "message", "details", "hint");
        return error;
    }
}
