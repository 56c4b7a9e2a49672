package io.promgres.datamodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promgres.codec.proto.Remote.WriteRequest;
import io.promgres.codec.proto.Types.BucketSpan;
import io.promgres.codec.proto.Types.Histogram;
import io.promgres.codec.proto.Types.Label;
import io.promgres.codec.proto.Types.TimeSeries;
import io.promgres.testing.Packed;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.Sql;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.xerial.snappy.Snappy;

/** Views with a column of text for each label: what they show, how they are planned, and which metrics have them. */
class TextViewsIT {

    private static final long MINUTE = 60_000;
    private static final long NOW = System.currentTimeMillis();
    private static final int HOSTS = 300;
    private static final int SCRAPES = 6;
    private static final Pattern OF_LABELS =
            Pattern.compile("(?:on|using \\w+ on) label l\\d+(?:_\\d+)? .*actual rows=([0-9.]+) loops=([0-9]+)");

    private static final Pattern OF_LANDING =
            Pattern.compile("Scan .*on \\S+ d(?:_\\d+)? .*actual rows=([0-9.]+) loops=([0-9]+)");

    private static TestDatabase database;
    private static RunningDaemon db;

    @BeforeAll
    static void fill() throws Exception {
        database = TestDatabase.migrated();
        db = RunningDaemon.on(database, "energy.enabled", "false");
        for (long begin : new long[] {NOW - 6 * 60 * MINUTE, NOW - SCRAPES * MINUTE}) {
            List<TestSample> samples = new ArrayList<>();
            for (int scrape = 0; scrape < SCRAPES; scrape++) {
                for (int host = 0; host < HOSTS; host++) {
                    for (String mode : List.of("idle", "user")) {
                        samples.add(TestSample.of(
                                "Cpu:seconds",
                                begin + scrape * MINUTE,
                                scrape * host,
                                "host",
                                "h" + host,
                                "mode",
                                mode));
                    }
                }
            }
            db.send(samples);
        }
        List<TestSample> others = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            others.add(TestSample.of("other", NOW, i, "n", "" + i));
        }
        db.send(others);
        db.awaitViews();
        db.execute("CALL prom_api.execute_maintenance()");
        assertThat(db.value("SELECT count(*) > 0 FROM " + Packed.of("Cpu:seconds")))
                .isEqualTo("t");
        db.execute("VACUUM ANALYZE");
        assertThat(db.value("SELECT count(*) FROM pg_class WHERE relnamespace = 'prom_text'::regnamespace"))
                .as("views that were not asked for")
                .isEqualTo("0");
        assertThat(db.value("SELECT make_text_view('Cpu:seconds')")).isEqualTo("prom_text.\"Cpu:seconds\"");
    }

    @AfterAll
    static void close() throws Exception {
        db.close();
        database.close();
    }

    @Test
    void theyShowTheSamplesOfBothTiersWithTheTextOfEachLabel() throws Exception {
        assertThat(db.rows("SELECT column_name FROM information_schema.columns WHERE table_schema = 'prom_text'"
                        + " AND table_name = 'Cpu:seconds' ORDER BY ordinal_position"))
                .containsExactly("time", "value", "series_id", "host", "mode");
        assertThat(db.rows("SELECT * FROM prom_text.\"Cpu:seconds\""))
                .hasSize(2 * SCRAPES * HOSTS * 2)
                .containsExactlyInAnyOrderElementsOf(db.rows(
                        "SELECT time, value, series_id, val(host_id), val(mode_id) FROM prom_metric.\"Cpu:seconds\""));
        assertThat(
                        db.rows(
                                "SELECT DISTINCT host FROM prom_text.\"Cpu:seconds\" WHERE host ~ '^h1[0-2]$' AND mode IN ('user', 'none') ORDER BY 1"))
                .containsExactly("h10", "h11", "h12");
    }

    @Test
    void aConditionOnTextIsLookedUpInTheIndexOfLabels() throws Exception {
        String plan = plan(
                "SELECT time, value FROM prom_text.\"Cpu:seconds\" WHERE host = 'h7' AND time > now() - interval '7 hours'");
        assertThat(plan).contains("Index Cond: ((key = 'host'::text) AND (value = 'h7'::text))");
        assertThat(plan).contains("Index Cond: ((labels)::integer[] && ARRAY[");
        assertThat(plan).doesNotContain("'mode'").doesNotContain("SubPlan");
    }

    @Test
    void theTextOfALabelIsLookedUpForASeriesAndNotForASample() throws Exception {
        String plan = plan("SELECT host, mode, avg(value) FROM prom_text.\"Cpu:seconds\" GROUP BY 1, 2");
        assertThat(OF_LABELS.matcher(plan).results())
                .as(plan)
                .isNotEmpty()
                .allMatch(scan -> Double.parseDouble(scan.group(1)) * Long.parseLong(scan.group(2)) <= 2 * HOSTS);
    }

    @Test
    void lastSamplesHaveTextToo() throws Exception {
        assertThat(db.rows("SELECT * FROM prom_text_latest.\"Cpu:seconds\""))
                .hasSize(HOSTS * 2)
                .containsExactlyInAnyOrderElementsOf(db.rows(
                        "SELECT time, value, series_id, val(host_id), val(mode_id) FROM prom_latest.\"Cpu:seconds\""));
    }

    @Test
    void aLastSampleIsLookedUpForTheSeriesOfAConditionOnTextAlone() throws Exception {
        String plan = plan("SELECT value FROM prom_text_latest.\"Cpu:seconds\" WHERE host = 'h7' AND mode = 'idle'");
        assertThat(plan).contains("Index Cond: ((key = 'host'::text) AND (value = 'h7'::text))");
        assertThat(OF_LANDING.matcher(plan).results())
                .as(plan)
                .isNotEmpty()
                .allMatch(scan -> Double.parseDouble(scan.group(1)) * Long.parseLong(scan.group(2)) <= 2 * SCRAPES);
    }

    private static String plan(String sql) throws Exception {
        return String.join("\n", db.rows("EXPLAIN (ANALYZE, TIMING OFF, BUFFERS OFF) " + sql));
    }

    @Test
    void labelsThatComeLaterAndThoseWithNamesOfColumnsAreShown() throws Exception {
        db.send(TestSample.of("grows", NOW, 1, "a", "1"));
        db.awaitViews();
        db.value("SELECT make_text_view('grows')");
        db.send(TestSample.of("grows", NOW, 2, "time", "t", "value", "v", "series_id", "s", "A b", "\"quoted'"));
        db.awaitViews();
        assertThat(
                        db.rows(
                                "SELECT value, a, label_time, label_value, label_series_id, \"A b\" FROM prom_text.grows ORDER BY 1"))
                .containsExactly("1|1||||", "2||t|v|s|\"quoted'");
    }

    @Test
    void metricsOfAPatternHaveThemThoseThatComeLaterToo() throws Exception {
        db.send(TestSample.of("disk_a", NOW, 1), TestSample.of("my_disk_a", NOW, 1));
        db.awaitViews();
        assertThat(db.value("SELECT set_text_views('disk_.*|none')")).isEqualTo("1");
        // What the daemon does once a minute.
        assertThat(db.rows("SELECT _prom_catalog.make_views(id) FROM _prom_catalog.stale_views() id"))
                .hasSize(1);
        assertThat(db.rows("SELECT value FROM prom_text.disk_a")).containsExactly("1");
        db.send(TestSample.of("disk_b", NOW, 2, "x", "y"));
        db.awaitViews();
        assertThat(db.rows("SELECT value, x FROM prom_text.disk_b")).containsExactly("2|y");

        assertThat(db.value("SELECT set_text_views(NULL)")).isEqualTo("0");
        db.send(TestSample.of("disk_c", NOW, 2));
        db.awaitViews();
        assertThat(db.rows("SELECT to_regclass('prom_text.disk_c'), to_regclass('prom_text.my_disk_a')"))
                .containsExactly("|");
        assertThatThrownBy(() -> db.value("SELECT set_text_views('node(')")).hasMessageContaining("regular expression");
    }

    @Test
    void theyGoWithTheirMetricOrAlone() throws Exception {
        db.send(TestSample.of("dropped", NOW, 1), TestSample.of("kept", NOW, 1));
        db.awaitViews();
        db.rows("SELECT make_text_view(m) FROM unnest(ARRAY['dropped', 'kept']) m");
        db.value("SELECT drop_metric('dropped')");
        assertThat(db.rows("SELECT drop_text_view('kept') UNION ALL SELECT drop_text_view('kept')"))
                .containsExactly("t", "f");
        assertThat(db.rows("SELECT to_regclass('prom_text.dropped'), to_regclass('prom_text.kept'),"
                        + " to_regclass('prom_text_latest.dropped'), to_regclass('prom_text_latest.kept')"))
                .containsExactly("|||");
        assertThat(db.rows("SELECT value FROM kept")).containsExactly("1");
    }

    @Test
    void runsWithHolesAreShownWithoutThem() throws Exception {
        db.rows("SELECT _prom_catalog.show_holes(id) FROM _prom_catalog.metric WHERE metric_name = 'Cpu:seconds'");
        assertThat(db.value("SELECT pg_get_viewdef('prom_text.\"Cpu:seconds\"'::regclass) ~ 'get_bit'"))
                .isEqualTo("t");
        theyShowTheSamplesOfBothTiersWithTheTextOfEachLabel();
    }

    @Test
    void nativeHistogramsHaveThemTooWhateverTheirLabelsAreCalled() throws Exception {
        TimeSeries.Builder series = TimeSeries.newBuilder()
                .addHistograms(Histogram.newBuilder()
                        .setTimestamp(NOW)
                        .setCountInt(3)
                        .setSum(4.5)
                        .addPositiveSpans(BucketSpan.newBuilder().setLength(1))
                        .addPositiveDeltas(3));
        for (String[] label :
                new String[][] {{"__name__", "native"}, {"count", "a"}, {"label_count", "b"}, {"z", "c"}}) {
            series.addLabels(Label.newBuilder().setName(label[0]).setValue(label[1]));
        }
        db.post(Snappy.compress(
                WriteRequest.newBuilder().addTimeseries(series).build().toByteArray()));
        db.awaitViews();
        db.value("SELECT make_text_view('native')");
        String key = db.value("SELECT id FROM _prom_catalog.label_key WHERE key = 'label_count'");
        assertThat(db.rows("SELECT count, sum, label_count, label_count_" + key + ", z, histogram_avg(histogram)"
                        + " FROM prom_text_histogram.native WHERE z = 'c'"))
                .containsExactly("3|4.5|a|b|c|1.5");
        assertThat(db.rows("SELECT count, label_count FROM prom_text.native")).isEmpty();
    }

    @Test
    void aReaderAsksThemAndMakesNone() throws Exception {
        try (Connection connection = db.connect()) {
            assertThat(Sql.rows(
                            connection,
                            "SELECT r.rolname FROM pg_roles r WHERE r.rolname = 'prom_reader'"
                                    + " AND NOT has_function_privilege(r.oid, 'prom_api.make_text_view(text)', 'EXECUTE')"
                                    + " AND has_table_privilege(r.oid, 'prom_text.\"Cpu:seconds\"', 'SELECT')"
                                    + " AND has_schema_privilege(r.oid, 'prom_text', 'USAGE')"
                                    + " AND has_table_privilege(r.oid, 'prom_text_latest.\"Cpu:seconds\"', 'SELECT')"
                                    + " AND has_schema_privilege(r.oid, 'prom_text_latest', 'USAGE')"))
                    .hasSize(Sql.rows(connection, "SELECT FROM pg_roles r WHERE r.rolname = 'prom_reader'")
                            .size());
        }
    }

    @Test
    void metricsAreFoundByPartsOfTheirNameOrHelpText() throws Exception {
        db.send(
                TestSample.of("node_memory_MemAvailable_bytes", NOW, 1, "job", "node"),
                TestSample.of("requests_total", NOW, 1));
        db.awaitViews();
        db.execute("SELECT _prom_catalog.store_metadata('{node_memory_MemAvailable_bytes,requests}', '{gauge,counter}',"
                + " '{bytes,\"\"}', '{\"Memory information field.\",\"What memavailable servers answered.\"}')");
        assertThat(db.rows("SELECT * FROM find('memavail')"))
                .containsExactly(
                        "node_memory_MemAvailable_bytes|\"node_memory_MemAvailable_bytes\"||gauge|bytes|{job}|Memory information field.",
                        "requests_total|requests_total||counter||{}|What memavailable servers answered.");
        assertThat(db.rows("SELECT view_name FROM find(' FIELD  Mem')"))
                .containsExactly("\"node_memory_MemAvailable_bytes\"");
        assertThat(db.rows("SELECT text_view_name FROM find('cpu:sec')")).containsExactly("prom_text.\"Cpu:seconds\"");
        assertThat(db.rows("SELECT FROM find('there is none')")).isEmpty();
    }
}
