package io.promgres.perftest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.promgres.perftest.LabelledSite.Point;
import io.promgres.testing.GrafanaDashboard;
import io.promgres.testing.GrafanaQuery;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every query of the dashboard, as Grafana sends it, finds something in results that are there. */
class DashboardIT {

    private static final GrafanaDashboard DASHBOARD = GrafanaDashboard.named("perf-test");
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
    Stream<DynamicTest> everyVariableHasValues() {
        return DASHBOARD.variables().stream()
                .map(variable -> DynamicTest.dynamicTest(
                        variable.name(),
                        () -> assertThat(run(variable.sql()).rows()).isNotEmpty()));
    }

    @TestFactory
    Stream<DynamicTest> everyAnnotationHasATime() {
        return DASHBOARD.annotations().stream()
                .map(annotation -> DynamicTest.dynamicTest(annotation.name(), () -> {
                    GrafanaQuery.Result result = run(annotation.sql());
                    assertThat(result.rows()).isNotEmpty();
                    assertThat(result.names()).contains("time", "timeend", "text");
                }));
    }

    @TestFactory
    Stream<DynamicTest> everyPanelShowsSomething() {
        return DASHBOARD.panels().stream().map(panel -> DynamicTest.dynamicTest(panel.title(), () -> check(panel)));
    }

    @Test
    void nothingIsAnErrorWhereThereIsNothingToChooseFrom() throws Exception {
        try (Connection connection = site.connect()) {
            GrafanaQuery query = query(connection)
                    .with("project")
                    .with("job")
                    .with("metric")
                    .with("x")
                    .with("y");
            List<String> all = new ArrayList<>();
            DASHBOARD.panels().forEach(panel -> all.add(panel.sql()));
            DASHBOARD.annotations().forEach(annotation -> all.add(annotation.sql()));
            DASHBOARD.variables().forEach(variable -> all.add(variable.sql()));
            assertThat(all).hasSizeGreaterThan(10);
            for (String sql : all) {
                assertThatCode(() -> query.run(sql)).as(sql).doesNotThrowAnyException();
            }
        }
    }

    private static void check(GrafanaDashboard.Panel panel) throws Exception {
        assertThat(run(panel.sql()).rows()).isNotEmpty();
        if (panel.isTimeSeries()) {
            try (Connection connection = site.connect()) {
                query(connection).assertTimeSeries(panel.sql());
            }
        }
    }

    private static GrafanaQuery.Result run(String sql) throws Exception {
        try (Connection connection = site.connect()) {
            return query(connection).run(sql);
        }
    }

    private static GrafanaQuery query(Connection connection) throws Exception {
        return new GrafanaQuery(
                        connection,
                        Instant.parse("2026-03-01T00:00:00Z"),
                        Instant.parse("2026-03-02T00:00:00Z"),
                        Duration.ofMinutes(1))
                .with("project", "marathon")
                .with("job", JID)
                .with("system", "node_load1")
                .with("metric", id("deploy_seconds"))
                .with("x", id("instances"))
                .with("y", id("size"));
    }

    private static String id(String name) throws Exception {
        return site.rows("SELECT metric_data.name_id(?)", name).get(0);
    }
}
