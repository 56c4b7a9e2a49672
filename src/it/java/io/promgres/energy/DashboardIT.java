package io.promgres.energy;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.GrafanaDashboard;
import io.promgres.testing.GrafanaQuery;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Each panel's SQL, with Grafana's macros put in as its PostgreSQL data source does. */
class DashboardIT {

    private static final Instant FROM = Instant.parse("2026-03-02T00:00:00Z");
    private static final Instant TO = Instant.parse("2026-03-02T03:00:00Z");

    @Test
    void everyPanelShowsSomethingAndTimeSeriesAreInOrder() throws Exception {
        SimulatedSite site = new SimulatedSite(3, Duration.ofHours(3), Duration.ofMinutes(1));
        GrafanaDashboard dashboard = GrafanaDashboard.named("energy");
        try (EnergyDatabase energy = new EnergyDatabase(RuleFiles.read(List.of()));
                Connection connection = energy.connect()) {
            energy.send(site.samples());
            energy.project(site.end());
            GrafanaQuery query = new GrafanaQuery(connection, FROM, TO, Duration.ofMinutes(5));
            for (GrafanaDashboard.Query variable : dashboard.variables()) {
                assertThat(query.run(variable.sql()).rows()).hasSize(SimulatedSite.PROJECTS);
                query.withAll(variable);
            }
            for (GrafanaDashboard.Panel panel : dashboard.panels()) {
                assertThat(query.run(panel.sql()).rows()).as(panel.title()).isNotEmpty();
                if (panel.isTimeSeries()) {
                    query.assertTimeSeries(panel.sql());
                }
            }
        }
    }
}
