package io.promgres.perftest;

import static io.promgres.perftest.ReporterBodies.JID;
import static io.promgres.perftest.ReporterBodies.JOB;
import static io.promgres.perftest.ReporterBodies.LOOKUP;
import static io.promgres.perftest.ReporterBodies.METRIC;
import static io.promgres.perftest.ReporterBodies.PHASE;
import static io.promgres.perftest.ReporterBodies.PID;
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
import org.junit.jupiter.params.provider.ValueSource;

/** What the reporter of a test driver sends, byte for byte, and what is in the tables afterwards. */
class ResultsEndpointIT {

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
    void withoutAContentTypeJsonIsMeant() throws IOException {
        try (RawClient client = server.connect()) {
            assertThat(client.post("/perf-test/perf_test_job", "", JOB).answer().status())
                    .isEqualTo(201);
        }
    }
}
