package io.promgres.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.AnyServer;
import io.promgres.testing.QueryClient;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.Sql;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Series, labels and metadata as Prometheus' clients ask for them. */
@AnyServer
class CatalogApiIT {

    private static final long NOW = System.currentTimeMillis();
    private static final long LAST_YEAR = NOW - 400L * 86_400_000;

    private static TestDatabase database;
    private static RunningDaemon daemon;
    private static QueryClient client;

    @BeforeAll
    static void start() throws Exception {
        database = TestDatabase.migrated();
        daemon = RunningDaemon.on(database);
        client = new QueryClient(daemon.url());
        daemon.send(
                TestSample.of("up", NOW, 1, "job", "node", "instance", "a"),
                TestSample.of("up", NOW, 0, "job", "node", "instance", "b"),
                TestSample.of("load", NOW, 0.25, "job", "node", "instance", "a", "note", "say \"hi\"\n"),
                TestSample.ofBits("gone", NOW, 0x7ff0000000000002L, "job", "node", "instance", "a"),
                TestSample.of("old", LAST_YEAR, 1, "job", "old", "instance", "z"),
                TestSample.of("http.requests", NOW, 1e21, "job", "web", "instance", "c", "status.code", "200"));
        try (Connection connection = database.connect()) {
            Sql.execute(
                    connection,
                    "INSERT INTO _prom_catalog.metadata VALUES"
                            + " ('up', 'gauge', '', 'Whether it is up.', now() - interval '1 day', now()),"
                            + " ('up', 'unknown', '', 'Formerly.', now() - interval '2 days', now() - interval '1 day'),"
                            + " ('load', 'gauge', 'seconds', 'The load.', now(), now())");
        }
    }

    @AfterAll
    static void stop() throws Exception {
        daemon.close();
        database.close();
    }

    @Test
    void seriesAreThoseOfAnySelectorInTheOrderOfTheirLabels() throws Exception {
        HttpResponse<String> response =
                client.post("/api/v1/series", "match[]", "up", "match[]", "{instance=\"a\",__name__!=\"gone\"}");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(response.body())
                .isEqualTo("{\"status\":\"success\",\"data\":["
                        + "{\"__name__\":\"load\",\"instance\":\"a\",\"job\":\"node\",\"note\":\"say \\\"hi\\\"\\n\"},"
                        + "{\"__name__\":\"up\",\"instance\":\"a\",\"job\":\"node\"},"
                        + "{\"__name__\":\"up\",\"instance\":\"b\",\"job\":\"node\"}]}");
        assertThat(client.get("/api/v1/series", "match[]", "up", "match[]", "up")
                        .body())
                .isEqualTo("{\"status\":\"success\",\"data\":["
                        + "{\"__name__\":\"up\",\"instance\":\"a\",\"job\":\"node\"},"
                        + "{\"__name__\":\"up\",\"instance\":\"b\",\"job\":\"node\"}]}");
    }

    @Test
    void aLimitCutsAndWarns() throws Exception {
        assertThat(client.get("/api/v1/series", "match[]", "up", "limit", "1").body())
                .isEqualTo(
                        "{\"status\":\"success\",\"data\":[{\"__name__\":\"up\",\"instance\":\"a\",\"job\":\"node\"}],"
                                + "\"warnings\":[\"results truncated due to limit\"]}");
        assertThat(client.get("/api/v1/labels", "limit", "2").body())
                .isEqualTo("{\"status\":\"success\",\"data\":[\"__name__\",\"instance\"],"
                        + "\"warnings\":[\"results truncated due to limit\"]}");
        assertThat(client.get("/api/v1/series", "match[]", "up", "limit", "2").body())
                .doesNotContain("warnings");
    }

    @Test
    void onlySeriesWithSamplesInTheRangeAreNamed() throws Exception {
        String beforeNow = Long.toString(NOW / 1000 - 3600);
        assertThat(client.get("/api/v1/label/job/values", "start", beforeNow, "match[]", "{__name__!=\"\"}")
                        .body())
                .isEqualTo(data("\"node\",\"web\""));
        assertThat(client.get("/api/v1/label/job/values", "end", beforeNow, "match[]", "{__name__!=\"\"}")
                        .body())
                .isEqualTo(data("\"old\""));
        assertThat(client.get("/api/v1/series", "match[]", "old", "start", beforeNow)
                        .body())
                .isEqualTo(data(""));
    }

    @Test
    void labelsAndTheirValuesAreInOrder() throws Exception {
        assertThat(client.get("/api/v1/labels").body())
                .isEqualTo(data("\"__name__\",\"instance\",\"job\",\"note\",\"status.code\""));
        assertThat(client.get("/api/v1/labels", "match[]", "up").body())
                .isEqualTo(data("\"__name__\",\"instance\",\"job\""));
        assertThat(client.get("/api/v1/label/__name__/values").body())
                .isEqualTo(data("\"gone\",\"http.requests\",\"load\",\"old\",\"up\""));
        assertThat(client.get("/api/v1/label/instance/values", "match[]", "up").body())
                .isEqualTo(data("\"a\",\"b\""));
        assertThat(client.get("/api/v1/label/nothing/values").body()).isEqualTo(data(""));
        for (String name : List.of("status.code", "U__status_2e_code", "status%2Ecode")) {
            assertThat(client.get("/api/v1/label/" + name + "/values").body()).isEqualTo(data("\"200\""));
        }
    }

    @Test
    void metadataIsWhatWasSaidLast() throws Exception {
        assertThat(client.get("/api/v1/metadata").body())
                .isEqualTo("{\"status\":\"success\",\"data\":{"
                        + "\"load\":[{\"type\":\"gauge\",\"help\":\"The load.\",\"unit\":\"seconds\"}],"
                        + "\"up\":[{\"type\":\"gauge\",\"help\":\"Whether it is up.\",\"unit\":\"\"}]}}");
        assertThat(client.get("/api/v1/metadata", "metric", "up").body()).doesNotContain("load");
        assertThat(client.get("/api/v1/metadata", "limit", "1").body()).doesNotContain("up");
    }

    @Test
    void federationGivesTheNewestSampleOfLiveSeries() throws Exception {
        HttpResponse<String> response = client.get("/federate", "match[]", "{__name__!=\"\"}");

        assertThat(response.headers().firstValue("Content-Type")).contains("text/plain; version=0.0.4; charset=utf-8");
        assertThat(response.body())
                .isEqualTo("# TYPE \"http.requests\" untyped\n"
                        + "{\"http.requests\",instance=\"c\",job=\"web\",\"status.code\"=\"200\"} 1e+21 " + NOW + "\n"
                        + "# TYPE load untyped\n"
                        + "load{instance=\"a\",job=\"node\",note=\"say \\\"hi\\\"\\n\"} 0.25 " + NOW + "\n"
                        + "# TYPE up untyped\n"
                        + "up{instance=\"a\",job=\"node\"} 1 " + NOW + "\n"
                        + "up{instance=\"b\",job=\"node\"} 0 " + NOW + "\n");
    }

    @Test
    void whatIsWrongIsSaidAsPrometheusDoes() throws Exception {
        assertError(client.get("/api/v1/series"), 400, "bad_data", "no match[] parameter provided");
        assertError(
                client.get("/api/v1/series", "match[]", "up", "start", "then"),
                400,
                "bad_data",
                "invalid parameter \\\"start\\\": cannot parse \\\"then\\\" to a valid timestamp");
        assertError(client.get("/api/v1/labels", "limit", "-1"), 400, "bad_data", "limit must be non-negative");
        assertError(client.get("/api/v1/series", "match[]", "{job=\"a\""), 400, "bad_data", "match[]");
        assertError(client.get("/api/v1/series", "match[]", "{}"), 400, "bad_data", "match[]");
        assertError(client.get("/api/v1/label/job/things"), 404, "not_found", "nothing");
    }

    @Test
    void answersAreCompressedForWhoTakesIt() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(daemon.url() + "/api/v1/labels"))
                .header("Accept-Encoding", "gzip")
                .build();
        HttpResponse<java.io.InputStream> response =
                java.net.http.HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofInputStream());

        assertThat(response.headers().firstValue("Content-Encoding")).contains("gzip");
        assertThat(new java.util.zip.GZIPInputStream(response.body()).readAllBytes())
                .asString()
                .startsWith("{\"status\":\"success\",\"data\":[\"__name__\"");
    }

    @Test
    void theVersionIsThatOfPrometheusWhoseLanguageItIs() throws Exception {
        assertThat(client.get("/api/v1/status/buildinfo").body())
                .startsWith("{\"status\":\"success\",\"data\":{\"version\":\"3.");
    }

    private static String data(String elements) {
        return "{\"status\":\"success\",\"data\":[" + elements + "]}";
    }

    private static void assertError(HttpResponse<String> response, int status, String type, String message) {
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.body())
                .startsWith("{\"status\":\"error\",\"errorType\":\"" + type + "\",\"error\":\"")
                .contains(message);
    }
}
