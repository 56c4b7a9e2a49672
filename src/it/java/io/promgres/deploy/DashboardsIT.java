package io.promgres.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.promgres.testing.Await;
import io.promgres.testing.GrafanaDashboard;
import io.promgres.testing.GrafanaQuery;
import io.promgres.testing.NodeExporters;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Each panel of the dashboards about promgres and about machines shows something: of a daemon that stores its own metrics, and
 * of node exporters.
 */
class DashboardsIT {

    private static final int SCRAPES = 20;

    private static TestDatabase database;
    private static RunningDaemon daemon;
    private static Connection connection;

    @BeforeAll
    static void start() throws Exception {
        database = TestDatabase.migrated();
        daemon = RunningDaemon.on(database, "self-monitoring.interval", "500ms");
        connection = daemon.connect();
        assertThat(daemon.send(NodeExporters.samples(System.currentTimeMillis(), SCRAPES))
                        .statusCode())
                .isEqualTo(204);
        Await.until("own metrics that stand still no longer", () -> {
            write();
            return daemon.rows("SELECT FROM prom_info.metric WHERE metric_name IN ("
                                    + "'promgres_http_requests_total', 'promgres_maintenance_failures_total')")
                            .size()
                    == 2;
        });
        daemon.awaitViews();
    }

    @AfterAll
    static void stop() throws Exception {
        connection.close();
        daemon.close();
        database.close();
    }

    private static void write() throws Exception {
        daemon.send(TestSample.of("load", System.currentTimeMillis(), 1));
    }

    @TestFactory
    Stream<DynamicTest> operations() {
        return panels("operations");
    }

    @TestFactory
    Stream<DynamicTest> nodes() {
        return panels("node");
    }

    @TestFactory
    Stream<DynamicTest> cardinality() {
        return panels("cardinality");
    }

    @Test
    void ratesAreThoseOfTheCountersWhateverTheInterval() throws Exception {
        // Of 14.5 seconds that a processor has in a scrape, 3 are neither idle nor waiting; 3 bytes are read in 15
        // seconds.
        assertThat(greatest("CPU in use")).isCloseTo(3 / 14.5, within(1e-9));
        assertThat(greatest("Disk, read")).isCloseTo(3 / 15.0, within(1e-9));
    }

    /** Grafana puts in nothing for all of a variable that offers nothing. */
    @Test
    void nothingToChooseFromIsNoError() throws Exception {
        for (String name : List.of("node", "operations", "energy", "cardinality", "perf-test")) {
            GrafanaQuery query = new GrafanaQuery(
                    connection, Instant.now().minus(Duration.ofHours(1)), Instant.now(), Duration.ofMinutes(1));
            GrafanaDashboard.named(name).variables().forEach(variable -> query.with(variable.name()));
            for (GrafanaDashboard.Panel panel : GrafanaDashboard.named(name).panels()) {
                assertThat(panel.sql()).as(panel.title()).doesNotContain(":raw}");
                query.run(panel.sql());
            }
        }
    }

    private static double greatest(String title) throws Exception {
        GrafanaDashboard.Panel panel = GrafanaDashboard.named("node").panels().stream()
                .filter(one -> one.title().equals(title))
                .findFirst()
                .orElseThrow();
        GrafanaQuery.Result result = query("node").run(panel.sql());
        return result.column(result.names().size() - 1).stream()
                .mapToDouble(Double::parseDouble)
                .max()
                .orElseThrow();
    }

    private static Stream<DynamicTest> panels(String name) {
        return GrafanaDashboard.named(name).panels().stream()
                .map(panel -> DynamicTest.dynamicTest(panel.title(), () -> check(name, panel)));
    }

    private static void check(String name, GrafanaDashboard.Panel panel) throws Exception {
        Await.until(panel.title() + " to show something", () -> {
            write();
            return query(name).run(panel.sql()).showsSomething();
        });
        if (panel.isTimeSeries()) {
            query(name).assertTimeSeries(panel.sql());
        }
    }

    /** With everything chosen, and the last ten minutes. */
    private static GrafanaQuery query(String name) throws Exception {
        Instant now = Instant.now();
        GrafanaQuery query = new GrafanaQuery(
                connection, now.minus(Duration.ofMinutes(10)), now.plusSeconds(60), Duration.ofMinutes(1));
        for (GrafanaDashboard.Query variable : GrafanaDashboard.named(name).variables()) {
            query.withAll(variable);
        }
        return query;
    }
}
