package io.promgres.perftest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promgres.testing.AnyServer;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reading rows of results over HTTP, as PostgREST's clients ask for them. */
@AnyServer
class ReadBackIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String JID = "24b3c9dc-13e3-4529-a0a3-92340751be17";

    private static ResultsServer server;
    private static HttpClient client;

    @BeforeAll
    static void start() throws Exception {
        server = new ResultsServer();
        client = HttpClient.newHttpClient();
        server.execute("INSERT INTO metric_data.perf_test_job VALUES ('" + JID
                + "', '2026-03-01 12:00', '2026-03-01 13:00', 0, 'p')");
        server.execute(
                "INSERT INTO metric_data.perf_test_job_phases SELECT ('4a003e85-e8bb-4a95-a340-eec1727cfd0' || i)::uuid, '"
                        + JID
                        + "', i / 2, '2026-03-01 12:00'::timestamp + i * interval '1 minute' FROM generate_series(0, 5) i");
        List<String> values = List.of("plain", "50%", "a,b", "quote\"d", "(x)", "back\\slash", "Grün", "it''s");
        for (int i = 0; i < values.size(); i++) {
            server.execute("INSERT INTO metric_data.perf_test_job_meta (jid, name, value) VALUES ('" + JID + "', 'n" + i
                    + "', '" + values.get(i) + "')");
        }
        server.execute(
                "INSERT INTO metric_data.perf_test_lookup_metrics VALUES ('cfac77fc-eb24-4862-aedd-89066441c416',"
                        + " 'm1', 'One', 'sec'), ('dfac77fc-eb24-4862-aedd-89066441c416', 'm2', 'Two', NULL)");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "job_meta    | value=eq.plain                                         | 1",
                "job_meta    | value=neq.plain&id=lt.4                                | 2,3",
                "job_meta    | id=gt.6                                                | 7,8",
                "job_meta    | id=gte.6&id=lte.7                                      | 6,7",
                "job_meta    | value=like.*a*                                         | 1,3,6",
                "job_meta    | value=like.%25lain                                     | 1",
                "job_meta    | value=ilike.GR*                                        | 7",
                "job_meta    | value=eq.Gr%C3%BCn                                     | 7",
                "job_meta    | value=eq.a,b                                           | 3",
                "job_meta    | value=in.(plain,%22a,b%22,%22quote%5C%22d%22)          | 1,3,4",
                "job_meta    | value=in.(%22back%5C%5Cslash%22,%22(x)%22)             | 5,6",
                "job_meta    | id=in.()                                               | ''",
                "job_meta    | id=not.in.(1,2,3,4,5,6)                                | 7,8",
                "job_meta    | value=eq.it's                                          | 8",
                "job_meta    | or=(id.eq.1,and(id.gt.6,value.neq.it's))               | 1,7",
                "job_meta    | and=(id.gt.2,or(value.eq.%22a,b%22,name.in.(n3,n4)))   | 3,4,5",
                "job_meta    | not.or=(id.lt.4,id.gt.5)                               | 4,5",
                "job_meta    | or=(id.not.lt.8,not.and(id.gt.1,id.lt.99))             | 1,8",
                "job_meta    | value=not.like.*a*&id=lt.4                             | 2",
                "job_meta    | jid=eq.24b3c9dc13e34529a0a392340751be17&id=eq.2        | 2",
                "job_meta    | jid=like.24b3*&id=eq.2                                 | 2",
                "job_meta    | order=id.desc&limit=2                                  | 8,7",
                "job_meta    | order=id&limit=2&offset=3                              | 4,5",
                "job_meta    | order=jid.asc,id.desc.nullslast&offset=6               | 2,1",
                "job_meta    | limit=0                                                | ''",
                "job_meta    | value=isdistinct.plain&id=lt.3                         | 2",
            })
    void filtersOrderAndPagesChooseRows(String table, String query, String ids) throws Exception {
        assertThat(ids(get(table + "?" + query))).isEqualTo(ids.equals("''") ? "" : ids);
    }

    @Test
    void nullsAndTimesAndNumbersCanBeAskedFor() throws Exception {
        assertThat(body("lookup_metrics?units=is.null&select=name")).isEqualTo("[{\"name\":\"m2\"}]");
        assertThat(body("lookup_metrics?units=not.is.null&select=name")).isEqualTo("[{\"name\":\"m1\"}]");
        assertThat(body("job_phases?timestamp=gte.2026-03-01T12:04:00&select=run,at:timestamp&order=timestamp.desc"))
                .isEqualTo("[{\"run\":2,\"at\":\"2026-03-01T12:05:00\"},{\"run\":2,\"at\":\"2026-03-01T12:04:00\"}]");
        assertThat(body("job_phases?run=eq.1&select=run::text&limit=1")).isEqualTo("[{\"run\":\"1\"}]");
        assertThat(body("lookup_metrics?order=units.desc.nullslast&select=name"))
                .isEqualTo("[{\"name\":\"m1\"},{\"name\":\"m2\"}]");
        assertThat(body("lookup_metrics?order=units.nullsfirst&select=name"))
                .isEqualTo("[{\"name\":\"m2\"},{\"name\":\"m1\"}]");
    }

    @Test
    void countsAndPagesAreToldInTheHeaders() throws Exception {
        HttpResponse<String> page = get("job_meta?limit=3&offset=2", "Prefer", "count=exact");
        assertThat(page.statusCode()).isEqualTo(206);
        assertThat(page.headers().firstValue("Content-Range")).contains("2-4/8");
        assertThat(page.headers().firstValue("Preference-Applied")).contains("count=exact");

        assertThat(get("job_meta").headers().firstValue("Content-Range")).contains("0-7/*");
        assertThat(get("job_meta", "Range", "0-1", "Prefer", "count=exact")
                        .headers()
                        .firstValue("Content-Range"))
                .contains("0-1/8");
        assertThat(get("job_meta?id=eq.99", "Prefer", "count=exact").headers().firstValue("Content-Range"))
                .contains("*/0");
        HttpResponse<String> beyond = get("job_meta?offset=9", "Prefer", "count=exact");
        assertThat(beyond.statusCode()).isEqualTo(416);
        assertThat(JSON.readTree(beyond.body()).get("code").asText()).isEqualTo("PGRST103");
    }

    @Test
    void headHasTheHeadersOfGetAndNoBody() throws Exception {
        HttpResponse<String> head = client.send(
                request("job_meta", "Prefer", "count=exact")
                        .method("HEAD", HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());

        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(head.headers().firstValue("Content-Range")).contains("0-7/8");
    }

    @Test
    void oneRowIsAnObjectAndMoreOrNoneAreNotAcceptable() throws Exception {
        String object = "application/vnd.pgrst.object+json";
        HttpResponse<String> one = get("lookup_metrics?name=eq.m2", "Accept", object + ";nulls=stripped");
        assertThat(one.body())
                .isEqualTo("{\"metric\":\"dfac77fc-eb24-4862-aedd-89066441c416\",\"name\":\"m2\",\"title\":\"Two\"}");
        assertThat(one.headers().firstValue("Content-Type")).contains(object + "; charset=utf-8");
        for (String query : List.of("lookup_metrics", "lookup_metrics?name=eq.m3")) {
            HttpResponse<String> refused = get(query, "Accept", object);
            assertThat(refused.statusCode()).isEqualTo(406);
            assertThat(JSON.readTree(refused.body()).get("code").asText()).isEqualTo("PGRST116");
        }
        assertThat(get("lookup_metrics", "Accept", "text/csv").statusCode()).isEqualTo(406);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "oid=eq.1                         | 42703",
                "id%22%20OR%20true--=eq.1         | 42703",
                "select=id,oid                    | 42703",
                "select=pg_sleep(5)               | PGRST100",
                "select=id::text::oid             | PGRST100",
                "select=id)::text                 | PGRST100",
                "select=job(*)                    | PGRST100",
                "order=oid                        | 42703",
                "order=id.desc;--                 | PGRST100",
                "order=id.up                      | PGRST100",
                "limit=x                          | PGRST100",
                "limit=-1                         | PGRST100",
                "offset=1e3                       | PGRST100",
                "id=eq.x                          | 22P02",
                "id=eq.1)%20OR%20(true            | 22P02",
                "id=eq.99999999999                | 22003",
                "jid=eq.1                         | 22P02",
                "id=in.(1,x)                      | 22P02",
                "id=in.1                          | PGRST100",
                "id=in.(1                         | PGRST100",
                "id=is.true                       | PGRST100",
                "id=fts.x                         | PGRST100",
                "id=1                             | PGRST100",
                "id=eq.%00                        | PGRST100",
                "or=id.eq.1                       | PGRST100",
                "or=(id.eq.1))                    | PGRST100",
                "or=(oid.eq.1)                    | 42703",
            })
    void whatCannotBeReadIsAnswered400WithItsCode(String query, String code) throws Exception {
        HttpResponse<String> answer = get("job_meta?" + query);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(JSON.readTree(answer.body()).get("code").asText()).isEqualTo(code);
    }

    @Test
    void deepNestingIsRefused() throws Exception {
        String deep = "or(".repeat(500) + "id.eq.1" + ")".repeat(500);
        assertThat(get("job_meta?or=(" + deep + ")").statusCode()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'; DROP TABLE metric_data.perf_test_job CASCADE; --",
                "\\'; DROP TABLE metric_data.perf_test_job CASCADE; --",
                "$$; DROP TABLE metric_data.perf_test_job CASCADE; --",
                "x') OR ('1'='1",
                "\"; DROP TABLE metric_data.perf_test_job CASCADE; --",
            })
    void whatAClientSendsIsNeverSql(String text) throws Exception {
        String sent = URLEncoder.encode(text, StandardCharsets.UTF_8);
        String quoted =
                URLEncoder.encode('"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"', StandardCharsets.UTF_8);

        assertThat(body("job_meta?value=eq." + sent)).isEqualTo("[]");
        assertThat(body("job_meta?value=in.(" + quoted + ")")).isEqualTo("[]");
        assertThat(body("job_meta?or=(value.eq." + quoted + ",value.ilike." + quoted + ")"))
                .isEqualTo("[]");
        // A name of the client's own is a key of the answer, nothing else.
        String alias = text.replaceAll("[(),:]", "_");
        String select = URLEncoder.encode(alias + ":id", StandardCharsets.UTF_8);
        assertThat(JSON.readTree(get("job_meta?id=eq.1&select=" + select).body())
                        .get(0)
                        .get(alias)
                        .asInt())
                .isEqualTo(1);
        assertThat(server.rows("SELECT count(*) FROM metric_data.perf_test_job"))
                .containsExactly("1");
    }

    @Test
    void aLongAnswerIsStreamedWhole() throws Exception {
        server.execute("INSERT INTO metric_data.perf_test_phase_metrics (pid, metric, value, \"timestamp\")"
                + " SELECT '4a003e85-e8bb-4a95-a340-eec1727cfd00', 'cfac77fc-eb24-4862-aedd-89066441c416', i + 0.10,"
                + " '2026-03-01 12:00' FROM generate_series(1, 5000) i");
        HttpResponse<String> answer = get("phase_metrics?select=value&order=id");

        assertThat(answer.headers().firstValue("Content-Range")).contains("0-4999/*");
        String expected = IntStream.rangeClosed(1, 5000)
                .mapToObj(i -> "{\"value\" : " + i + ".10}")
                .collect(Collectors.joining(",\n", "[", "]"));
        assertThat(answer.body()).isEqualTo(expected);
    }

    private static String ids(HttpResponse<String> answer) throws Exception {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return StreamSupport.stream(JSON.readTree(answer.body()).spliterator(), false)
                .map(row -> row.get("id").asText())
                .collect(Collectors.joining(","));
    }

    private static String body(String path) throws Exception {
        HttpResponse<String> answer = get(path);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        JsonNode json = JSON.readTree(answer.body());
        return json.toString();
    }

    private static HttpResponse<String> get(String path, String... headers) throws Exception {
        return client.send(request(path, headers).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpRequest.Builder request(String path, String... headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(server.url() + "/" + path.replace("\"", "%22")));
        return headers.length == 0 ? request : request.headers(headers);
    }
}
