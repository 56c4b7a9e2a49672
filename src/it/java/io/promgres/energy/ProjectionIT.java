package io.promgres.energy;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.model.LabelSet;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What single samples become, with the built-in rules. */
class ProjectionIT {

    private static final Instant T0 = Instant.parse("2026-03-02T10:00:00Z");
    private static final String FACTS = """
            SELECT f.ts, f.scope, coalesce(p.cloud_project_name, m.machine_name, f.user_id),
                   trim_scale(busy_cpu_seconds_total), trim_scale(idle_cpu_seconds_total),
                   trim_scale(round(busy_kwh, 9)), trim_scale(round(idle_kwh, 9)),
                   trim_scale(round(busy_gco2eq, 6)), trim_scale(round(idle_gco2eq, 6)), trim_scale(intensity_gco2eq_kwh)
            FROM fact_usage f LEFT JOIN dim_project p USING (project_id) LEFT JOIN dim_machine m USING (machine_id)
            ORDER BY 1, 2, 3""";

    private EnergyDatabase energy;

    @BeforeEach
    void start() throws SQLException {
        energy = new EnergyDatabase(RuleFiles.read(List.of(Path.of("src/it/resources/energy/all-series.yaml"))));
    }

    @AfterEach
    void stop() {
        energy.close();
    }

    @Test
    void aMeasureCountsInTheNarrowestScopeThatItsLabelsName() throws SQLException {
        energy.send("usage_busy_kwh{user_id=\"ann\",machine_name=\"m1\",cloud_project_name=\"p1\"}", T0, 1.5);
        energy.send("usage_busy_kwh{machine_name=\"m1\",cloud_project_name=\"p1\"}", T0, 2);
        energy.send("usage_idle_kwh{cloud_project_name=\"p1\"}", T0, 3);
        energy.send("usage_idle_gco2eq", T0, 4);
        energy.send("usage_busy_cpu_seconds_total{user_id=\"ann\",machine_name=\"m1\",scope=\"machine\"}", T0, 60);
        energy.project();

        assertThat(energy.query(FACTS))
                .containsExactly(
                        "2026-03-02 10:00:00+00|ada||||||0|4|",
                        "2026-03-02 10:00:00+00|machine|m1|60|0|2|0|||",
                        "2026-03-02 10:00:00+00|project|p1|||0|3|||",
                        "2026-03-02 10:00:00+00|user|ann|||1.5|0|||");
    }

    @Test
    void seriesOnOneRowAreAddedAndIntensitiesAveraged() throws SQLException {
        energy.send("usage_busy_kwh{machine_name=\"m1\",rack=\"a\"}", T0, 1.1);
        energy.send("usage_busy_kwh{machine_name=\"m1\",rack=\"b\"}", T0, 2.2);
        energy.send("usage_intensity_gco2eq_kwh{machine_name=\"m1\",rack=\"a\"}", T0, 200);
        energy.send("usage_intensity_gco2eq_kwh{machine_name=\"m1\",rack=\"b\"}", T0, 300);
        energy.project();

        assertThat(energy.query(FACTS)).containsExactly("2026-03-02 10:00:00+00|machine|m1|||3.3|0|||250");
    }

    @Test
    void aCounterCountsFromSampleToSampleAndFromZeroAfterAReset() throws SQLException {
        String busy = "node_cpu_seconds_total{cpu=\"0\",mode=\"user\",machine_name=\"m1\",instance=\"m1:9100\"}";
        double[] values = {100, 160, 220, 10, 40};
        for (int i = 0; i < values.length; i++) {
            energy.send(busy, T0.plusSeconds(i * 120L), values[i]);
        }
        energy.project();

        assertThat(energy.query(FACTS))
                .containsExactly(
                        "2026-03-02 10:00:00+00|ada||120|0|0.0004|0|||",
                        "2026-03-02 10:00:00+00|machine|m1|120|0|0.0004|0|||",
                        "2026-03-02 10:05:00+00|ada||40|0|0.000133333|0|||",
                        "2026-03-02 10:05:00+00|machine|m1|40|0|0.000133333|0|||");
    }

    @Test
    void aLateSampleMovesGrowthBetweenBuckets() throws SQLException {
        String busy = "node_cpu_seconds_total{cpu=\"0\",mode=\"idle\"}";
        energy.send(busy, T0, 0);
        energy.send(busy, T0.plusSeconds(1200), 100);
        energy.project();
        assertThat(energy.query(FACTS)).containsExactly("2026-03-02 10:20:00+00|ada||0|100|0|0.000027778|||");

        energy.send(busy, T0.plusSeconds(600), 70);
        energy.project();
        assertThat(energy.query("SELECT ts, idle_cpu_seconds_total FROM fact_usage ORDER BY ts"))
                .containsExactly("2026-03-02 10:10:00+00|70", "2026-03-02 10:20:00+00|30");
    }

    @Test
    void packedSamplesCountAsLandedOnesDo() throws SQLException, InterruptedException {
        String busy = "node_cpu_seconds_total{cpu=\"0\",mode=\"user\",machine_name=\"m1\"}";
        energy.send(busy, T0, 0);
        energy.send(busy, T0.plusSeconds(60), 10);
        energy.send(busy, T0.plusSeconds(600), 100);
        assertThat(energy.pack()).isEqualTo(3);
        energy.project();
        assertThat(energy.query("SELECT ts, busy_cpu_seconds_total FROM v_machine_timeseries ORDER BY ts"))
                .containsExactly("2026-03-02 10:00:00+00|10", "2026-03-02 10:10:00+00|90");

        energy.send(busy, T0.plusSeconds(120), 30);
        energy.project();
        energy.pack();
        energy.rebuild(T0, T0.plusSeconds(3600));
        assertThat(energy.query("SELECT ts, busy_cpu_seconds_total FROM v_machine_timeseries ORDER BY ts"))
                .containsExactly("2026-03-02 10:00:00+00|30", "2026-03-02 10:10:00+00|70");
    }

    @Test
    void carbonFollowsTheIntensityInForceAndIsUnknownWithout() throws SQLException {
        String busy = "node_cpu_seconds_total{cpu=\"0\",mode=\"user\"}";
        for (int i = 0; i <= 4; i++) {
            energy.send(busy, T0.plusSeconds(i * 300L), i * 300_000);
        }
        energy.project();
        assertThat(energy.query("SELECT count(*), count(busy_gco2eq) FROM fact_usage"))
                .containsExactly("4|0");

        energy.send("carbon_intensity_gco2eq_per_kwh{region=\"north\"}", T0, 999);
        energy.send("carbon_intensity_gco2eq_per_kwh", T0.plusSeconds(700), 200);
        energy.send("carbon_intensity_gco2eq_per_kwh", T0.plusSeconds(1200), 300);
        energy.project();
        assertThat(energy.query("SELECT ts, round(busy_kwh, 3), round(busy_gco2eq, 3) FROM fact_usage ORDER BY ts"))
                .containsExactly(
                        "2026-03-02 10:05:00+00|1.000|",
                        "2026-03-02 10:10:00+00|1.000|200.000",
                        "2026-03-02 10:15:00+00|1.000|200.000",
                        "2026-03-02 10:20:00+00|1.000|300.000");
    }

    @Test
    void theUserOfACounterIsTheOneOfTheSessionAtItsInstance() throws SQLException {
        String busy = "node_cpu_seconds_total{cpu=\"0\",mode=\"user\",instance=\"vm1:9100\"}";
        String info = "workspace_info{workspace_id=\"w%s\",instance=\"vm1:9100\",machine_name=\"m1\",user_id=\"%s\","
                + "display_name=\"%s\",group_name=\"g\",cloud_project_name=\"p\",started_at=\"2026-03-02T10:00:00Z\"}";
        for (int i = 0; i <= 40; i++) {
            energy.send(busy, T0.plusSeconds(i * 60L), i * 60);
        }
        energy.project();
        for (int i = 0; i < 10; i++) {
            energy.send(info.formatted(1, "ann", "Ann"), T0.plusSeconds(i * 60L), 1);
            energy.send(info.formatted(2, "bob", "Bob"), T0.plusSeconds(1200 + i * 60L), 1);
        }
        energy.sendStaleMarker(info.formatted(1, "ann", "Ann"), T0.plusSeconds(600));
        energy.project(T0.plusSeconds(1800));

        assertThat(energy.query("SELECT user_id, sum(busy_cpu_seconds_total), min(ts), max(ts) FROM fact_usage"
                        + " WHERE scope = 'user' GROUP BY user_id ORDER BY user_id"))
                .containsExactly(
                        "ann|540|2026-03-02 10:00:00+00|2026-03-02 10:05:00+00",
                        "bob|900|2026-03-02 10:20:00+00|2026-03-02 10:30:00+00");
        assertThat(energy.query("SELECT * FROM v_active_workspaces"))
                .containsExactly("w2|2026-03-02 10:00:00+00|Bob|p|m1|vm1|9100");
        assertThat(energy.query("SELECT * FROM v_user_project ORDER BY 1"))
                .containsExactly("ann|Ann|g|p", "bob|Bob|g|p");

        energy.project(T0.plusSeconds(1200 + 540 + 301));
        assertThat(energy.query("SELECT * FROM active_workspace")).isEmpty();
    }

    @Test
    void aSampleThatCannotBeUsedIsCountedAndStored() throws Exception {
        energy.send("usage_busy_kwh{machine_name=\"m1\"}", T0, -1);
        energy.send("usage_busy_kwh{machine_name=\"m2\"}", T0, Double.NaN);
        energy.send("usage_busy_kwh{scope=\"galaxy\"}", T0, 1);
        energy.send("usage_busy_kwh{scope=\"user\"}", T0, 1);
        energy.send("workspace_info{workspace_id=\"w\",instance=\"i\",machine_name=\"m\",started_at=\"noon\"}", T0, 1);
        energy.project();

        assertThat(energy.query("SELECT count(*) FROM fact_usage")).containsExactly("0");
        energy.awaitViews();
        assertThat(energy.query("SELECT count(*) FROM prom_metric.usage_busy_kwh"))
                .containsExactly("4");
        assertThat(energy.metrics().registry().scrape().lines())
                .filteredOn(line -> line.startsWith("promgres_energy_skipped_samples_total"))
                .containsExactlyInAnyOrder(
                        "promgres_energy_skipped_samples_total{reason=\"negative\",rule=\"usage-busy-energy\"} 1.0",
                        "promgres_energy_skipped_samples_total{reason=\"not_a_number\",rule=\"usage-busy-energy\"} 1.0",
                        "promgres_energy_skipped_samples_total{reason=\"unknown_scope\",rule=\"usage-busy-energy\"} 1.0",
                        "promgres_energy_skipped_samples_total{reason=\"no_key_for_scope\",rule=\"usage-busy-energy\"} 1.0",
                        "promgres_energy_skipped_samples_total{reason=\"unparsable_started_at\",rule=\"workspace\"} 1.0");
    }

    @Test
    void aSampleForABlockThatIsPackedIsCountedOnceHoweverManyBlocksTheRequestIsFor() throws Exception {
        Instant[] days = {T0, T0.plus(Duration.ofDays(3)), T0.plus(Duration.ofDays(6))};
        for (Instant day : days) {
            energy.send("usage_busy_kwh{machine_name=\"m1\"}", day, 1);
        }
        assertThat(energy.pack()).isEqualTo(days.length);

        LabelSet series = EnergyDatabase.series("usage_busy_kwh{machine_name=\"m1\"}");
        energy.send(List.of(new EnergyDatabase.Samples(
                series,
                Stream.of(days)
                        .mapToLong(day -> day.plusSeconds(60).toEpochMilli())
                        .toArray(),
                Stream.of(-1.0, -2.0, 3.0)
                        .mapToLong(Double::doubleToRawLongBits)
                        .toArray())));
        energy.project();

        assertThat(energy.query("SELECT sum(busy_kwh) FROM fact_usage WHERE scope = 'machine'"))
                .containsExactly("6");
        assertThat(energy.metrics().registry().scrape().lines())
                .filteredOn(line -> line.startsWith("promgres_energy_skipped_samples_total"))
                .containsExactly(
                        "promgres_energy_skipped_samples_total{reason=\"negative\",rule=\"usage-busy-energy\"} 2.0");
    }

    @Test
    void aDaemonThatStartsAgainGoesOn() throws SQLException {
        String busy = "node_cpu_seconds_total{cpu=\"0\",mode=\"user\",machine_name=\"m1\"}";
        energy.send(busy, T0, 1);
        energy.send(busy, T0.plusSeconds(60), 3);
        energy.restart();
        energy.send(busy, T0.plusSeconds(120), 7);
        energy.project();

        assertThat(energy.query("SELECT scope, busy_cpu_seconds_total FROM fact_usage ORDER BY scope"))
                .containsExactly("ada|6", "machine|6");
    }

    @Test
    void rowsOutliveTheirProjectAndFollowAChangedUserId() throws SQLException {
        energy.send("usage_busy_kwh{cloud_project_name=\"p1\"}", T0, 1);
        energy.send("usage_busy_kwh{user_id=\"ann\"}", T0, 1);
        energy.project();
        energy.query("WITH gone AS (DELETE FROM dim_project RETURNING 1), moved AS"
                + " (UPDATE dim_user SET user_id = 'anna' RETURNING 1) SELECT * FROM gone, moved");

        assertThat(energy.query("SELECT scope, user_id, project_id IS NULL FROM fact_usage ORDER BY scope"))
                .containsExactly("project||f", "user|anna|t");
    }
}
