package io.promgres.datamodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promgres.testing.Packed;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.Sql;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.sql.Connection;
import java.sql.Timestamp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Deletion of metrics, series and samples, from both tiers: seven hours of samples, of which all but the last are packed. */
class RemovalIT {

    private static final long NOW = System.currentTimeMillis() / 60_000 * 60_000;
    private static final long MINUTE = Duration.ofMinutes(1).toMillis();

    private final List<TestSample> sent = new ArrayList<>();
    private TestDatabase database;
    private RunningDaemon db;

    @BeforeEach
    void fill() throws Exception {
        database = TestDatabase.migrated();
        db = RunningDaemon.on(database);
        for (int minute = 420; minute > 0; minute -= 3) {
            long time = NOW - minute * MINUTE;
            for (String node : new String[] {"a", "b", "c"}) {
                sent.add(TestSample.of("load", time, minute + node.charAt(0) / 256.0, "node", node, "job", "j"));
                sent.add(TestSample.of("fans", time, 3, "node", node, "only", "fans"));
            }
        }
        db.send(sent);
        db.awaitViews();
        db.execute("CALL prom_api.execute_maintenance()");
        assertThat(Integer.parseInt(db.value("SELECT count(*) FROM " + Packed.of("load"))))
                .isPositive();
    }

    @AfterEach
    void close() throws Exception {
        db.close();
        database.close();
    }

    private List<TestSample> without(Predicate<TestSample> deleted) {
        return sent.stream().filter(deleted.negate()).collect(Collectors.toList());
    }

    private static boolean is(TestSample sample, String metric, String node) {
        return sample.labels().get("__name__").equals(metric)
                && sample.labels().get("node").equals(node);
    }

    private void assertStored(List<TestSample> expected) throws Exception {
        assertThat(db.stored()).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void samplesOfATimeAreDeletedFromBothTiers() throws Exception {
        long from = NOW - 300 * MINUTE;
        long to = NOW - 10 * MINUTE;
        Predicate<TestSample> deleted =
                sample -> is(sample, "load", "b") && sample.time() >= from && sample.time() <= to;
        String count = db.value(
                "SELECT delete_series_from_metric('load', matcher('{\"node\": \"b\"}'), ?, ?)",
                new Timestamp(from),
                new Timestamp(to));

        assertThat(count).isEqualTo(Long.toString(sent.stream().filter(deleted).count()));
        assertStored(without(deleted));
        assertThat(
                        db.value(
                                "SELECT bool_and(v.runs = (SELECT count(*) FROM prom_data.packed b WHERE b.vector_id = v.id)) FROM prom_data.vector v"))
                .isEqualTo("t");
    }

    @Test
    void aDeliveryInPartsLosesWhatIsDeletedOfEachOfThem() throws Exception {
        for (String nodes : List.of("abc", "de", "f")) {
            assertThat(db.send(parts(nodes)).statusCode()).isEqualTo(204);
        }
        String delete = "SELECT delete_series_from_metric('parts', matcher('{\"node\": \"%s\"}'), ?, ?)";
        for (String node : List.of("a", "c", "e")) {
            assertThat(db.value(delete.formatted(node), new Timestamp(NOW), new Timestamp(NOW)))
                    .isEqualTo("1");
        }
        assertThat(db.rows("SELECT node FROM prom_metric.parts JOIN prom_series.parts USING (series_id) ORDER BY 1"))
                .containsExactly("b", "d", "f");

        assertThat(db.send(parts("abcdefg")).statusCode()).isEqualTo(204);
        assertThat(db.rows("SELECT node FROM prom_metric.parts JOIN prom_series.parts USING (series_id) ORDER BY 1"))
                .containsExactly("a", "b", "c", "d", "e", "f", "g");
    }

    private static List<TestSample> parts(String nodes) {
        return nodes.chars()
                .mapToObj(node -> TestSample.of("parts", NOW, node, "node", Character.toString(node), "job", "parts"))
                .toList();
    }

    @Test
    void aSeriesIsDeletedWithAllItsSamples() throws Exception {
        String count = db.value("SELECT delete_series_from_metric('load', ARRAY(SELECT series_id FROM prom_series.load"
                + " WHERE node = 'a'))");

        assertThat(count).isEqualTo("140");
        assertStored(without(sample -> is(sample, "load", "a")));
        assertThat(db.rows("SELECT node FROM prom_series.load ORDER BY 1")).containsExactly("b", "c");
        assertThat(db.rows("SELECT val(node_id) FROM prom_latest.load ORDER BY 1"))
                .containsExactly("b", "c");
    }

    @Test
    void seriesOfOtherMetricsAreNotDeleted() throws Exception {
        assertThat(
                        db.value(
                                "SELECT _prom_catalog.delete_series_from_metric('load', ARRAY(SELECT series_id FROM prom_series.fans))"))
                .isEqualTo("0");
        assertThatThrownBy(() -> db.value("SELECT delete_series_from_metric('nope', '{1}'::bigint[])"))
                .hasMessageContaining("there is no metric nope");
        assertStored(sent);
    }

    @Test
    void allSeriesOfAMatcherAreDeletedWhereTheTimeIsEndless() throws Exception {
        assertThat(
                        db.value(
                                "SELECT delete_series_from_metric('load', matcher('{\"job\": \"j\"}'), '-infinity', 'infinity')"))
                .isEqualTo("420");
        assertStored(without(sample -> sample.labels().get("__name__").equals("load")));
        assertThat(db.rows("SELECT * FROM prom_series.load")).isEmpty();
    }

    @Test
    void aDroppedMetricLeavesNothingBehind() throws Exception {
        db.value("SELECT _prom_catalog.store_exemplars(ARRAY(SELECT series_id FROM prom_series.fans), '{1,2,3}',"
                + " ARRAY['{a,b}', '{a,b}', '{a,b}'], '{1,2,3}')");
        assertThat(db.value("SELECT count(*) FROM prom_exemplar.fans")).isEqualTo("3");

        db.value("SELECT drop_metric('fans')");

        assertThat(db.rows("SELECT * FROM prom_data.exemplar")).isEmpty();
        assertStored(without(sample -> sample.labels().get("__name__").equals("fans")));
        assertThat(db.rows("SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                        + " WHERE c.relname ~ 'fans'"))
                .isEmpty();
        assertThat(db.rows("SELECT key, value FROM _prom_catalog.label WHERE key = 'only' OR value ~ 'fans'"))
                .isEmpty();
        assertThat(db.rows("SELECT key FROM prom_info.label WHERE key = 'only'"))
                .isEmpty();
        assertThat(
                        db.value(
                                "SELECT (SELECT count(*) FROM _prom_catalog.series), (SELECT count(*) FROM _prom_catalog.series_json)"))
                .isEqualTo("3|3");
        assertThat(db.value("SELECT count(*) FROM prom_info.metric")).isEqualTo("1");
        assertThatThrownBy(() -> db.value("SELECT drop_metric('fans')"))
                .hasMessageContaining("there is no metric fans");
    }

    @Test
    void theMetadataOfAFamilyGoesWithItsLastMetric() throws Exception {
        db.send(TestSample.of("h_bucket", NOW, 1, "le", "1"), TestSample.of("h_count", NOW, 1));
        db.awaitViews();
        db.value("SELECT _prom_catalog.store_metadata('{h,load}', '{histogram,gauge}', '{s,s}', '{help,help}')");
        db.value("SELECT drop_metric('h_bucket')");
        assertThat(db.value("SELECT count(*) FROM prom_info.metadata")).isEqualTo("2");
        db.value("SELECT drop_metric('h_count')");
        assertThat(db.rows("SELECT metric_family FROM prom_info.metadata")).containsExactly("load");
    }

    @Test
    void metricsThatAreNamedLikeOurTablesAreDroppedAndTheTablesStay() throws Exception {
        for (String name : new String[] {"landing", "tick", "vector", "exemplar"}) {
            db.send(TestSample.of(name, NOW, 1));
            db.awaitViews();
            db.value("SELECT drop_metric(?)", name);
            assertThat(db.value("SELECT to_regclass(?)", "prom_data." + name)).isEqualTo("prom_data." + name);
        }
        assertStored(sent);
    }

    @Test
    void aReaderOfAnotherMetricSeesNothingOfIt() throws Exception {
        try (Connection reader = db.connect()) {
            reader.setAutoCommit(false);
            Sql.execute(reader, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
            List<String> before = Sql.rows(reader, "SELECT count(*), sum(value) FROM prom_metric.load");
            db.value("SELECT drop_metric('fans')");
            assertThat(Sql.rows(reader, "SELECT count(*), sum(value) FROM prom_metric.load"))
                    .isEqualTo(before);
        }
    }

    @Test
    void aViewOfAUserKeepsItsMetricFromBeingDropped() throws Exception {
        db.execute("CREATE VIEW public.mine AS SELECT * FROM prom_metric.fans");
        assertThatThrownBy(() -> db.value("SELECT drop_metric('fans')"))
                .hasMessageContaining("view public.mine depends on");
        assertStored(sent);
    }
}
