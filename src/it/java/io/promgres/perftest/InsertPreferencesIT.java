package io.promgres.perftest;

import static io.promgres.perftest.ReporterBodies.JID;
import static io.promgres.perftest.ReporterBodies.JOB;
import static io.promgres.perftest.ReporterBodies.LOOKUP;
import static io.promgres.perftest.ReporterBodies.METRIC;
import static io.promgres.perftest.ReporterBodies.error;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.promgres.http.RawClient.Answer;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Collections;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a client may prefer by the header Prefer: duplicates left out or merged, and inserted rows returned. */
class InsertPreferencesIT {

    private static final ObjectMapper JSON = new ObjectMapper();

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
}
