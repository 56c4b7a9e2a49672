package io.promgres.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promgres.testing.AnyServer;
import io.promgres.testing.NodeExporters;
import io.promgres.testing.QueryClient;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.TestDatabase;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The dashboard in PromQL: Grafana's Prometheus data source asks promgres what it asks, and every panel shows something. */
@AnyServer
class PromqlDashboardIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern METRIC = Pattern.compile("\\bnode_\\w+");
    private static final long END = System.currentTimeMillis();

    private static TestDatabase database;
    private static RunningDaemon daemon;
    private static JsonNode dashboard;

    private final QueryClient client = new QueryClient(daemon.url());

    @BeforeAll
    static void start() throws Exception {
        dashboard = JSON.readTree(
                Path.of("deploy/grafana/dashboards/promql/node.json").toFile());
        database = TestDatabase.migrated();
        daemon = RunningDaemon.on(database);
        assertThat(daemon.send(NodeExporters.samples(END, 40)).statusCode()).isEqualTo(204);
    }

    @AfterAll
    static void stop() throws Exception {
        daemon.close();
        database.close();
    }

    /** As Grafana's data source posts it. */
    private JsonNode post(String path, String... parameters) throws Exception {
        HttpResponse<String> response = client.send(HttpRequest.newBuilder(URI.create(daemon.url() + path))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Accept-Encoding", "identity")
                .POST(BodyPublishers.ofString(QueryClient.form(parameters))));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return JSON.readTree(response.body());
    }

    private static Stream<JsonNode> panels() {
        return StreamSupport.stream(dashboard.get("panels").spliterator(), false);
    }

    @TestFactory
    Stream<DynamicTest> everyPanelShowsBothMachines() {
        return panels().map(panel -> DynamicTest.dynamicTest(panel.get("title").asText(), () -> {
            JsonNode target = panel.at("/targets/0");
            String query = target.get("expr")
                    .asText()
                    .replace("$__rate_interval", "1m0s")
                    .replace("$instance", "alpha:9100|beta:9100");
            boolean instant = target.get("instant").asBoolean();
            JsonNode answer = instant
                    ? post("/api/v1/query", "query", query, "time", END / 1e3 + "")
                    : post(
                            "/api/v1/query_range",
                            "query",
                            query,
                            "start",
                            (END - 300_000) / 1000 + "",
                            "end",
                            END / 1000 + "",
                            "step",
                            "15");
            assertThat(answer.at("/data/result").size()).as(answer.toString()).isGreaterThanOrEqualTo(2);
            assertThat(answer.has("warnings")).as(answer.toString()).isFalse();
        }));
    }

    @Test
    void theVariableOffersBothMachines() throws Exception {
        String path = "/api/v1/label/instance/values?match%5B%5D=node_load1&start=" + (END / 1000 - 600) + "&end="
                + END / 1000;
        HttpResponse<String> response = client.send(HttpRequest.newBuilder(URI.create(daemon.url() + path)));
        assertThat(JSON.readTree(response.body()).get("data").size())
                .as(response.body())
                .isEqualTo(2);
    }

    @Test
    void aSavedDataSourceIsTriedAndItsBuilderFindsMetricsAndLabels() throws Exception {
        assertThat(post("/api/v1/query", "query", "1+1", "time", "1")
                        .at("/data/result/1")
                        .asText())
                .isEqualTo("2");
        assertThat(post("/api/v1/labels", "start", "0", "end", END / 1000 + "")
                        .get("data")
                        .size())
                .isGreaterThan(5);
        assertThat(post("/api/v1/series", "match[]", "node_load1").get("data").size())
                .isEqualTo(2);
    }

    @Test
    void everyQueryIsForTheDataSourceThatTheUserChoosesAndPanelsDoNotOverlap() {
        Set<String> cells = new HashSet<>();
        assertThat(dashboard.findValues("datasource")).isNotEmpty().allSatisfy(source -> {
            assertThat(source.at("/type").asText()).isEqualTo("prometheus");
            assertThat(source.at("/uid").asText()).isEqualTo("${datasource}");
        });
        panels().map(panel -> panel.get("gridPos")).forEach(place -> {
            for (int x = 0; x < place.get("w").asInt(); x++) {
                assertThat(cells.add(place.get("x").asInt() + x + ","
                                + place.get("y").asInt()))
                        .isTrue();
            }
        });
        assertThat(panels().map(panel -> panel.get("id").asInt()).distinct()).hasSize((int) panels().count());
    }

    @Test
    void aRealNodeExporterHasTheMetricsThatTheDashboardAsksFor(@TempDir Path directory) throws Exception {
        Set<String> asked = new TreeSet<>();
        panels().forEach(panel -> {
            Matcher names = METRIC.matcher(panel.at("/targets/0/expr").asText());
            while (names.find()) {
                asked.add(names.group());
            }
        });
        assertThat(asked).hasSizeGreaterThan(10);
        assertThat(NodeExporterProgram.metricNames(directory)).containsAll(asked);
    }
}
