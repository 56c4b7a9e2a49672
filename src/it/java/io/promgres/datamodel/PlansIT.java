package io.promgres.datamodel;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.QueryPlan;
import io.promgres.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What queries look at in a fleet of 400 hosts grows with its series, and not with pairs of them or with its history. */
class PlansIT {

    private static TestDatabase database;
    private static Connection connection;

    @BeforeAll
    static void generate() throws Exception {
        database = TestDatabase.migrated();
        GeneratedFleet.generate(database);
        connection = database.connect();
    }

    @AfterAll
    static void close() throws Exception {
        connection.close();
        database.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"""
                SELECT s.instance, l.value FROM prom_series.filesystem_size s JOIN prom_latest.filesystem_size l USING (series_id)""", """
                WITH size AS (SELECT s.instance, s.mountpoint, l.value
                              FROM prom_series.filesystem_size s JOIN prom_latest.filesystem_size l USING (series_id)),
                     avail AS (SELECT s.instance, s.mountpoint, l.value
                               FROM prom_series.filesystem_avail s JOIN prom_latest.filesystem_avail l USING (series_id))
                SELECT instance, mountpoint, 1 - a.value / z.value FROM size z JOIN avail a USING (instance, mountpoint)""", """
                SELECT s.instance, a.value / l.value
                FROM prom_series.filesystem_size s JOIN prom_latest.filesystem_size l USING (series_id)
                JOIN prom_latest.filesystem_avail a ON eq(a.labels, s.labels)""", """
                SELECT val(a.instance_id), a.value / l.value
                FROM prom_latest.filesystem_size l JOIN prom_latest.filesystem_avail a USING (instance_id, mountpoint_id)""", """
                SELECT s.mountpoint, avg(m.value)
                FROM prom_series.filesystem_size s JOIN prom_metric.filesystem_size m USING (series_id)
                JOIN prom_latest.filesystem_size l USING (series_id)
                WHERE m.time > now() - interval '1 hour' GROUP BY 1"""})
    void joinsOfAMetricsViewsLookAtEachSeriesAndNotAtPairs(String query) throws SQLException {
        QueryPlan plan = QueryPlan.of(connection, query);

        // Five samples of each series, of both metrics, with a row of the landing table and four values for each.
        assertThat(plan.mostRows())
                .as(plan.text())
                .isBetween(1.0 * GeneratedFleet.FILESYSTEMS, 10.0 * GeneratedFleet.FILESYSTEMS);
    }

    @Test
    void theLastSamplesOfOneHostAreLookedForByTheIndexOfLabels() throws SQLException {
        for (String query : new String[] {
            "SELECT l.value FROM prom_latest.other l WHERE l.labels ?? ('instance' == 'host-7')",
            "SELECT l.value FROM prom_series.other s JOIN prom_latest.other l USING (series_id) WHERE s.labels ?? ('instance' == 'host-7')"
        }) {
            QueryPlan plan = QueryPlan.of(connection, query);
            assertThat(plan.mostRows()).as(plan.text()).isBetween(1_000.0, 1_100.0);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT time, value, series_id FROM prom_metric.packed WHERE time > now() - interval '5 hours' AND time <= now() - interval '4 hours'",
                "SELECT time, value, series_id FROM prom_metric.packed WHERE time > now() - interval '31 days' AND time <= now() - interval '743 hours'",
                "SELECT date_trunc('minute', time), val(instance_id), avg(value) FROM prom_metric.packed"
                        + " WHERE time > now() - interval '5 hours' AND time <= now() - interval '4 hours' GROUP BY 1, 2"
            })
    void anHourOfMonthsReadsTheRunsOfThatHour(String query) throws SQLException {
        QueryPlan plan = QueryPlan.of(connection, query);

        int samples = 60 * GeneratedFleet.PACKED_SERIES;
        assertThat(plan.text()).doesNotContain("Seq Scan on packed");
        assertThat(plan.mostRows()).as(plan.text()).isLessThanOrEqualTo(samples);
    }

    @Test
    void theNewestSamplesOfAViewAreSortedSinceABranchOfTheUnionKnowsNoOrder() throws SQLException {
        String newest = " ORDER BY time DESC LIMIT 10";
        String branch = "SELECT t.time, b.base FROM prom_data.packed b"
                + " JOIN prom_data.tick t ON t.vector_id = b.vector_id AND t.idx BETWEEN b.first AND b.last";

        assertThat(QueryPlan.intended(connection, branch + newest).text())
                .contains("Index Only Scan Backward")
                .doesNotContain("Sort");
        assertThat(QueryPlan.intended(connection, "SELECT * FROM (" + branch + " UNION ALL " + branch + ") x" + newest)
                        .text())
                .contains("Sort Key");
        assertThat(QueryPlan.intended(connection, "SELECT time, value FROM prom_metric.packed" + newest)
                        .text())
                .contains("Sort Key");
    }
}
