package io.promgres.bench;

import io.promgres.testing.QueryClient;
import java.io.IOException;
import java.net.http.HttpResponse;

/**
 * A query in PromQL.
 *
 * @param seconds of the range that it is asked for; 0 for one time
 * @param step of the range, in seconds
 */
public record PromqlQuery(String promql, int seconds, int step) {

    /** At one time. */
    public static PromqlQuery at(String promql) {
        return new PromqlQuery(promql, 0, 0);
    }

    /**
     * Asks it.
     *
     * @param end the time, or the end of the range, in seconds since the epoch
     * @return the body of the answer
     */
    public String ask(QueryClient client, long end) throws IOException, InterruptedException {
        HttpResponse<String> answer = seconds == 0
                ? client.post("/api/v1/query", "query", promql, "time", "" + end)
                : client.post(
                        "/api/v1/query_range",
                        "query",
                        promql,
                        "start",
                        "" + (end - seconds),
                        "end",
                        "" + end,
                        "step",
                        "" + step);
        if (answer.statusCode() != 200) {
            throw new IOException(promql + ": status " + answer.statusCode() + ": " + answer.body());
        }
        return answer.body();
    }
}
