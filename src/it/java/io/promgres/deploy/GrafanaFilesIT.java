package io.promgres.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.promgres.testing.AnyServer;
import io.promgres.testing.GrafanaDashboard;
import io.promgres.testing.Programs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What Grafana reads, as far as it can be looked at without it. */
@AnyServer
class GrafanaFilesIT {

    private static final String TYPE = "grafana-postgresql-datasource";
    private static final Path PROVISIONING = Path.of("deploy/grafana/provisioning");
    private static final int COLUMNS = 24;
    private static final Pattern NODE_METRIC =
            Pattern.compile("(?:\\bprom_(?:metric|series|latest)\\.\"?|_over\\(')(node_\\w+)");
    private static final Pattern MACRO = Pattern.compile("\\$__(\\w+)");
    private static final Set<String> MACROS = Set.of(
            "timeFilter",
            "timeFrom",
            "timeTo",
            "timeGroup",
            "timeGroupAlias",
            "time",
            "timeEpoch",
            "interval",
            "interval_ms");

    static List<String> names() throws IOException {
        return GrafanaDashboard.names();
    }

    /** DashboardsIT, and the DashboardIT of energy and perftest. */
    @Test
    void thereAreTheDashboardsWhoseQueriesAreTested() throws IOException {
        assertThat(names()).containsExactly("cardinality", "energy", "node", "operations", "perf-test");
    }

    @ParameterizedTest
    @MethodSource("names")
    void everyQueryIsForTheDataSourceThatTheUserChooses(String name) {
        JsonNode json = GrafanaDashboard.named(name).json();
        assertThat(json.at("/uid").asText()).isEqualTo("promgres-" + name);
        assertThat(json.at("/templating/list/0/type").asText()).isEqualTo("datasource");
        assertThat(json.at("/templating/list/0/query").asText()).isEqualTo(TYPE);
        List<JsonNode> sources = json.findValues("datasource");
        assertThat(sources).isNotEmpty().allSatisfy(source -> {
            assertThat(source.at("/type").asText()).isEqualTo(TYPE);
            assertThat(source.at("/uid").asText()).isEqualTo("${datasource}");
        });
    }

    @ParameterizedTest
    @MethodSource("names")
    void panelsHaveIdsOfTheirOwnAndDoNotOverlap(String name) {
        Set<Integer> ids = new HashSet<>();
        Set<String> cells = new HashSet<>();
        for (JsonNode panel : GrafanaDashboard.named(name).json().get("panels")) {
            assertThat(ids.add(panel.get("id").asInt()))
                    .as("id of %s", panel.get("title"))
                    .isTrue();
            JsonNode place = panel.get("gridPos");
            int right = place.get("x").asInt() + place.get("w").asInt();
            assertThat(right).isLessThanOrEqualTo(COLUMNS);
            for (int x = place.get("x").asInt(); x < right; x++) {
                for (int y = place.get("y").asInt();
                        y < place.get("y").asInt() + place.get("h").asInt();
                        y++) {
                    assertThat(cells.add(x + "," + y))
                            .as("place of %s", panel.get("title"))
                            .isTrue();
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void onlyMacrosOfTheDataSourceAreUsed(String name) {
        for (GrafanaDashboard.Panel panel : GrafanaDashboard.named(name).panels()) {
            Matcher macros = MACRO.matcher(panel.sql());
            while (macros.find()) {
                assertThat(MACROS).as(panel.title()).contains(macros.group(1));
            }
        }
    }

    @Test
    void theProvisionedDataSourceHasWhatGrafanaAsksFor() throws IOException {
        JsonNode source = new YAMLMapper()
                .readTree(PROVISIONING.resolve("datasources/promgres.yml").toFile())
                .at("/datasources/0");
        assertThat(source.get("type").asText()).isEqualTo(TYPE);
        assertThat(source.get("access").asText()).isEqualTo("proxy");
        for (String field : List.of("name", "uid", "url", "user")) {
            assertThat(source.get(field).asText()).as(field).isNotBlank();
        }
        assertThat(source.at("/secureJsonData/password").asText())
                .as("a variable")
                .startsWith("$");
        assertThat(source.at("/jsonData/database").asText()).isNotBlank();
        assertThat(source.at("/jsonData/sslmode").asText()).isNotBlank();
        assertThat(source.at("/jsonData/postgresVersion").asInt()).isBetween(1500, 1800);
        assertThat(source.at("/jsonData/timescaledb").asBoolean(true)).isFalse();
    }

    @Test
    void promqlIsAskedOfPromgresItself() throws IOException {
        JsonNode source =
                DeployFiles.yaml("grafana/provisioning/datasources/promql.yml").at("/datasources/0");
        assertThat(source.get("type").asText()).isEqualTo("prometheus");
        JsonNode services = DeployFiles.yaml("compose/compose.yml").get("services");
        String variable = source.get("url").asText().substring(1);
        assertThat(services.at("/grafana/environment/" + variable).asText()).isEqualTo("http://promgres:9201");
        JsonNode read = DeployFiles.yaml("prometheus/promgres-reader.yml").at("/remote_read/0");
        assertThat(read.get("url").asText()).endsWith(":9201/api/v1/read");
        assertThat(read.get("read_recent").asBoolean()).isTrue();
    }

    @Test
    void theDashboardsAreProvisionedFromWhereComposeMountsThem() throws IOException {
        JsonNode provider = new YAMLMapper()
                .readTree(PROVISIONING.resolve("dashboards/promgres.yml").toFile())
                .at("/providers/0");
        assertThat(provider.get("type").asText()).isEqualTo("file");
        String path = provider.at("/options/path").asText();
        List<String> mounts = new ArrayList<>();
        new YAMLMapper()
                .readTree(Path.of("deploy/compose/compose.yml").toFile())
                .at("/services/grafana/volumes")
                .forEach(volume -> mounts.add(volume.asText()));
        assertThat(mounts).contains("../grafana/dashboards:" + path + ":ro");
    }

    @Test
    void aRealNodeExporterHasTheMetricsThatTheDashboardAsksFor(@TempDir Path directory) throws Exception {
        Programs.require("prometheus-node-exporter");
        Set<String> asked = new TreeSet<>();
        for (GrafanaDashboard.Panel panel : GrafanaDashboard.named("node").panels()) {
            Matcher names = NODE_METRIC.matcher(panel.sql());
            while (names.find()) {
                asked.add(names.group(1));
            }
        }
        assertThat(asked).hasSizeGreaterThan(10);
        assertThat(NodeExporterProgram.metricNames(directory)).containsAll(asked);
    }
}
