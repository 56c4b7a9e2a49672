package io.promgres.datamodel;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.RunningDaemon;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Functions of labels and values, on series with gaps and odd names. */
class LabelFunctionsIT {

    private static final long NOW = System.currentTimeMillis();
    private static final String ODD = "\"; DROP TABLE x; --";

    private static TestDatabase database;
    private static RunningDaemon db;

    @BeforeAll
    static void fill() throws Exception {
        database = TestDatabase.migrated();
        db = RunningDaemon.on(database);
        db.send(
                TestSample.of("gaps", NOW, 1, "a", "1", "b", "x"),
                TestSample.of("gaps", NOW, 2, "b", "x"),
                TestSample.of("gaps", NOW, 3),
                TestSample.of("other", NOW, 4, "b", "x"),
                TestSample.of("other", NOW, 5, "a", "1", "b", "x"),
                TestSample.of("reserved", NOW, 6, "time", "t", "label_time", "l", "value", "v", "series_id", "s"),
                TestSample.of(ODD, NOW, 7, ODD, ODD, "ключ", "значение"));
        db.awaitViews();
    }

    @AfterAll
    static void close() throws Exception {
        db.close();
        database.close();
    }

    @Test
    void jsonbHasEveryLabelWithTheName() throws Exception {
        assertThat(db.rows("SELECT jsonb(labels) FROM gaps ORDER BY value"))
                .containsExactly(
                        "{\"a\": \"1\", \"b\": \"x\", \"__name__\": \"gaps\"}",
                        "{\"b\": \"x\", \"__name__\": \"gaps\"}",
                        "{\"__name__\": \"gaps\"}");
    }

    @Test
    void jsonbOfLabelsThatNoSeriesHasIsWorkedOut() throws Exception {
        assertThat(db.value("SELECT jsonb(labels[2:]) FROM gaps WHERE value = 1"))
                .isEqualTo("{\"a\": \"1\", \"b\": \"x\"}");
        assertThat(db.value("SELECT jsonb('{}'::label_array) IS NULL")).isEqualTo("t");
    }

    @Test
    void anAbsentLabelIsNullWhereverItsPosition() throws Exception {
        assertThat(db.rows("SELECT val(a_id), val(b_id), a_id IS NULL, b_id IS NULL FROM gaps ORDER BY value"))
                .containsExactly("1|x|f|f", "|x|t|f", "||t|t");
        assertThat(db.rows("SELECT a, b FROM prom_series.gaps ORDER BY a NULLS LAST, b NULLS LAST"))
                .containsExactly("1|x", "|x", "|");
    }

    @Test
    void labelsAreAskedForAsKeysOfAJsonObjectAre() throws Exception {
        assertThat(
                        db.rows(
                                "SELECT labels->>'a', labels ->> 'b', labels ?? 'a', labels ?? ('b' == 'x') FROM gaps ORDER BY value"))
                .containsExactly("1|x|t|t", "|x|f|t", "||f|f");
        assertThat(db.rows("SELECT value FROM gaps WHERE labels ->> 'a' = '1' AND NOT labels ?? 'c'"))
                .containsExactly("1");
    }

    @Test
    void whatIsUnknownIsNull() throws Exception {
        assertThat(db.rows("SELECT val(0), val(NULL), val(2000000000), labels(42), label_key_position('gaps', 'nope'),"
                        + " label_key_position('nope', 'a')"))
                .containsExactly("|||||");
    }

    @Test
    void labelsOfASeriesComeByItsId() throws Exception {
        assertThat(db.value("SELECT bool_and(labels(series_id) = labels) FROM prom_series.gaps"))
                .isEqualTo("t");
    }

    @Test
    void arraysOfNamesAndValuesLeaveOutAbsentLabels() throws Exception {
        assertThat(db.rows("SELECT (key_value_array(labels)).* FROM gaps WHERE value = 2"))
                .containsExactly("{__name__,b}|{gaps,x}");
        assertThat(db.rows("SELECT cardinality(labels), keys, vals FROM labels_info("
                        + "(SELECT labels::int[] FROM gaps WHERE value = 2))"))
                .containsExactly("2|{__name__,b}|{gaps,x}");
    }

    @Test
    void cardinalityCountsSeriesOfAllMetrics() throws Exception {
        assertThat(db.value("SELECT DISTINCT label_cardinality(b_id) FROM other"))
                .isEqualTo("4");
        assertThat(db.value("SELECT label_cardinality(2000000000)")).isEqualTo("0");
    }

    @Test
    void positionsCountFromTheName() throws Exception {
        assertThat(db.rows("SELECT label_key_position('gaps', '__name__'), label_key_position('gaps', 'a'),"
                        + " label_key_position('gaps', 'b'), label_key_position('other', 'b')"))
                .containsExactly("1|2|3|2");
    }

    @Test
    void namesOfTheViewsOwnColumnsArePrefixedAndStayUnique() throws Exception {
        assertThat(db.rows("SELECT val(label_time_id), val(label_value_id), val(label_series_id_id) FROM reserved"))
                .hasSize(1);
        assertThat(db.rows(
                        "SELECT l.key, s.* FROM prom_info.label l, LATERAL (SELECT count(*) FROM information_schema.columns c"
                                + " WHERE c.table_schema = 'prom_metric' AND c.column_name = l.id_column_name"
                                + " AND c.table_name = 'reserved') s WHERE l.key IN ('time', 'label_time', 'value', 'series_id')"
                                + " ORDER BY l.key"))
                .containsExactly("label_time|1", "series_id|1", "time|1", "value|1");
    }

    @Test
    void oddNamesAreQuoted() throws Exception {
        assertThat(db.value("SELECT jsonb(labels) ->> '" + ODD + "' FROM prom_metric.\"" + ODD.replace("\"", "\"\"")
                        + "\""))
                .isEqualTo(ODD);
        assertThat(db.value("SELECT \"ключ\" FROM prom_series.\"" + ODD.replace("\"", "\"\"") + "\""))
                .isEqualTo("значение");
        assertThat(db.value("SELECT value FROM prom_latest.\"" + ODD.replace("\"", "\"\"") + "\""))
                .isEqualTo("7");
    }

    @Test
    void onlyPrometheusOwnNansAreRecognized() throws Exception {
        db.send(
                TestSample.ofBits("nans", NOW, 0x7ff0000000000002L, "kind", "stale"),
                TestSample.ofBits("nans", NOW, 0x7ff8000000000001L, "kind", "normal"),
                TestSample.of("nans", NOW, 1, "kind", "number"));
        db.awaitViews();
        assertThat(db.rows("SELECT val(kind_id), is_stale_marker(value), is_normal_nan(value) FROM nans ORDER BY 1"))
                .containsExactly("normal|f|t", "number|f|f", "stale|t|f");
        assertThat(db.rows("SELECT is_stale_marker('NaN'), is_normal_nan('NaN'), is_stale_marker(NULL)"))
                .containsExactly("f|f|");
        assertThat(db.rows("SELECT val(kind_id) FROM prom_latest.nans ORDER BY 1"))
                .containsExactly("normal", "number");
    }
}
