package io.promgres.perftest;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.perftest.LabelledSite.Point;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Samples whose series carry a job and a phase, on their way from remote write to the tables of results. */
class LabelProjectionIT {

    private static final long BEGIN = Instant.parse("2026-03-01T12:00:00Z").toEpochMilli();
    private static final String JID = "24b3c9dc-13e3-4529-a0a3-92340751be17";
    private static final String PID = "4a003e85-e8bb-4a95-a340-eec1727cfd0d";
    private static final String OTHER_PID = "4a003e85e8bb4a95a340eec1727cfd0e";

    private static LabelledSite site;

    @BeforeAll
    static void start() {
        site = new LabelledSite();
    }

    @AfterAll
    static void stop() {
        site.close();
    }

    @BeforeEach
    void clear() throws SQLException {
        site.clear();
    }

    @Test
    void theLabelsOfASampleAreItsJobPhaseParametersFlagsAndMetadata() throws Exception {
        Map<String, String> labels = labels(
                "deploy_seconds",
                PID,
                "perf_test_project",
                "marathon",
                "perf_test_run",
                "3",
                "perf_test_param_instances",
                "10",
                "perf_test_flag_failed",
                "false",
                "perf_test_meta_version",
                "master");
        site.write(List.of(new Point(labels, BEGIN, 1.42), new Point(labels, BEGIN + 15_250, 0.1)));

        assertThat(site.project()).isEqualTo(2);
        assertThat(site.rows("SELECT * FROM metric_data.perf_test_job"))
                .containsExactly(JID + "|2026-03-01 12:00:00|2026-03-01 12:00:15.25|0|marathon");
        assertThat(site.rows("SELECT * FROM metric_data.perf_test_job_meta"))
                .containsExactly("1|" + JID + "|version|master");
        assertThat(site.rows("SELECT * FROM metric_data.perf_test_job_phases"))
                .containsExactly(PID + "|" + JID + "|3|2026-03-01 12:00:00");
        assertThat(site.rows("SELECT * FROM metric_data.perf_test_phase_flags"))
                .containsExactly("1|" + PID + "|failed|false");
        assertThat(site.rows("SELECT pid, name, title, units, value FROM metric_data.perf_test_phase_params"
                        + " JOIN metric_data.perf_test_lookup_parameters USING (parameter)"))
                .containsExactly(PID + "|instances|instances|null|10");
        assertThat(site.rows(
                        "SELECT pid, name, title, units, value, \"timestamp\" FROM metric_data.perf_test_phase_metrics"
                                + " JOIN metric_data.perf_test_lookup_metrics USING (metric) ORDER BY id"))
                .containsExactly(
                        PID + "|deploy_seconds|deploy_seconds|null|1.42|2026-03-01 12:00:00",
                        PID + "|deploy_seconds|deploy_seconds|null|0.1|2026-03-01 12:00:15.25");
    }

    @Test
    void samplesWithoutBothLabelsOrWithUnreadableOnesAreNotProjected() throws Exception {
        Map<String, String> noPhase = labels("a", PID);
        noPhase.remove("perf_test_pid");
        site.write(List.of(
                new Point(noPhase, BEGIN, 1),
                new Point(labels("a", "not-a-uuid"), BEGIN, 1),
                new Point(labels("a", PID, "perf_test_run", "first"), BEGIN, 1),
                new Point(labels("b", PID), BEGIN, Double.NaN)));

        assertThat(site.project()).isZero();
        assertThat(site.tables()).hasSize(Table.values().length);
    }

    @Test
    void aFlushOfLabelledSamplesWakesTheProjectionWhichExpectsMoreThen() throws Exception {
        AtomicInteger woken = new AtomicInteger();
        site.watchedBy(woken::incrementAndGet);
        site.write(List.of(new Point(Map.of("__name__", "up", "job", "node", "instance", "host"), BEGIN, 1)));
        assertThat(woken).hasValue(0);

        site.write(List.of(new Point(labels("c", PID), BEGIN, 1)));
        assertThat(woken).hasPositiveValue();
        assertThat(site.projectSoon()).isTrue();
        assertThat(site.rows("SELECT value FROM metric_data.perf_test_phase_metrics"))
                .isEqualTo(List.of("1"));
    }

    @Test
    void aValueIsTheSampleToItsLastBit() throws Exception {
        double[] values = {Math.PI, 1 / 3.0, Double.MIN_VALUE, Double.MAX_VALUE, -0.1, 123456789012345680.0};
        List<Point> points = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            points.add(new Point(labels("x", PID), BEGIN + i, values[i]));
        }
        site.write(points);
        site.project();

        List<String> stored = site.rows("SELECT value FROM metric_data.perf_test_phase_metrics ORDER BY id");
        for (int i = 0; i < values.length; i++) {
            assertThat(Double.parseDouble(stored.get(i))).isEqualTo(values[i]);
        }
    }

    @Test
    void equalValuesOfTwoSeriesAreTwoResults() throws Exception {
        Map<String, String> one = labels("cpu", PID, "cpu", "0");
        Map<String, String> two = labels("cpu", PID, "cpu", "1");
        site.write(List.of(new Point(one, BEGIN, 1)));
        assertThat(site.project()).isEqualTo(1);
        site.write(List.of(new Point(two, BEGIN, 1)));

        assertThat(site.project()).isEqualTo(1);
        assertThat(site.rows("SELECT value FROM metric_data.perf_test_phase_metrics"))
                .containsExactly("1", "1");
    }

    @Test
    void whateverTheOrderAndHoweverOftenSentTheResultsAreTheSameAndARebuildChangesNothing() throws Exception {
        Random random = new Random(6);
        List<Point> points = testRun();
        site.write(points);
        site.project();
        List<String> inOrder = contents();
        List<Point> shuffled = new ArrayList<>(points);
        shuffled.addAll(points);
        Collections.shuffle(shuffled, random);
        site.clear();
        for (int from = 0; from < shuffled.size(); from += 50) {
            site.write(shuffled.subList(from, Math.min(from + 50, shuffled.size())));
            if (random.nextBoolean()) {
                site.project();
            }
        }
        site.project();
        assertThat(contents()).isEqualTo(inOrder);

        List<String> before = site.tables();
        site.write(points);
        assertThat(site.project()).isZero();
        assertThat(site.rows("SELECT metric_data.rebuild_from_labels('-infinity', 'infinity')"))
                .containsExactly("0");
        assertThat(site.tables()).isEqualTo(before);
    }

    @Test
    void aRebuildBringsBackWhatIsMissing() throws Exception {
        site.write(testRun());
        site.project();
        List<String> before = contents();
        site.rows("DELETE FROM metric_data.perf_test_phase_metrics WHERE id % 3 = 0 RETURNING id");

        site.rows("SELECT metric_data.rebuild_from_labels('2026-03-01 00:00Z', '2026-03-02 00:00Z')");
        assertThat(contents()).isEqualTo(before);
    }

    @Test
    void samplesThatArePackedAreResultsAllTheSameAndSoAreLateOnes() throws Exception {
        List<Point> points = testRun();
        List<Point> late = points.subList(60, 80);
        List<Point> inTime = new ArrayList<>(points);
        inTime.removeAll(late);
        site.write(points);
        site.project();
        List<String> before = contents();

        site.clear();
        site.write(inTime);
        site.pack();
        site.project();
        site.write(late);
        site.project();
        assertThat(contents()).isEqualTo(before);

        site.pack();
        assertThat(site.rows("SELECT metric_data.rebuild_from_labels('-infinity', 'infinity')"))
                .containsExactly("0");
    }

    @Test
    void reportedJobsKeepWhatWasReported() throws Exception {
        site.rows(
                "INSERT INTO metric_data.perf_test_job VALUES (?::uuid, '2020-01-01', '2020-01-02', 7, 'reported')"
                        + " RETURNING jid",
                JID);
        site.write(List.of(new Point(labels("x", PID, "perf_test_project", "labelled"), BEGIN, 1)));

        assertThat(site.project()).isEqualTo(1);
        assertThat(site.rows("SELECT * FROM metric_data.perf_test_job"))
                .containsExactly(JID + "|2020-01-01 00:00:00|2020-01-02 00:00:00|7|reported");
    }

    @Test
    void namesAndValuesAreCutToTheirColumnsAndStayApartById() throws Exception {
        String longName = "a".repeat(140);
        site.write(List.of(
                new Point(labels(longName + "1", PID, "perf_test_project", "p".repeat(200)), BEGIN, 1),
                new Point(labels(longName + "2", PID, "perf_test_param_" + longName, "v".repeat(200)), BEGIN, 2)));
        site.project();

        assertThat(site.rows("SELECT DISTINCT name, length(title) FROM metric_data.perf_test_lookup_metrics"))
                .containsExactly("a".repeat(32) + "|128");
        assertThat(site.rows(
                        "SELECT m.value FROM metric_data.perf_test_phase_metrics m"
                                + " WHERE m.metric = metric_data.name_id(?)",
                        longName + "2"))
                .containsExactly("2");
    }

    @Test
    void titleAndUnitsAreTheMetricsHelpAndUnitAlsoWhereTheseComeLater() throws Exception {
        site.write(List.of(
                new Point(labels("known_seconds_total", PID), BEGIN, 1), new Point(labels("late", PID), BEGIN, 1)));
        site.rows("SELECT _prom_catalog.store_metadata('{known_seconds}', '{counter}', '{seconds}', '{Time of it}')");
        site.project();
        site.rows("SELECT _prom_catalog.store_metadata('{late}', '{gauge}', '{}'::text[] || ''::text, '{Came late}')");
        site.write(List.of(new Point(labels("late", PID), BEGIN + 1, 1)));
        site.project();

        assertThat(site.rows("SELECT name, title, units FROM metric_data.perf_test_lookup_metrics ORDER BY name"))
                .containsExactly("known_seconds_total|Time of it|seconds", "late|Came late|null");
    }

    /** Two phases with three metrics of two hosts each, 20 samples apart by 15 seconds. */
    private static List<Point> testRun() {
        List<Point> points = new ArrayList<>();
        for (int sample = 0; sample < 20; sample++) {
            for (int host = 0; host < 2; host++) {
                for (int metric = 0; metric < 3; metric++) {
                    Map<String, String> labels = labels(
                            "metric_" + metric,
                            sample < 10 ? PID : OTHER_PID,
                            "instance",
                            "host" + host,
                            "perf_test_param_instances",
                            sample < 10 ? "1" : "2",
                            "perf_test_meta_version",
                            "master");
                    points.add(new Point(labels, BEGIN + sample * 15_000, sample % 4));
                }
            }
        }
        return points;
    }

    /** The tables but for the numbers of rows, which depend on the order. */
    private static List<String> contents() throws Exception {
        List<String> all = new ArrayList<>();
        for (Table table : Table.values()) {
            all.addAll(site.rows("SELECT " + Table.list(table.columnsOfRow()) + " FROM " + table.qualifiedName()
                    + " ORDER BY " + Table.list(table.columnsOfRow())));
        }
        return all;
    }

    private static Map<String, String> labels(String metric, String pid, String... more) {
        Map<String, String> labels =
                new HashMap<>(Map.of("__name__", metric, "perf_test_jid", JID, "perf_test_pid", pid, "job", "test"));
        for (int i = 0; i < more.length; i += 2) {
            labels.put(more[i], more[i + 1]);
        }
        return labels;
    }
}
