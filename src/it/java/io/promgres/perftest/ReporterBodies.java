package io.promgres.perftest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promgres.http.RawClient.Answer;
import java.io.IOException;
import java.util.Map;

/** What the reporter of a test driver sends, and how it is answered where that is an error. */
final class ReporterBodies {

    static final String JID = "24b3c9dc13e34529a0a392340751be17";
    static final String PID = "4a003e85e8bb4a95a340eec1727cfd0d";
    static final String METRIC = "cfac77fc-eb24-4862-aedd-89066441c416";
    static final String JOB = "{\"jid\": \"" + JID + "\", \"started\": \"2017-08-01T10:00:00.123456\","
            + " \"completed\": \"2017-08-01T11:30:00\", \"status\": 0, \"project\": \"marathon\"}";
    static final String PHASE = "[{\"pid\": \"" + PID + "\", \"jid\": \"" + JID + "\", \"run\": 0,"
            + " \"timestamp\": \"2017-08-01T11:30:00.000001\"}]";
    static final String LOOKUP = "{\"metric\": \"" + METRIC + "\", \"name\": \"deployTime\","
            + " \"title\": \"Time to deploy\", \"units\": \"sec\"}";

    private static final ObjectMapper JSON = new ObjectMapper();

    private ReporterBodies() {}

    /** The error of an answer, which has this status. */
    static JsonNode error(Answer answer, int status) throws IOException {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers()).containsEntry("content-type", "application/json; charset=utf-8");
        JsonNode error = JSON.readTree(answer.body());
        assertThat(error.properties().stream().map(Map.Entry::getKey))
                .containsExactly("code", "message", "details", "hint");
        return error;
    }
}
