package io.promgres.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.GrafanaDashboard;
import io.promgres.testing.GrafanaQuery;
import io.promgres.testing.NodeExporters;
import io.promgres.testing.QueryPlan;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tables of a fleet look at each of its machines, not at each pair of them. */
class FleetTablesIT {

    private static final int MACHINES = 120;

    /** Most of what a machine of the fleet has in a metric: a series for each mode of its two processors. */
    private static final int SERIES_OF_A_MACHINE = 8;

    @Test
    void noNodeOfAPlanHasMoreRowsThanTheFleetHasSeriesOfAMetric() throws Exception {
        long now = System.currentTimeMillis();
        try (TestDatabase database = TestDatabase.migrated();
                RunningDaemon daemon = RunningDaemon.on(database);
                Connection connection = daemon.connect()) {
            List<TestSample> samples = new ArrayList<>(NodeExporters.fleet(MACHINES, now));
            // A metric is a small part of all series, as it is at a site.
            for (int i = 0; i < 20_000; i++) {
                samples.add(TestSample.of("other", now, 1, "n", "" + i));
            }
            daemon.send(samples);
            daemon.awaitViews();
            daemon.execute("ANALYZE _prom_catalog.series");
            GrafanaQuery query = new GrafanaQuery(
                    connection, Instant.now().minusSeconds(600), Instant.now().plusSeconds(60), Duration.ofMinutes(1));
            query.withAll(GrafanaDashboard.named("node").variables().stream()
                    .filter(variable -> variable.name().equals("instance"))
                    .findFirst()
                    .orElseThrow());
            for (GrafanaDashboard.Panel panel : GrafanaDashboard.named("node").panels()) {
                if (!panel.isTimeSeries()) {
                    assertThat(query.run(panel.sql()).rows()).as(panel.title()).hasSize(MACHINES);
                    QueryPlan plan = new QueryPlan(String.join("\n", query.plan(panel.sql())));
                    assertThat(plan.mostRows()).as(plan.text()).isLessThanOrEqualTo(2 * MACHINES * SERIES_OF_A_MACHINE);
                }
            }
        }
    }
}
