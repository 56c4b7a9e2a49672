package io.promgres.perftest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promgres.perftest.LabelledSite.Point;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every query of the dashboard, as Grafana sends it, finds something in results that are there. */
class DashboardIT {

    private static final Path DASHBOARD = Path.of("deploy/grafana/dashboards/perf-test.json");
    private static final Instant BEGIN = Instant.parse("2026-03-01T12:00:00Z");
    private static final String JID = "24b3c9dc-13e3-4529-a0a3-92340751be17";

    private static LabelledSite site;

    @BeforeAll
    static void measure() throws Exception {
        site = new LabelledSite();
        List<Point> points = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            long time = BEGIN.plusSeconds(15L * i).toEpochMilli();
            points.add(new Point(Map.of("__name__", "node_load1", "job", "node", "instance", "host"), time, i));
            points.add(new Point(result(i / 5), time, i * 0.1));
        }
        site.write(points);
        site.project();
    }

    private static Map<String, String> result(int phase) {
        Map<String, String> labels = new HashMap<>();
        labels.put("__name__", "deploy_seconds");
        labels.put("perf_test_jid", JID);
        labels.put("perf_test_pid", "4a003e85-e8bb-4a95-a340-eec1727cfd0" + phase);
        labels.put("perf_test_project", "marathon");
        labels.put("perf_test_param_instances", Integer.toString(1 << phase));
        labels.put("perf_test_param_size", "small");
        labels.put("perf_test_flag_failed", "false");
        labels.put("perf_test_meta_version", "master");
        return labels;
    }

    @AfterAll
    static void stop() {
        site.close();
    }

    @TestFactory
    Stream<DynamicTest> everyVariableHasValues() throws Exception {
        return elements("/templating/list")
                .map(variable -> DynamicTest.dynamicTest(
                        variable.get("name").asText(),
                        () -> assertThat(columns(variable.get("query").asText()))
                                .isNotEmpty()));
    }

    @TestFactory
    Stream<DynamicTest> everyAnnotationHasATime() throws Exception {
        return elements("/annotations/list")
                .map(annotation -> DynamicTest.dynamicTest(
                        annotation.get("name").asText(),
                        () -> assertThat(columns(annotation.get("rawQuery").asText()))
                                .containsKeys("time", "timeend", "text")));
    }

    @TestFactory
    Stream<DynamicTest> everyPanelShowsSomething() throws Exception {
        return elements("/panels")
                .map(panel -> DynamicTest.dynamicTest(panel.get("title").asText(), () -> check(panel)));
    }

    private static void check(JsonNode panel) throws Exception {
        JsonNode target = panel.at("/targets/0");
        Map<String, String> columns = columns(target.get("rawSql").asText());
        if (target.get("format").asText().equals("time_series")) {
            assertThat(columns).containsEntry("time", "timestamptz");
        } else {
            assertThat(columns).isNotEmpty();
        }
    }

    private static Stream<JsonNode> elements(String path) throws Exception {
        JsonNode list = new ObjectMapper().readTree(DASHBOARD.toFile()).at(path);
        return StreamSupport.stream(list.spliterator(), false);
    }

    /** Runs a query, and gives the columns of its first row with their types; empty if there is none. */
    private static Map<String, String> columns(String sql) throws Exception {
        try (Connection connection = site.connect();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(asSent(sql))) {
            Map<String, String> columns = new HashMap<>();
            ResultSetMetaData types = result.getMetaData();
            for (int i = 1; result.isBeforeFirst() && i <= types.getColumnCount(); i++) {
                columns.put(types.getColumnName(i), types.getColumnTypeName(i));
            }
            return columns;
        }
    }

    /** What Grafana makes of the macros and variables; the argument of a macro ends at the first parenthesis. */
    private static String asSent(String sql) {
        String sent = sql.replace("${project:sqlstring}", "'marathon'")
                .replace("${job:sqlstring}", "'" + JID + "'")
                .replace("${system:raw}", "node_load1")
                .replace("$metric", id("deploy_seconds"))
                .replace("$x", id("instances"))
                .replace("$y", id("size"))
                .replaceAll(
                        "\\$__timeFilter\\(([^)]*)\\)", "$1 BETWEEN '2026-03-01T00:00:00Z' AND '2026-03-02T00:00:00Z'");
        assertThat(sent).doesNotContain("$");
        return sent;
    }

    private static String id(String name) {
        try {
            return site.rows("SELECT metric_data.name_id(?)", name).get(0);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
