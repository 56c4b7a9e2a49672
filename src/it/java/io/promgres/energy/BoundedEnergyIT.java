package io.promgres.energy;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.Await;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the projector keeps and writes, with the built-in rules. */
class BoundedEnergyIT {

    private static final Instant T0 = Instant.parse("2026-03-02T10:00:00Z");
    private static final String LABELLED =
            "node_cpu_seconds_total{cpu=\"0\",mode=\"user\",instance=\"vm1:9100\",machine_name=\"m1\"}";
    private static final String KEPT = """
            SELECT (SELECT count(*) FROM _energy.source), (SELECT count(*) FROM _energy.place),
                   (SELECT count(*) FROM _energy.amount), (SELECT count(*) FROM _energy.contribution),
                   (SELECT count(*) FROM _energy.touched), (SELECT count(*) FROM _energy.pending),
                   (SELECT count(*) FROM _energy.orphan)""";
    private static final String VERSIONS = """
            SELECT 'amount ' || place_id, ctid, xmin, xmax FROM _energy.amount
            UNION ALL SELECT 'contribution ' || scope || key, ctid, xmin, xmax FROM _energy.contribution
            UNION ALL SELECT 'fact ' || scope, ctid, xmin, xmax FROM fact_usage
            UNION ALL SELECT 'session ' || workspace_id, ctid, xmin, xmax FROM active_workspace
            ORDER BY 1""";
    private static final String FACTS = "SELECT scope, busy_cpu_seconds_total FROM fact_usage ORDER BY scope";

    private EnergyDatabase energy;

    @BeforeEach
    void start() throws SQLException {
        energy = new EnergyDatabase(RuleFiles.read(List.of()));
    }

    @AfterEach
    void stop() {
        energy.close();
    }

    @Test
    void seriesThatNameNeitherMachineNorProjectNorUserLeaveNothing() throws SQLException {
        String nameless = "node_cpu_seconds_total{cpu=\"0\",mode=\"user\",instance=\"vm1:9100\",job=\"node\"}";
        energy.send(nameless, T0, 0);
        energy.send(nameless, T0.plusSeconds(60), 60);
        assertThat(energy.query(KEPT)).containsExactly("0|0|0|0|0|0|0");
        energy.project();

        assertThat(energy.query(KEPT)).containsExactly("0|0|0|0|0|0|0");
        assertThat(energy.query(FACTS)).isEmpty();
    }

    @Test
    void seriesThatNameNothingCountAsSoonAsASessionRunsAtTheirHost() throws SQLException {
        String nameless = "node_cpu_seconds_total{cpu=\"0\",mode=\"user\",instance=\"vm1:9100\",job=\"node\"}";
        energy.send(nameless, T0, 0);
        energy.send(nameless, T0.plusSeconds(60), 60);
        energy.project();
        energy.send(
                "workspace_info{workspace_id=\"w1\",instance=\"vm1:9100\",machine_name=\"m1\",user_id=\"ann\","
                        + "started_at=\"2026-03-02T10:00:00Z\"}",
                T0,
                1);
        energy.project();
        assertThat(energy.query(FACTS)).containsExactly("ada|60", "user|60");

        energy.send(nameless, T0.plusSeconds(120), 90);
        energy.project();
        assertThat(energy.query(FACTS)).containsExactly("ada|90", "user|90");
    }

    @Test
    void aMetricThatIsDroppedLeavesItsFactsAndNothingElse() throws SQLException {
        energy.send(LABELLED, T0, 0);
        energy.send(LABELLED, T0.plusSeconds(60), 60);
        energy.project();
        energy.query("SELECT prom_api.drop_metric('node_cpu_seconds_total')");
        energy.project();
        assertThat(energy.query(KEPT)).containsExactly("0|0|0|0|0|0|0");

        energy.send("carbon_intensity_gco2eq_per_kwh", T0, 200);
        energy.send(
                "workspace_info{workspace_id=\"w1\",instance=\"vm1:9100\",machine_name=\"m1\",user_id=\"ann\","
                        + "started_at=\"2026-03-02T10:00:00Z\"}",
                T0,
                1);
        energy.project();
        assertThat(energy.query(FACTS)).containsExactly("ada|60", "machine|60");
    }

    @Test
    void whatRetentionHasTakenIsNotKeptAndStaysAsItWas() throws Exception {
        Instant old = Instant.now().truncatedTo(ChronoUnit.DAYS).minus(Duration.ofDays(3));
        energy.send(LABELLED, old, 0);
        energy.send(LABELLED, old.plusSeconds(60), 60);
        energy.project();
        energy.pack();
        energy.query("SELECT prom_api.set_default_retention_period('1 day')");
        energy.query("SELECT _prom_catalog.expire_metric(id) FROM _prom_catalog.metric WHERE views_positions > 0");
        energy.project();
        assertThat(energy.query(
                        "SELECT (SELECT count(*) FROM _energy.amount), (SELECT count(*) FROM _energy.contribution)"))
                .containsExactly("0|0");

        energy.send(LABELLED, old.plusSeconds(30), 29);
        energy.project();
        assertThat(energy.query(FACTS)).containsExactly("ada|60", "machine|60");
    }

    @Test
    void newSeriesMakeTheDimensionsKnownByThePlacesAndTheirRowsAreNotWrittenAgain() throws Exception {
        for (int machine = 0; machine < 5; machine++) {
            for (int cpu = 0; cpu < 8; cpu++) {
                energy.send(
                        "node_cpu_seconds_total{cpu=\"" + cpu + "\",mode=\"user\",machine_name=\"m" + machine + "\"}",
                        T0,
                        0);
            }
        }
        String rows = "SELECT series_id, ctid, xmin, xmax FROM _energy.source ORDER BY 1";
        List<String> before = energy.query(rows);
        energy.project();

        assertThat(energy.query("SELECT count(*) FROM dim_machine")).containsExactly("5");
        assertThat(before).hasSize(40);
        assertThat(energy.query(rows)).isEqualTo(before);
        assertThat(energy.query("SELECT count(*) FROM _energy.news")).containsExactly("0");
    }

    @Test
    void whatAPassFindsAsItIsIsNotWrittenAndNotLocked() throws SQLException {
        String session = "workspace_info{workspace_id=\"w1\",instance=\"vm1:9100\",machine_name=\"m1\",user_id=\"ann\","
                + "started_at=\"2026-03-02T10:00:00Z\"}";
        for (int i = 0; i <= 4; i++) {
            energy.send(LABELLED, T0.plusSeconds(i * 60L), i * 60);
            energy.send(session, T0.plusSeconds(i * 60L), 1);
        }
        energy.project(T0.plusSeconds(240));
        assertThat(energy.query(FACTS)).containsExactly("ada|240", "machine|240", "user|240");
        List<String> rows = energy.query(VERSIONS);

        // The bucket is computed again, with the same amounts.
        energy.send(LABELLED, T0.plusSeconds(270), 240);
        energy.send(session, T0.plusSeconds(270), 1);
        energy.project(T0.plusSeconds(270));
        assertThat(rows).hasSize(8);
        assertThat(energy.query(VERSIONS)).isEqualTo(rows);
        assertThat(rows).allMatch(row -> row.endsWith("|0"), "locked by no transaction");
    }

    @Test
    void flushesTouchABucketOnceUntilItIsTaken() throws SQLException {
        for (int i = 0; i < 20; i++) {
            energy.send(LABELLED, T0.plusSeconds(i * 10L), i * 10);
        }
        assertThat(energy.query("SELECT count(*), count(DISTINCT bucket), count(taken) FROM _energy.touched"))
                .containsExactly("1|1|0");
        energy.project();
        assertThat(energy.query(FACTS)).containsExactly("ada|190", "machine|190");

        energy.send(LABELLED, T0.plusSeconds(200), 200);
        energy.project();
        assertThat(energy.query(FACTS)).containsExactly("ada|200", "machine|200");
        assertThat(energy.query(KEPT)).containsExactly("1|1|1|2|0|0|0");
    }

    @Test
    void aFlushThatCountsOnABucketThatIsTakenBeforeItsEndIsComputedWhenItHasEnded() throws SQLException {
        energy.send(LABELLED, T0, 0);
        energy.send(LABELLED, T0.plusSeconds(60), 60);
        Rule rule = energy.rule("node-cpu");
        int id = Integer.parseInt(energy.query("SELECT id FROM _energy.rule WHERE name = 'node-cpu'")
                .get(0));
        try (Connection flush = energy.connect();
                Statement sample = flush.createStatement()) {
            flush.setAutoCommit(false);
            sample.execute("UPDATE prom_data.landing SET values[1] = 90 WHERE values[1] = 60");
            DirtyBuckets touched = new DirtyBuckets(energy.metrics());
            touched.add(id, rule, T0.plusSeconds(60).toEpochMilli());
            touched.write(flush);

            energy.project();
            assertThat(energy.query(FACTS)).containsExactly("ada|60", "machine|60");
            assertThat(energy.query("SELECT count(taken), count(*) FROM _energy.touched WHERE computed"))
                    .containsExactly("1|1");
            flush.commit();
        }
        energy.project();
        assertThat(energy.query(FACTS)).containsExactly("ada|90", "machine|90");
        assertThat(energy.query("SELECT count(*) FROM _energy.touched")).containsExactly("0");
    }

    @Test
    void bucketsThatWereTakenOnAnotherServerAreTakenAgain() throws SQLException {
        energy.send(LABELLED, T0, 0);
        energy.send(LABELLED, T0.plusSeconds(60), 60);
        energy.query("UPDATE _energy.touched SET taken = '9000000000000000' RETURNING 1");
        energy.project();
        assertThat(energy.query(FACTS)).containsExactly("ada|60", "machine|60");
        assertThat(energy.query("SELECT count(*) FROM _energy.touched")).containsExactly("0");
    }

    @Test
    void rowsOfTheOpenBucketAreUpdatedWithoutTouchingAnIndex() throws Exception {
        for (int scrape = 0; scrape < 16; scrape++) {
            for (int machine = 0; machine < 40; machine++) {
                energy.send(
                        "node_cpu_seconds_total{cpu=\"0\",mode=\"user\",machine_name=\"m" + machine + "\"}",
                        T0.plusSeconds(scrape * 15L),
                        scrape * 1.7);
            }
            energy.project();
        }
        // A row for each of 40 machines and for all together, made by the second scrape.
        Await.until(
                "all updates are counted",
                () -> energy.query("SELECT n_tup_upd FROM pg_stat_user_tables" + " WHERE relname = 'fact_usage'")
                        .contains(Integer.toString(41 * 14)));
        assertThat(energy.query(
                        "SELECT relname FROM pg_stat_user_tables WHERE relname IN ('fact_usage', 'contribution', 'amount')"
                                + " AND n_tup_hot_upd < 0.95 * n_tup_upd"))
                .isEmpty();
    }
}
