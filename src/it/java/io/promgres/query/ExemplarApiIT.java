package io.promgres.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.codec.proto.WriteV2.Exemplar;
import io.promgres.codec.proto.WriteV2.Request;
import io.promgres.codec.proto.WriteV2.TimeSeries;
import io.promgres.testing.AnyServer;
import io.promgres.testing.QueryClient;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.WriteBody;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Exemplars, as Grafana's data source asks for them beside a range query. */
@AnyServer
class ExemplarApiIT {

    private static final long NOW = System.currentTimeMillis() / 1000 * 1000;
    private static final List<String> SYMBOLS =
            List.of("", "__name__", "wait_bucket", "le", "0.5", "1", "trace_id", "a\"b", "c", "span", "other");

    private static final String FIRST =
            "{\"seriesLabels\":{\"__name__\":\"wait_bucket\",\"le\":\"0.5\"},\"exemplars\":["
                    + "{\"labels\":{\"span\":\"c\",\"trace_id\":\"a\\\"b\"},\"value\":\"0.25\",\"timestamp\":"
                    + (NOW - 60_000) / 1000 + "},"
                    + "{\"labels\":{\"trace_id\":\"c\"},\"value\":\"0.5\",\"timestamp\":" + NOW / 1000 + ".250}]}";
    private static final String SECOND = "{\"seriesLabels\":{\"__name__\":\"wait_bucket\",\"le\":\"1\"},\"exemplars\":["
            + "{\"labels\":{},\"value\":\"0.75\",\"timestamp\":" + NOW / 1000 + "}]}";

    private static TestDatabase database;
    private static RunningDaemon daemon;
    private static QueryClient client;

    @BeforeAll
    static void start() throws Exception {
        database = TestDatabase.migrated();
        daemon = RunningDaemon.on(database);
        client = new QueryClient(daemon.url());
        Request request = Request.newBuilder()
                .addAllSymbols(SYMBOLS)
                .addTimeseries(TimeSeries.newBuilder()
                        .addAllLabelsRefs(List.of(1, 2, 3, 4))
                        .addExemplars(exemplar(NOW + 250, 0.5).addAllLabelsRefs(List.of(6, 8)))
                        .addExemplars(exemplar(NOW - 60_000, 0.25).addAllLabelsRefs(List.of(6, 7, 9, 8))))
                .addTimeseries(TimeSeries.newBuilder()
                        .addAllLabelsRefs(List.of(1, 2, 3, 5))
                        .addExemplars(exemplar(NOW, 0.75)))
                .addTimeseries(
                        TimeSeries.newBuilder().addAllLabelsRefs(List.of(1, 10)).addExemplars(exemplar(NOW, 7)))
                .build();
        HttpResponse<String> answer = daemon.sender()
                .post(
                        WriteBody.compress(request.toByteArray()),
                        "application/x-protobuf;proto=io.prometheus.write.v2.Request",
                        "snappy");
        assertThat(answer.statusCode()).isEqualTo(204);
    }

    private static Exemplar.Builder exemplar(long time, double value) {
        return Exemplar.newBuilder().setTimestamp(time).setValue(value);
    }

    @AfterAll
    static void stop() throws Exception {
        daemon.close();
        database.close();
    }

    @Test
    void exemplarsAreThoseOfEverySelectorOfTheExpression() throws Exception {
        assertThat(exemplars("histogram_quantile(0.9, sum by (le) (rate(wait_bucket[5m])))", NOW - 60_000, NOW + 1000))
                .isEqualTo("[" + FIRST + "," + SECOND + "]");
        assertThat(exemplars("wait_bucket{le=\"1\"} / on() nothing + wait_bucket{le=\"1\"}", NOW, NOW))
                .isEqualTo("[" + SECOND + "]");
    }

    @Test
    void exemplarsOfATimeIncludeThoseOfBothItsEnds() throws Exception {
        assertThat(exemplars("wait_bucket", NOW - 59_999, NOW - 1)).isEqualTo("[]");
        assertThat(exemplars("wait_bucket{le=\"0.5\"}", NOW - 60_000, NOW + 250))
                .isEqualTo("[" + FIRST + "]");
    }

    @Test
    void whatSelectsNothingHasNoExemplars() throws Exception {
        assertThat(exemplars("1 + 1", NOW, NOW)).isEqualTo("[]");
        assertThat(exemplars("nothing", 0, Long.MAX_VALUE / 1_000_000)).isEqualTo("[]");
    }

    @Test
    void aRequestWithoutATimeOrWithAWrongExpressionIsRefused() throws Exception {
        assertThat(client.get("/api/v1/query_exemplars", "query", "up", "start", "1")
                        .body())
                .isEqualTo("{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"invalid parameter"
                        + " \\\"end\\\": cannot parse \\\"\\\" to a valid timestamp\"}");
        assertThat(client.get("/api/v1/query_exemplars", "query", "up", "start", "2", "end", "1")
                        .body())
                .contains("end timestamp must not be before start timestamp");
        HttpResponse<String> wrong = client.get("/api/v1/query_exemplars", "query", "sum(", "start", "1", "end", "2");
        assertThat(wrong.statusCode()).isEqualTo(400);
        assertThat(wrong.body()).contains("parse error: unclosed left parenthesis");
    }

    /** What is answered as data, at POST as Grafana sends it. */
    private static String exemplars(String query, long from, long to) throws Exception {
        HttpResponse<String> response =
                client.post("/api/v1/query_exemplars", "query", query, "start", from / 1e3 + "", "end", to / 1e3 + "");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        String data = "{\"status\":\"success\",\"data\":";
        assertThat(response.body()).startsWith(data);
        return response.body().substring(data.length(), response.body().length() - 1);
    }
}
