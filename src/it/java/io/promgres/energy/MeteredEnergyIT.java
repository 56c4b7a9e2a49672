package io.promgres.energy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What meters report over time: power that holds and ends, energy of users, estimates where there is no meter. */
class MeteredEnergyIT {

    private static final Instant T0 = Instant.parse("2026-03-02T10:00:00Z");

    private static final String SESSION =
            "workspace_info{job=\"sessions\",workspace_id=\"w1\",instance=\"%s\",machine_name=\"%s\","
                    + "user_id=\"ann\",started_at=\"2026-03-02T10:00:00Z\"}";

    private static final String USERS =
            "SELECT user_id, busy_cpu_seconds_total, trim_scale(round(busy_kwh, 6)) FROM v_user_timeseries";

    @TempDir
    private Path directory;

    @Test
    void anEstimateCountsWhereAndWhenNoMeterReports() throws Exception {
        Path estimate = Files.writeString(directory.resolve("estimate.yaml"), """
                rules:
                  - {name: node-cpu, kind: counter, metric: node_cpu_seconds_total, unit: cpu-seconds,
                     idle-where: {mode: idle}, energy: estimate}
                """);
        try (EnergyDatabase energy =
                new EnergyDatabase(RuleFiles.read(List.of(Path.of("config/energy/ipmi.yaml"), estimate)))) {
            String cpu = "node_cpu_seconds_total{mode=\"user\",cpu=\"0\",machine_name=\"%1$s\",instance=\"%1$s:9100\"}";
            String power = "ipmi_dcmi_power_consumption_watts{machine_name=\"m1\",instance=\"bmc-1:9290\"}";
            // Three buckets of 300 CPU seconds on two machines. 300 s at 12 W: 0.001 kWh.
            for (int i = 0; i <= 3; i++) {
                for (String machine : List.of("m1", "m2")) {
                    energy.send(cpu.formatted(machine), T0.plusSeconds(i * 300L - 1), i * 300);
                }
            }
            energy.project();
            String busy =
                    "SELECT to_char(ts, 'HH24:MI'), machine_name, trim_scale(busy_cpu_seconds_total), trim_scale(round(busy_kwh, 6))"
                            + " FROM v_machine_timeseries ORDER BY machine_name, ts";
            assertThat(energy.query(busy))
                    .containsExactly(
                            "10:00|m1|300|0.001",
                            "10:05|m1|300|0.001",
                            "10:10|m1|300|0.001",
                            "10:00|m2|300|0.001",
                            "10:05|m2|300|0.001",
                            "10:10|m2|300|0.001");

            // A meter of the first machine, late, for a minute of the second bucket: 120 W for 60 s are 0.002 kWh.
            energy.send(power, T0.plusSeconds(400), 120);
            energy.send(power, T0.plusSeconds(460), 120);
            energy.project();
            List<String> metered = List.of(
                    "10:00|m1|300|0.001",
                    "10:05|m1|300|0.002",
                    "10:10|m1|300|0.001",
                    "10:00|m2|300|0.001",
                    "10:05|m2|300|0.001",
                    "10:10|m2|300|0.001");
            assertThat(energy.query(busy)).isEqualTo(metered);
            assertThat(energy.query("SELECT trim_scale(round(sum(busy_kwh), 6)) FROM v_ada_timeseries"))
                    .containsExactly("0.007");

            // What is told by the meter is no estimate; a sum over both machines has a part of each.
            String estimated =
                    "SELECT to_char(ts, 'HH24:MI'), trim_scale(round(estimated_kwh, 6)), trim_scale(round(busy_kwh, 6)) FROM %s";
            List<String> sums = List.of("10:00|0.002|0.002", "10:05|0.001|0.003", "10:10|0.002|0.002");
            assertThat(energy.query(estimated.formatted("v_machine_timeseries WHERE machine_name = 'm1' ORDER BY ts")))
                    .containsExactly("10:00|0.001|0.001", "10:05|0|0.002", "10:10|0.001|0.001");
            assertThat(energy.query(estimated.formatted("v_ada_timeseries ORDER BY ts")))
                    .isEqualTo(sums);
            assertThat(
                            energy.query(
                                    "SELECT machine_name, trim_scale(round(estimated_kwh, 6)) FROM v_machine_totals ORDER BY 1"))
                    .containsExactly("m1|0.002", "m2|0.003");

            energy.rebuild(T0.minusSeconds(3600), T0.plusSeconds(3600));
            assertThat(energy.query(busy)).isEqualTo(metered);
            assertThat(energy.query(estimated.formatted("v_ada_timeseries ORDER BY ts")))
                    .isEqualTo(sums);
        }
    }

    @Test
    void aPowerHoldsUntilTheNextSampleButNotForEver() throws SQLException {
        try (EnergyDatabase energy = EnergyDatabase.withRules("scaphandre.yaml")) {
            String host = "scaph_host_power_microwatts{job=\"scaphandre\",instance=\"n1:8080\",machine_name=\"n1\"}";
            energy.send(host, T0, 120e6);
            energy.send(host, T0.plusSeconds(60), 60e6);
            energy.send(host, T0.plusSeconds(120), 60e6);
            energy.send(host, T0.plusSeconds(7200), 60e6);
            energy.project();

            assertThat(energy.query(EnergyDatabase.FACTS))
                    .containsExactly(
                            "10:00|ada||||0.003|0",
                            "10:00|machine|n1|||0.003|0",
                            "12:00|ada||||0.005|0",
                            "12:00|machine|n1|||0.005|0");
        }
    }

    @Test
    void aPowerEndsAtAStaleMarker() throws SQLException {
        try (EnergyDatabase energy = EnergyDatabase.withRules("scaphandre.yaml")) {
            String host = "scaph_host_power_microwatts{job=\"scaphandre\",instance=\"n1:8080\",machine_name=\"n1\"}";
            for (int second = 0; second <= 120; second += 15) {
                energy.send(host, T0.plusSeconds(second), 300e6);
            }
            energy.sendStaleMarker(host, T0.plusSeconds(135));
            for (int second = 420; second <= 480; second += 15) {
                energy.send(host, T0.plusSeconds(second), 300e6);
            }
            energy.project();

            // 300 W for 135 s and for 60 s: 58500 J.
            assertThat(energy.query("SELECT trim_scale(sum(busy_kwh) * 3600000) FROM v_machine_timeseries"))
                    .containsExactly("58500");
        }
    }

    @Test
    void theBaseboardsPowerIsIntegrated() throws SQLException {
        try (EnergyDatabase energy = EnergyDatabase.withRules("ipmi.yaml")) {
            String node = "ipmi_dcmi_power_consumption_watts{job=\"ipmi\",instance=\"n1:9290\",machine_name=\"n1\"}";
            energy.send(node, T0, 360);
            energy.send(node, T0.plusSeconds(30), 360);
            energy.project();

            assertThat(energy.query(EnergyDatabase.FACTS))
                    .containsExactly("10:00|ada||||0.003|0", "10:00|machine|n1|||0.003|0");
        }
    }

    @Test
    void theEnergyOfAMeterReachesTheUserOfASessionAtTheSameHost() throws SQLException {
        try (EnergyDatabase energy = EnergyDatabase.withRules("kepler.yaml")) {
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
        try (EnergyDatabase energy = EnergyDatabase.withRules("ipmi.yaml")) {
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
        try (EnergyDatabase energy = EnergyDatabase.withRules("kepler.yaml")) {
            for (int i = 0; i <= 1; i++) {
                Instant time = T0.plusSeconds(i * 60L);
                energy.send(
                        "kepler_node_cpu_active_joules_total{instance=\"k1:28282\",node_name=\"k1\",zone=\"package\"}",
                        time,
                        i * 30000);
                energy.send("node_cpu_seconds_total{mode=\"user\",machine_name=\"k1\"}", time, i * 30);
            }
            energy.project();
            List<String> before = energy.query(EnergyDatabase.FACTS);
            energy.rebuild(T0, T0.plusSeconds(60));

            // 30000 J are 0.008333 kWh; 30 s at 12 W would be 0.0001.
            assertThat(energy.query(EnergyDatabase.FACTS))
                    .isEqualTo(before)
                    .contains("10:00|machine|k1|30|0|0.008333|0");
            assertThat(energy.query("SELECT name FROM _energy.rule WHERE kind = 'counter'"))
                    .containsExactlyInAnyOrder("node-cpu", "kepler-node", "kepler-platform");
        }
    }
}
