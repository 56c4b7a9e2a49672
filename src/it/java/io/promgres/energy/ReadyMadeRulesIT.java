package io.promgres.energy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The rule files in config/energy, with series as the exporters name them. */
class ReadyMadeRulesIT {

    private static final Instant T0 = Instant.parse("2026-03-02T10:00:00Z");
    private static final String FACTS = """
            SELECT to_char(f.ts, 'HH24:MI'), f.scope, coalesce(p.cloud_project_name, m.machine_name, f.user_id),
                   trim_scale(busy_cpu_seconds_total), trim_scale(idle_cpu_seconds_total),
                   trim_scale(round(busy_kwh, 6)), trim_scale(round(idle_kwh, 6))
            FROM fact_usage f LEFT JOIN dim_project p USING (project_id) LEFT JOIN dim_machine m USING (machine_id)
            ORDER BY 1, 2, 3""";

    private static EnergyDatabase with(String file) throws SQLException {
        return new EnergyDatabase(RuleFiles.read(List.of(Path.of("config/energy", file))));
    }

    @Test
    void recordedHoursCountOnceAnHour() throws SQLException {
        try (EnergyDatabase energy = with("recording-rules.yaml")) {
            for (int i = 1; i <= 24; i++) {
                Instant time = T0.plusSeconds(i * 300L);
                double busy = i <= 12 ? 3600 : 1800;
                energy.send("ada:cpu_busy_seconds_increase_1h:by_project{cloud_project_name=\"p\"}", time, busy);
                energy.send("ada:cpu_idle_seconds_increase_1h:by_project{cloud_project_name=\"p\"}", time, 600);
                energy.send(
                        "ada:cpu_busy_seconds_increase_1h:by_project_machine{cloud_project_name=\"p\",machine_name=\"m\"}",
                        time,
                        busy);
                energy.send(
                        "ada:cpu_idle_seconds_increase_1h:by_project_machine{cloud_project_name=\"p\",machine_name=\"m\"}",
                        time,
                        600);
            }
            energy.project();

            assertThat(energy.query(FACTS))
                    .containsExactly(
                            "10:00|ada||3600|600|0.012|0.000167",
                            "10:00|machine|m|3600|600|0.012|0.000167",
                            "10:00|project|p|3600|600|0.012|0.000167",
                            "11:00|ada||1800|600|0.006|0.000167",
                            "11:00|machine|m|1800|600|0.006|0.000167",
                            "11:00|project|p|1800|600|0.006|0.000167");
            assertThat(energy.query("SELECT * FROM map_project_machine")).hasSize(1);
        }
    }

    @Test
    void keplersJoulesTakeThePlaceOfComputedEnergy() throws SQLException {
        try (EnergyDatabase energy = with("kepler.yaml")) {
            for (int i = 0; i <= 1; i++) {
                Instant time = T0.plusSeconds(i * 60L);
                String labels = "{job=\"kepler\",instance=\"n1:28282\",node_name=\"n1\",zone=\"%s\",path=\"/sys\"}";
                energy.send("kepler_node_cpu_active_joules_total" + labels.formatted("package"), time, i * 7200);
                energy.send("kepler_node_cpu_idle_joules_total" + labels.formatted("package"), time, i * 3600);
                energy.send("kepler_node_cpu_active_joules_total" + labels.formatted("core"), time, i * 5000);
                energy.send("node_cpu_seconds_total{mode=\"user\",cpu=\"0\",machine_name=\"n1\"}", time, i * 30);
            }
            energy.project();

            assertThat(energy.query(FACTS))
                    .containsExactly("10:00|ada||30|0|0.002|0.001", "10:00|machine|n1|30|0|0.002|0.001");
        }
    }

    @Test
    void raplCountersOfPackagesAndDramAreAdded() throws SQLException {
        try (EnergyDatabase energy = with("rapl.yaml")) {
            for (int i = 0; i <= 1; i++) {
                Instant time = T0.plusSeconds(i * 60L);
                String labels = "{job=\"node\",instance=\"n1:9100\",machine_name=\"n1\",index=\"0\","
                        + "path=\"/sys/class/powercap/intel-rapl:0\"}";
                energy.send("node_rapl_package_joules_total" + labels, time, 100 + i * 3600);
                energy.send("node_rapl_dram_joules_total" + labels, time, 200 + i * 3600);
                energy.send("node_rapl_core_joules_total" + labels, time, 300 + i * 3600);
            }
            energy.project();

            assertThat(energy.query(FACTS)).containsExactly("10:00|ada||||0.002|0", "10:00|machine|n1|||0.002|0");
        }
    }

    @Test
    void aPackageOfTwoInterfacesCountsOnceAndDiesCountEach() throws SQLException {
        try (EnergyDatabase energy = with("rapl.yaml")) {
            for (int i = 0; i <= 1; i++) {
                Instant time = T0.plusSeconds(i * 60L);
                for (String path : List.of("intel-rapl:0", "intel-rapl-mmio:0")) {
                    energy.send(
                            "node_rapl_package_joules_total{machine_name=\"n1\",index=\"0\",path=\"/sys/class/powercap/"
                                    + path + "\"}",
                            time,
                            100 + i * 3600);
                }
                energy.send("node_rapl_package_0_die_0_joules_total{machine_name=\"n2\"}", time, i * 3600);
                energy.send("node_rapl_package_0_die_joules_total{machine_name=\"n2\",index=\"1\"}", time, i * 3600);
            }
            energy.project();

            assertThat(energy.query(FACTS))
                    .containsExactly(
                            "10:00|ada||||0.003|0", "10:00|machine|n1|||0.001|0", "10:00|machine|n2|||0.002|0");
        }
    }

    @Test
    void aPowerHoldsUntilTheNextSampleButNotForEver() throws SQLException {
        try (EnergyDatabase energy = with("scaphandre.yaml")) {
            String host = "scaph_host_power_microwatts{job=\"scaphandre\",instance=\"n1:8080\",machine_name=\"n1\"}";
            energy.send(host, T0, 120e6);
            energy.send(host, T0.plusSeconds(60), 60e6);
            energy.send(host, T0.plusSeconds(120), 60e6);
            energy.send(host, T0.plusSeconds(7200), 60e6);
            energy.project();

            assertThat(energy.query(FACTS))
                    .containsExactly(
                            "10:00|ada||||0.003|0",
                            "10:00|machine|n1|||0.003|0",
                            "12:00|ada||||0.005|0",
                            "12:00|machine|n1|||0.005|0");
        }
    }

    @Test
    void theBaseboardsPowerIsIntegrated() throws SQLException {
        try (EnergyDatabase energy = with("ipmi.yaml")) {
            String node = "ipmi_dcmi_power_consumption_watts{job=\"ipmi\",instance=\"n1:9290\",machine_name=\"n1\"}";
            energy.send(node, T0, 360);
            energy.send(node, T0.plusSeconds(30), 360);
            energy.project();

            assertThat(energy.query(FACTS)).containsExactly("10:00|ada||||0.003|0", "10:00|machine|n1|||0.003|0");
        }
    }

    private static final String SESSION =
            "workspace_info{job=\"sessions\",workspace_id=\"w1\",instance=\"%s\",machine_name=\"%s\","
                    + "user_id=\"ann\",started_at=\"2026-03-02T10:00:00Z\"}";

    private static final String USERS =
            "SELECT user_id, busy_cpu_seconds_total, trim_scale(round(busy_kwh, 6)) FROM v_user_timeseries";

    @Test
    void theEnergyOfAMeterReachesTheUserOfASessionAtTheSameHost() throws SQLException {
        try (EnergyDatabase energy = with("kepler.yaml")) {
            for (int i = 0; i <= 1; i++) {
                Instant time = T0.plusSeconds(i * 60L);
                energy.send(
                        "kepler_node_cpu_active_joules_total{instance=\"k1:28282\",node_name=\"k1\",zone=\"package\"}",
                        time,
                        i * 7200);
                energy.send("node_cpu_seconds_total{mode=\"user\",cpu=\"0\",instance=\"k1:9100\"}", time, i * 30);
                energy.send(SESSION.formatted("k1:9100", "k1"), time, 1);
            }
            energy.project(T0.plusSeconds(60));

            // 7200 J are 0.002 kWh.
            assertThat(energy.query(USERS)).containsExactly("ann|30|0.002");
        }
    }

    @Test
    void theEnergyOfABaseboardReachesTheUserOfItsMachine() throws SQLException {
        try (EnergyDatabase energy = with("ipmi.yaml")) {
            for (int i = 0; i <= 1; i++) {
                Instant time = T0.plusSeconds(i * 30L);
                for (String machine : List.of("n1", "pool")) {
                    energy.send(
                            "ipmi_dcmi_power_consumption_watts{instance=\"bmc-%1$s:9290\",machine_name=\"%1$s\"}"
                                    .formatted(machine),
                            time,
                            360);
                }
                // A machine of several hosts says nothing about whose a host's energy is.
                energy.send("node_cpu_seconds_total{mode=\"user\",instance=\"a:9100\",machine_name=\"pool\"}", time, i);
                energy.send("node_cpu_seconds_total{mode=\"user\",instance=\"b:9100\",machine_name=\"pool\"}", time, i);
                energy.send(SESSION.formatted("10.0.0.1", "n1"), time, 1);
                energy.send(SESSION.formatted("c", "pool").replace("w1", "w2").replace("ann", "bob"), time, 1);
            }
            energy.project(T0.plusSeconds(60));

            // 360 W for 30 s are 10800 J, 0.003 kWh.
            assertThat(energy.query(USERS)).containsExactly("ann||0.003");
        }
    }

    @Test
    void aRebuildTakesTheRulesThatAreInForce() throws SQLException {
        try (EnergyDatabase energy = with("kepler.yaml")) {
            for (int i = 0; i <= 1; i++) {
                Instant time = T0.plusSeconds(i * 60L);
                energy.send(
                        "kepler_node_cpu_active_joules_total{instance=\"k1:28282\",node_name=\"k1\",zone=\"package\"}",
                        time,
                        i * 30000);
                energy.send("node_cpu_seconds_total{mode=\"user\",machine_name=\"k1\"}", time, i * 30);
            }
            energy.project();
            List<String> before = energy.query(FACTS);
            energy.rebuild(T0, T0.plusSeconds(60));

            // 30000 J are 0.008333 kWh; 30 s at 12 W would be 0.0001.
            assertThat(energy.query(FACTS)).isEqualTo(before).contains("10:00|machine|k1|30|0|0.008333|0");
            assertThat(energy.query("SELECT name FROM _energy.rule WHERE kind = 'counter'"))
                    .containsExactlyInAnyOrder("node-cpu", "kepler-node", "kepler-platform");
        }
    }
}
