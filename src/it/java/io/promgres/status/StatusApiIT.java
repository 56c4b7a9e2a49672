package io.promgres.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promgres.http.Resource;
import io.promgres.testing.Await;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.StreamSupport;
import java.util.zip.GZIPInputStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

/** The page's files and figures over HTTP, from a real daemon and database. */
class StatusApiIT {

    private static final String API = "/api/v1/status/";
    private static final String ODD_VALUE = "a&b=\"ü\" 100%";

    private static final String LOCK = "LOCK TABLE _prom_catalog.label_key IN ACCESS EXCLUSIVE MODE";

    private static TestDatabase database;
    private static RunningDaemon daemon;
    private static long sentAt;

    private final HttpClient client = HttpClient.newHttpClient();

    @BeforeAll
    static void start() throws Exception {
        database = TestDatabase.migrated();
        daemon = RunningDaemon.on(database);
        sentAt = System.currentTimeMillis();
        List<TestSample> samples = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            samples.add(TestSample.of("large", sentAt, i, "path", "/" + i, "site", "a"));
        }
        samples.add(TestSample.of("small", sentAt, 1, "site", "b"));
        samples.add(TestSample.of("odd", sentAt, 1, "odd", ODD_VALUE));
        assertThat(daemon.send(samples).statusCode()).isEqualTo(204);
        daemon.awaitViews();
        // What came before the page knew when.
        daemon.execute("UPDATE _prom_catalog.series SET created_at = NULL"
                + " WHERE metric_id = (SELECT id FROM _prom_catalog.metric WHERE metric_name = 'small')");
    }

    @AfterAll
    static void stop() throws SQLException {
        daemon.close();
        database.close();
    }

    private HttpResponse<byte[]> request(String method, String path, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create(daemon.sender().url() + path))
                .method(method, BodyPublishers.noBody());
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return client.send(request.build(), BodyHandlers.ofByteArray());
    }

    private static JsonNode json(HttpResponse<byte[]> response) throws IOException {
        return new ObjectMapper().readTree(response.body());
    }

    private JsonNode get(String path) throws Exception {
        HttpResponse<byte[]> response = request("GET", API + path);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json; charset=utf-8");
        return json(response);
    }

    private static JsonNode named(JsonNode list, String field, String name) {
        return StreamSupport.stream(list.spliterator(), false)
                .filter(one -> one.get(field).asText().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void metricsHaveTheirSeriesAndWhatIsNewOfThem() throws Exception {
        JsonNode answer = get("metrics");

        assertThat(answer.get("total").asInt()).isEqualTo(3);
        JsonNode large = named(answer.get("metrics"), "name", "large");
        assertThat(large.get("view").asText()).isEqualTo("prom_metric.large");
        assertThat(large.get("series").asInt()).isEqualTo(5);
        assertThat(large.get("created").asInt()).isEqualTo(5);
        assertThat(large.get("bytes").asLong()).isPositive();
        assertThat(named(answer.get("metrics"), "name", "small").get("created").asInt())
                .isZero();
    }

    @Test
    void aMetricTellsItsLabels() throws Exception {
        JsonNode answer = get("metric?name=large");

        assertThat(answer.get("labels").toString())
                .isEqualTo(
                        "[{\"key\":\"path\",\"values\":5,\"created\":5,\"some\":[\"/0\",\"/1\",\"/2\",\"/3\",\"/4\"]},"
                                + "{\"key\":\"site\",\"values\":1,\"created\":1,\"some\":[\"a\"]}]");
        assertThat(answer.get("retention").asText()).isEqualTo("90 days");
    }

    @Test
    void aMetricTellsItsNewestSampleAndItsAge() throws Exception {
        JsonNode newest = get("newest?name=odd");

        assertThat(newest.get("value").asText()).isEqualTo("1");
        assertThat(newest.get("stale").asBoolean()).isFalse();
        assertThat(newest.at("/labels/odd").asText()).isEqualTo(ODD_VALUE);
        assertThat(newest.get("time").asLong()).isEqualTo(sentAt);
        assertThat(newest.get("age").asDouble()).isPositive();
        assertThat(request("GET", API + "newest?name=none").statusCode()).isEqualTo(404);
    }

    @Test
    void labelNamesAreInTheOrderOfTheirValues() throws Exception {
        JsonNode labels = get("labels").get("labels");

        assertThat(labels.get(0).get("key").asText()).isEqualTo("path");
        assertThat(labels.get(0).get("values").asInt()).isEqualTo(5);
        assertThat(named(labels, "key", "site").get("metrics").asInt()).isEqualTo(2);
    }

    @Test
    void aLabelNameTellsItsValuesBySeries() throws Exception {
        assertThat(get("label?key=site").get("values").toString())
                .isEqualTo(
                        "[{\"value\":\"a\",\"series\":5,\"metrics\":1},{\"value\":\"b\",\"series\":1,\"metrics\":1}]");
        assertThat(get("label?key=odd").get("values").get(0).get("value").asText())
                .isEqualTo(ODD_VALUE);
    }

    @Test
    void energyIsEmptyWhereThereIsNone() throws Exception {
        assertThat(get("energy").get("scopes").size()).isZero();
    }

    @Test
    void theLiveFiguresShowWhatWasSent() throws Exception {
        Await.until(
                "a point after the samples",
                () -> StreamSupport.stream(get("live").get("samples").spliterator(), false)
                        .anyMatch(rate -> rate.asDouble() > 0));
        int points = get("live").get("time").size();

        assertThat(get("live").get("version").asText()).isNotEmpty();
        assertThat(get("live").get("p99").size()).isGreaterThanOrEqualTo(points);
    }

    @ParameterizedTest
    @ValueSource(strings = {"metric", "metric?nam=x", "label?key=a%00b", "label?"})
    void anArgumentThatIsMissingOrBrokenIsNamed(String path) throws Exception {
        HttpResponse<byte[]> response = request("GET", API + path);

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(json(response).get("error").asText()).contains("needs the parameter");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/v1/status/",
                "/api/v1/status/nothing",
                "/web/",
                "/web/nothing.js",
                "/web/../style.css",
                "/index.html"
            })
    void whatIsNotThereIs404(String path) throws Exception {
        assertThat(request("GET", path).statusCode()).isEqualTo(404);
    }

    @Test
    void aMetricThatIsNotThereIs404WithItsName() throws Exception {
        HttpResponse<byte[]> response = request("GET", API + "metric?name=no%22such");

        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(json(response).get("error").asText()).isEqualTo("there is no metric \"no\"such\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/web/main.js", "/api/v1/status/metrics", "/api/v1/status/labels"})
    void headIsLikeGetAndOtherMethodsAreRefused(String path) throws Exception {
        HttpResponse<byte[]> head = request("HEAD", path);
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(head.headers().firstValueAsLong("Content-Length").orElseThrow())
                .isEqualTo(request("GET", path).body().length);
        for (String method : List.of("POST", "PUT", "DELETE")) {
            HttpResponse<byte[]> refused = request(method, path);
            assertThat(refused.statusCode()).isEqualTo(405);
            assertThat(refused.headers().firstValue("Allow").orElseThrow().split(", "))
                    .containsExactlyInAnyOrder("GET", "HEAD");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/web/main.js", "/web/style.css", "/web/icon.svg", "/api/v1/status/labels"})
    void everyAnswerHasThePolicyAndATag(String path) throws Exception {
        HttpResponse<byte[]> response = request("GET", path);

        Map<String, List<String>> headers = response.headers().map();
        assertThat(headers.get("content-security-policy").get(0)).startsWith("default-src 'self';");
        assertThat(headers.get("x-content-type-options")).containsExactly("nosniff");
        String tag = headers.get("etag").get(0);
        HttpResponse<byte[]> again = request("GET", path, "If-None-Match", "\"other\", " + tag);
        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
        assertThat(again.headers().firstValue("ETag")).hasValue(tag);
        assertThat(request("GET", path, "If-None-Match", "W/\"other\"").statusCode())
                .isEqualTo(200);
    }

    @Test
    void whoTakesGzipGetsIt() throws Exception {
        byte[] plain = request("GET", "/web/main.js").body();
        HttpResponse<byte[]> packed = request("GET", "/web/main.js", "Accept-Encoding", "br, gzip;q=0.5");

        assertThat(packed.headers().firstValue("Content-Encoding")).hasValue("gzip");
        assertThat(new GZIPInputStream(new ByteArrayInputStream(packed.body())).readAllBytes())
                .isEqualTo(plain);
        assertThat(request("GET", "/web/main.js", "Accept-Encoding", "gzip;q=0").body())
                .isEqualTo(plain);
    }

    @Test
    void thePageLoadsNothingFromElsewhere() throws Exception {
        String page = new String(request("GET", "/").body(), StandardCharsets.UTF_8);

        assertThat(page).doesNotContain("http://").doesNotContain("https://").doesNotContain("style=");
    }

    @Test
    void manyViewersAskTheDatabaseOnce() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        AtomicLong now = new AtomicLong();
        StatusQueryCache answers =
                new StatusQueryCache(new StatusStore(counting(asked), Duration.ofSeconds(30)), now::get);

        for (int i = 0; i < 100; i++) {
            assertThat(answers.get(StatusQuery.LABELS, "")).isPresent();
        }
        assertThat(asked).hasValue(1);
        now.addAndGet(StatusQuery.LABELS.freshness().toNanos() + 1);
        answers.get(StatusQuery.LABELS, "");
        assertThat(asked).hasValue(2);
    }

    @Test
    void whileOneAsksTheOthersGetTheLastAnswer() throws Exception {
        AtomicLong now = new AtomicLong();
        StatusQueryCache answers =
                new StatusQueryCache(new StatusStore(counting(new AtomicInteger()), Duration.ofSeconds(50)), now::get);
        answers.get(StatusQuery.LABELS, "");
        now.addAndGet(StatusQuery.LABELS.freshness().toNanos() + 1);
        try (Connection connection = daemon.connect()) {
            connection.setAutoCommit(false);
            connection.createStatement().execute(LOCK);
            CompletableFuture<Optional<Resource>> asking = CompletableFuture.supplyAsync(() -> {
                try {
                    return answers.get(StatusQuery.LABELS, "");
                } catch (UnansweredException e) {
                    throw new IllegalStateException(e);
                }
            });
            Await.until(
                    "the question waits for the lock",
                    () -> !daemon.rows("SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                                    + " AND query LIKE '%FROM prom_info.label_key%' AND pid <> pg_backend_pid()")
                            .isEmpty());

            assertThat(answers.get(StatusQuery.LABELS, "")).isPresent();
            assertThat(asking).isNotDone();
            connection.rollback();
            assertThat(asking.get(60, TimeUnit.SECONDS)).isPresent();
        }
    }

    @Test
    void whatWaitsTooLongForTheDatabaseIsEnded() throws Exception {
        StatusQueryCache answers =
                new StatusQueryCache(new StatusStore(counting(new AtomicInteger()), Duration.ofMillis(100)));
        try (Connection connection = daemon.connect()) {
            connection.setAutoCommit(false);
            connection.createStatement().execute(LOCK);

            assertThatThrownBy(() -> answers.get(StatusQuery.LABELS, ""))
                    .isInstanceOf(UnansweredException.class)
                    .hasMessage("the database took longer than 100 ms to answer");
        }
    }

    private static DataSource counting(AtomicInteger connections) {
        PGSimpleDataSource source = new PGSimpleDataSource() {
            @Override
            public Connection getConnection() throws SQLException {
                connections.incrementAndGet();
                return daemon.connect();
            }
        };
        return source;
    }
}
