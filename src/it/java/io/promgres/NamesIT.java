package io.promgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.Await;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.Sql;
import io.promgres.testing.StoredSamples;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.sql.Connection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Names that PostgreSQL cannot hold as they are, or that mean something to it: each metric is found, under some name. */
class NamesIT {

    private static final long NOW = Instant.now().toEpochMilli();
    private static final int LONGEST_NAME = 63;

    private TestDatabase database;
    private RunningDaemon daemon;

    @BeforeEach
    void start() throws Exception {
        database = TestDatabase.migrated();
        daemon = RunningDaemon.on(database);
    }

    @AfterEach
    void stop() throws Exception {
        daemon.close();
        database.close();
    }

    @Test
    void metricsOfAnyNameAreStoredAndFoundByThatName() throws Exception {
        String start = "m".repeat(LONGEST_NAME);
        assertMetricsAreStored(
                "plain",
                // In the way of tables of ours.
                "landing",
                "tick",
                "vector",
                "landing_1",
                "tick_2",
                "_landing",
                "metric",
                "label",
                "series",
                // Of tables, types and columns of PostgreSQL.
                "pg_class",
                "pg_catalog",
                "text",
                "int4",
                "_int4",
                "ctid",
                "oid",
                "time",
                "value",
                "select",
                "user",
                // In the way of each other.
                "Up",
                "up",
                "UP",
                "uP",
                // Longer than a name can be, and just not.
                start.substring(1),
                start,
                start + "a",
                start + "b",
                start + "A",
                start + "a_1",
                start.substring(2) + "_1",
                // The same in text of several bytes a letter, cut within a letter.
                "ä".repeat(31),
                "ä".repeat(32),
                "x" + "ä".repeat(31),
                "x" + "ä".repeat(32),
                "温度".repeat(20),
                "x温度".repeat(20),
                "\uD83D\uDE00".repeat(16),
                "ab\uD83D\uDE00".repeat(16),
                // Of SQL.
                "\"quoted\"",
                "'quoted'",
                "\"; DROP TABLE _prom_catalog.metric; --",
                "$view$",
                "%I %s %L",
                "\\",
                ";",
                // Of Prometheus 3, where every text is a name.
                "http.server.duration",
                "with space",
                " ",
                "a/b",
                "new\nline",
                "tab\t",
                "{}",
                "a=\"b\"",
                "\u0001",
                "\uFEFF",
                // Not the same, but they look so: composed, decomposed.
                "\u00e9",
                "e\u0301");
    }

    @Test
    void labelsOfAnyNameAreStoredAndFoundByThatName() throws Exception {
        String start = "l".repeat(LONGEST_NAME);
        assertLabelsAreStored(
                "time",
                "value",
                "series",
                "series_id",
                "labels",
                "label_time",
                "label_value",
                "label_series",
                "label_series_id",
                "label_labels",
                "label_label_time",
                "time_id",
                "value_id",
                "labels_id",
                "id",
                "id_id",
                "a",
                "A",
                "a_id",
                "a_id_id",
                "job",
                "instance",
                "metric",
                "group_id",
                "slot",
                "ctid",
                "xmin",
                "tableoid",
                "oid",
                "select",
                "all",
                "__name",
                "__name____",
                start.substring(3),
                start.substring(4),
                start.substring(5),
                start,
                start + "x",
                start + "y",
                "ä".repeat(35),
                "ä".repeat(36),
                "温".repeat(24),
                "\uD83D\uDE00".repeat(18),
                "\"",
                "'",
                "\"; DROP SCHEMA prom_data CASCADE; --",
                "%I",
                "$view$",
                " ",
                ".",
                "a.b",
                "\n",
                "\u00e9",
                "e\u0301");
    }

    @Test
    void labelsInTheWayOfEachOtherAreKeptApartWhateverComesFirst() throws Exception {
        List<String> names = new ArrayList<>(List.of(
                "label_time",
                "time",
                "label_time_4",
                "time_3",
                "l".repeat(70) + "a",
                "l".repeat(70) + "b",
                "l".repeat(57) + "_8",
                "l".repeat(57) + "_9",
                "l".repeat(57) + "_10"));
        assertLabelsAreStored(names.toArray(String[]::new));
    }

    @Test
    void twoHundredMetricsWithOneStartAreAllThere() throws Exception {
        List<TestSample> samples = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            samples.add(TestSample.of("the_same_start_".repeat(8) + i, NOW, i));
        }
        assertThat(daemon.send(samples).statusCode()).isEqualTo(204);

        assertThat(daemon.stored()).containsExactlyInAnyOrderElementsOf(samples);
    }

    @Test
    void aNewLabelAppendsAColumnAndLeavesTheOthersWhereTheyAre() throws Exception {
        daemon.send(TestSample.of("grows", NOW, 1, "z", "1"));
        daemon.awaitViews();
        List<String> before = columns("prom_series", "grows");
        daemon.send(TestSample.of("grows", NOW, 2, "a", "2", "z", "2"));
        daemon.awaitViews();

        assertThat(before).containsExactly("series_id", "labels", "z");
        assertThat(columns("prom_series", "grows")).containsExactly("series_id", "labels", "z", "a");
        assertThat(columns("prom_metric", "grows"))
                .containsExactly("time", "value", "series_id", "labels", "z_id", "a_id");
        assertThat(daemon.rows("SELECT z, a FROM prom_series.grows ORDER BY z")).containsExactly("1|", "2|2");
    }

    @Test
    void aReaderInTheWayOfANewColumnHoldsUpNeitherSamplesNorOtherMetrics() throws Exception {
        daemon.send(TestSample.of("held", NOW, 1));
        daemon.awaitViews();
        try (Connection reader = daemon.connect()) {
            reader.setAutoCommit(false);
            assertThat(Sql.rows(reader, "SELECT value FROM prom_metric.held")).containsExactly("1");
            assertThat(daemon.send(TestSample.of("held", NOW, 2, "fresh", "x")).statusCode())
                    .isEqualTo(204);
            assertThat(daemon.send(TestSample.of("other", NOW, 3)).statusCode()).isEqualTo(204);
            Await.until(
                    "the view of another metric",
                    () -> !columns("prom_metric", "other").isEmpty());

            // The new sample is there already; its label has no column of its own yet.
            assertThat(Sql.rows(reader, "SELECT value FROM prom_metric.held ORDER BY 1"))
                    .containsExactly("1", "2");
            assertThat(columns("prom_metric", "held")).doesNotContain("fresh_id");
            reader.rollback();
        }
        daemon.awaitViews();
        assertThat(columns("prom_metric", "held")).contains("fresh_id");
    }

    @Test
    void aDumpThatHoldsManyViewsHoldsUpNeitherNewSeriesNorNewViews() throws Exception {
        int metrics = 30;
        List<TestSample> first = new ArrayList<>();
        List<TestSample> second = new ArrayList<>();
        for (int i = 0; i < metrics; i++) {
            first.add(TestSample.of("dumped_" + i, NOW, 1));
            second.add(TestSample.of("dumped_" + i, NOW, 2, "fresh", "x"));
        }
        daemon.send(first);
        daemon.awaitViews();
        try (Connection dump = daemon.connect()) {
            dump.setAutoCommit(false);
            for (int i = 0; i < metrics; i++) {
                Sql.rows(dump, "SELECT value FROM prom_metric.dumped_" + i);
            }
            daemon.send(second);
            for (int i = 0; i < 20; i++) {
                assertThat(daemon.send(TestSample.of("meanwhile", NOW, i, "n", "" + i))
                                .statusCode())
                        .isEqualTo(204);
            }
            Await.until(
                    "the view of a new metric",
                    () -> !columns("prom_metric", "meanwhile").isEmpty());
            dump.rollback();
        }
        daemon.awaitViews();
        assertThat(columns("prom_metric", "dumped_" + (metrics - 1))).contains("fresh_id");
    }

    @Test
    void aMetricThatIsNamedLikeACatalogTableDoesNotChangeWhatOthersFind() throws Exception {
        daemon.send(
                TestSample.of("pg_class", NOW, 1), TestSample.of("pg_database", NOW, 1), TestSample.of("now", NOW, 1));
        daemon.awaitViews();
        try (Connection fresh = daemon.connect()) {
            assertThat(Sql.rows(fresh, "SHOW search_path").get(0)).contains("prom_metric");
            assertThat(Sql.rows(fresh, "SELECT relname FROM pg_class WHERE oid = 'prom_data.landing'::regclass"))
                    .containsExactly("landing");
            assertThat(Sql.rows(fresh, "SELECT value FROM prom_metric.pg_class"))
                    .containsExactly("1");
        }
    }

    private void assertMetricsAreStored(String... names) throws Exception {
        List<TestSample> samples = new ArrayList<>();
        for (int i = 0; i < names.length; i++) {
            samples.add(TestSample.of(names[i], NOW, i, "n", "" + i));
        }
        assertThat(daemon.send(samples).body()).isEmpty();

        assertThat(daemon.stored()).containsExactlyInAnyOrderElementsOf(samples);
        Set<String> views = new TreeSet<>(daemon.rows("SELECT table_name FROM prom_info.metric"));
        assertThat(views).hasSize(names.length).doesNotContain("landing", "tick", "vector");
        for (TestSample sample : samples) {
            String view = daemon.rows(
                            "SELECT table_name FROM prom_info.metric WHERE metric_name = ?",
                            sample.labels().get("__name__"))
                    .get(0);
            assertThat(daemon.rows("SELECT value FROM prom_metric." + Sql.quoted(view)))
                    .containsExactly(Integer.toString((int) Double.longBitsToDouble(sample.bits())));
        }
    }

    private void assertLabelsAreStored(String... names) throws Exception {
        List<TestSample> samples = new ArrayList<>();
        for (int i = 0; i < names.length; i++) {
            samples.add(TestSample.of("labelled", NOW, i, names[i], "value of " + i));
        }
        assertThat(daemon.send(samples).body()).isEmpty();

        daemon.awaitViews();
        try (Connection connection = daemon.connect()) {
            assertThat(StoredSamples.ofView(connection, "labelled")).containsExactlyInAnyOrderElementsOf(samples);
        }
        assertThat(columns("prom_series", "labelled")).hasSize(2 + names.length).doesNotHaveDuplicates();
        assertThat(columns("prom_metric", "labelled")).hasSize(4 + names.length).doesNotHaveDuplicates();
        for (int i = 0; i < names.length; i++) {
            List<String> found = daemon.rows(
                    "SELECT value_column_name, id_column_name FROM prom_info.label WHERE key = ?", names[i]);
            String text = daemon.rows("SELECT value_column_name FROM prom_info.label WHERE key = ?", names[i])
                    .get(0);
            String id = daemon.rows("SELECT id_column_name FROM prom_info.label WHERE key = ?", names[i])
                    .get(0);
            assertThat(found).hasSize(1);
            assertThat(daemon.rows(
                            "SELECT s.%1$s, prom_api.val(m.%2$s) FROM prom_series.labelled s JOIN prom_metric.labelled m"
                                            .formatted(Sql.quoted(text), Sql.quoted(id))
                                    + " USING (series_id) WHERE m.value = " + i))
                    .as(names[i])
                    .containsExactly("value of " + i + "|value of " + i);
        }
        assertThat(Arrays.stream(names).distinct()).hasSameSizeAs(names);
    }

    private List<String> columns(String schema, String view) throws Exception {
        return daemon.rows(
                "SELECT column_name FROM information_schema.columns WHERE table_schema = ? AND table_name = ?"
                        + " ORDER BY ordinal_position",
                schema,
                view);
    }
}
