package io.promgres.energy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which intensity counts for which energy. */
class CarbonIT {

    private static final Instant T0 = Instant.parse("2026-03-02T10:00:00Z");
    private static final String CARBON =
            "SELECT trim_scale(round(busy_gco2eq, 6)) FROM fact_usage WHERE scope = 'machine' ORDER BY ts";

    @TempDir
    private Path directory;

    private EnergyDatabase with(String yaml) throws SQLException, IOException {
        return new EnergyDatabase(RuleFiles.read(List.of(Files.writeString(directory.resolve("rules.yaml"), yaml))));
    }

    /** 300,000 busy seconds in a bucket: 1 kWh at 12 W. */
    private static void burn(EnergyDatabase energy, String region) {
        String busy = "node_cpu_seconds_total{cpu=\"0\",mode=\"user\",machine_name=\"m1\"" + region + "}";
        energy.send(busy, T0, 0);
        energy.send(busy, T0.plusSeconds(60), 300_000);
    }

    @Test
    void seriesWithoutARegionTakeTheOnlyOneThereIsOrTheConfiguredOne() throws Exception {
        try (EnergyDatabase energy = with("")) {
            energy.send("carbon_intensity_gco2eq_per_kwh{region=\"UK\"}", T0, 200);
            burn(energy, "");
            energy.project();
            assertThat(energy.query(CARBON)).containsExactly("200");
        }
        try (EnergyDatabase energy = with("carbon: {region: FR}")) {
            energy.send("carbon_intensity_gco2eq_per_kwh{region=\"UK\"}", T0, 200);
            energy.send("carbon_intensity_gco2eq_per_kwh{region=\"FR\"}", T0, 50);
            burn(energy, "");
            energy.project();
            assertThat(energy.query(CARBON)).containsExactly("50");
        }
    }

    @Test
    void ofSeveralRegionsNoneIsGuessedAndTheEnergyIsNamed() throws Exception {
        try (EnergyDatabase energy = with("")) {
            energy.send("carbon_intensity_gco2eq_per_kwh{region=\"UK\"}", T0, 200);
            energy.send("carbon_intensity_gco2eq_per_kwh{region=\"FR\"}", T0, 50);
            burn(energy, "");
            energy.project(T0.plusSeconds(300));
            assertThat(energy.query("SELECT scope, trim_scale(busy_kwh) FROM v_energy_without_carbon ORDER BY 1"))
                    .containsExactly("ada|1", "machine|1");
            assertThat(energy.metrics().registry().scrape()).contains("promgres_energy_machines_without_carbon 1.0");
        }
    }

    @Test
    void ofSeveralProvidersTheMeanCountsUnlessOneIsChosen() throws Exception {
        String intensity = "grid_intensity_carbon_actual{provider=\"%s\",region=\"UK\"}";
        for (String[] choice : List.of(
                new String[] {"carbon: {metric: grid_intensity_carbon_actual}", "65"},
                new String[] {"carbon: {metric: grid_intensity_carbon_actual, where: {provider: b}}", "70"},
                // A provider in kg or t for each MWh.
                new String[] {
                    "carbon: {metric: grid_intensity_carbon_actual, where: {provider: d}, factor: 1000}", "300"
                })) {
            try (EnergyDatabase energy = with(choice[0])) {
                energy.send(intensity.formatted("a"), T0, 40);
                energy.send(intensity.formatted("b"), T0, 70);
                energy.send(intensity.formatted("c"), T0, 85);
                if (choice[0].contains("provider: d")) {
                    energy.send(intensity.formatted("d"), T0, 0.3);
                }
                burn(energy, "");
                energy.project();
                assertThat(energy.query(CARBON)).containsExactly(choice[1]);
            }
        }
    }

    @Test
    void anHoursCarbonIsThatOfItsMeanIntensity() throws Exception {
        try (EnergyDatabase energy =
                new EnergyDatabase(RuleFiles.read(List.of(Path.of("config/energy/recording-rules.yaml"))))) {
            energy.send("carbon_intensity_gco2eq_per_kwh{region=\"UK\"}", T0, 200);
            energy.send("carbon_intensity_gco2eq_per_kwh{region=\"UK\"}", T0.plusSeconds(1800), 400);
            energy.send(
                    "ada:cpu_busy_seconds_increase_1h:by_project_machine{cloud_project_name=\"p\",machine_name=\"m1\"}",
                    T0.plusSeconds(3600),
                    3600);
            energy.project();
            // 3600 s at 12 W are 0.012 kWh, at 300 g in the mean 3.6 g.
            assertThat(energy.query(CARBON)).containsExactly("3.6");

            // A late sample: 200 g for 45 minutes, 400 for 15, which are 250 in the mean.
            energy.send("carbon_intensity_gco2eq_per_kwh{region=\"UK\"}", T0.plusSeconds(900), 200);
            energy.send("carbon_intensity_gco2eq_per_kwh{region=\"UK\"}", T0.plusSeconds(2700), 200);
            energy.project();
            // 200 for 30 minutes, 400 for 15, 200 for 15.
            assertThat(energy.query(CARBON)).containsExactly("3");
        }
    }

    @Test
    void measuredEnergyHasCarbonByTheIntensityUnlessAMeasureTellsIt() throws Exception {
        try (EnergyDatabase energy = with("")) {
            energy.send("carbon_intensity_gco2eq_per_kwh{region=\"UK\"}", T0, 200);
            energy.send("usage_busy_kwh{machine_name=\"m1\"}", T0.plusSeconds(60), 2);
            energy.project();
            assertThat(energy.query(CARBON)).containsExactly("400");

            energy.send("usage_busy_gco2eq{machine_name=\"m1\"}", T0.plusSeconds(60), 7);
            energy.project();
            assertThat(energy.query(CARBON)).containsExactly("7");
        }
    }

    @Test
    void sessionsHaveLabelsOfTheirOwnAndThoseThatMatchNothingAreNamed() throws Exception {
        try (EnergyDatabase energy = with("workspaces: {labels: {instance: exported_instance, user_id: owner,"
                + " machine_name: flavour, workspace_id: session}}")) {
            String session =
                    "workspace_info{instance=\"exporter:8000\",exported_instance=\"%s\",owner=\"%s\",flavour=\"%s\","
                            + "session=\"%s\",started_at=\"1772445600\"}";
            energy.send(
                    "node_cpu_seconds_total{mode=\"user\",instance=\"10.0.0.1:9100\",machine_name=\"muon\"}", T0, 0);
            energy.send(
                    "node_cpu_seconds_total{mode=\"user\",instance=\"10.0.0.1:9100\",machine_name=\"muon\"}",
                    T0.plusSeconds(60),
                    30);
            energy.send(session.formatted("10.0.0.1", "ann", "muon", "s1"), T0, 1);
            energy.send(session.formatted("10.0.0.9", "bob", "sans", "s2"), T0, 1);
            energy.project(T0.plusSeconds(60));

            assertThat(energy.query("SELECT user_id, busy_cpu_seconds_total FROM v_user_timeseries"))
                    .containsExactly("ann|30");
            assertThat(energy.query("SELECT workspace_id, user_id, machine_name, host FROM v_unmatched_workspaces"))
                    .containsExactly("s2|bob|sans|10.0.0.9");
            assertThat(energy.metrics().registry().scrape()).contains("promgres_energy_unmatched_sessions 1.0");
        }
    }
}
