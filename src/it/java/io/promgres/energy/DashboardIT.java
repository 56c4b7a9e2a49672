package io.promgres.energy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** Each panel's SQL, with Grafana's macros put in as its PostgreSQL data source does. */
class DashboardIT {

    private static final Path DASHBOARD = Path.of("deploy/grafana/dashboards/energy.json");
    private static final String FROM = "'2026-03-02T00:00:00Z'";
    private static final String TO = "'2026-03-02T03:00:00Z'";

    private static String expanded(String sql) {
        return sql.replaceAll("\\$__timeFilter\\(([^)]+)\\)", "$1 BETWEEN " + FROM + " AND " + TO)
                .replaceAll(
                        "\\$__timeGroupAlias\\(([^,]+), \\$__interval\\)",
                        "floor(extract(epoch from $1)/300)*300 AS \"time\"")
                .replaceAll("\\$__time\\(([^)]+)\\)", "$1 AS \"time\"")
                .replace("${project:sqlstring}", "'project-1','project-2'");
    }

    @Test
    void everyPanelShowsSomething() throws SQLException, IOException {
        SimulatedSite site = new SimulatedSite(3, Duration.ofHours(3), Duration.ofMinutes(1));
        try (EnergyDatabase energy = new EnergyDatabase(RuleFiles.read(List.of()))) {
            energy.send(site.samples());
            energy.project(site.end());
            JsonNode dashboard = new ObjectMapper().readTree(DASHBOARD.toFile());
            for (JsonNode panel : dashboard.get("panels")) {
                String sql = expanded(panel.get("targets").get(0).get("rawSql").asText());
                assertThat(sql).doesNotContain("$");
                assertThat(energy.query(sql)).as(panel.get("title").asText()).isNotEmpty();
            }
            List<String> projects = StreamSupport.stream(
                            dashboard.get("templating").get("list").spliterator(), false)
                    .filter(variable -> variable.get("type").asText().equals("query"))
                    .map(variable -> variable.get("query").asText())
                    .toList();
            assertThat(energy.query(projects.get(0))).hasSize(SimulatedSite.PROJECTS);
        }
    }

    @Test
    void aTimeSeriesHasATimeAndIsOrderedByIt() throws SQLException, IOException {
        SimulatedSite site = new SimulatedSite(3, Duration.ofHours(1), Duration.ofMinutes(1));
        try (EnergyDatabase energy = new EnergyDatabase(RuleFiles.read(List.of()))) {
            energy.send(site.samples());
            energy.project(site.end());
            for (JsonNode panel :
                    new ObjectMapper().readTree(DASHBOARD.toFile()).get("panels")) {
                JsonNode target = panel.get("targets").get(0);
                if (target.get("format").asText().equals("time_series")) {
                    String sql = expanded(target.get("rawSql").asText());
                    assertThat(energy.query("SELECT \"time\" FROM (" + sql + ") s"))
                            .as(panel.get("title").asText())
                            .isNotEmpty()
                            .isSorted();
                }
            }
        }
    }
}
