package io.promgres.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;

/** What a daemon answers to remote write. Each method waits for the views of what is stored. */
public final class WriteAnswers {

    private WriteAnswers() {}

    /** All of the request is stored. */
    public static void assertStored(RunningDaemon daemon, HttpResponse<String> response) throws Exception {
        assertThat(response.body()).isEmpty();
        assertThat(response.statusCode()).isEqualTo(204);
        daemon.awaitViews();
    }

    /** One sample is not stored, for this reason; the answer names it. */
    public static void assertRejected(
            RunningDaemon daemon, HttpResponse<String> response, String reason, String offender) throws Exception {
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains("not stored (1 " + reason + ")", offender);
        daemon.awaitViews();
    }
}
