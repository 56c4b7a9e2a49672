package io.promgres.energy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rule files in config/energy, with series as the exporters name them. */
class ReadyMadeRulesIT {

    private static final Instant T0 = Instant.parse("2026-03-02T10:00:00Z");
    private static final String FACTS = """
            SELECT to_char(f.ts, 'HH24:MI'), f.scope, coalesce(p.cloud_project_name, m.machine_name, f.user_id),
                   trim_scale(busy_cpu_seconds_total), trim_scale(idle_cpu_seconds_total),
                   trim_scale(round(busy_kwh, 6)), trim_scale(round(idle_kwh, 6))
            FROM fact_usage f LEFT JOIN dim_project p USING (project_id) LEFT JOIN dim_machine m USING (machine_id)
            ORDER BY 1, 2, 3""";

    @TempDir
    private Path directory;

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
    void recordedHoursOfHostsCountForTheUsersOfSessionsThere() throws SQLException {
        try (EnergyDatabase energy = with("recording-rules.yaml")) {
            // An hour on two hosts of one type of machine, and what the evaluation five minutes before made of it.
            for (Instant time : List.of(T0.plusSeconds(3300), T0.plusSeconds(3600))) {
                boolean last = time.equals(T0.plusSeconds(3600));
                for (String mode : List.of("busy", "idle")) {
                    boolean busy = mode.equals("busy");
                    String metric = "ada:cpu_" + mode + "_seconds_increase_1h:by_project";
                    String machine = "_machine{cloud_project_name=\"p\",machine_name=\"muon\"}";
                    String host =
                            "_machine_host{cloud_project_name=\"p\",machine_name=\"muon\",host=\"172.16.100.%d\"}";
                    energy.send(metric + "{cloud_project_name=\"p\"}", time, last ? busy ? 5400 : 1800 : 1);
                    energy.send(metric + machine, time, last ? busy ? 5400 : 1800 : 1);
                    energy.send(metric + host.formatted(50), time, last ? busy ? 3600 : 600 : 1);
                    energy.send(metric + host.formatted(51), time, last ? busy ? 1800 : 1200 : 1);
                }
            }
            energy.project();
            // Sessions as the site's records have them: an address without a port, a start and an end.
            energy.query("INSERT INTO dim_user (user_id) VALUES ('ann'), ('bob') RETURNING 1");
            energy.query("""
                    INSERT INTO active_workspace (instance_id, machine_id, user_id, started_at, ended_at)
                    SELECT i.instance_id, m.machine_id, s.user_id, s.since, s.until
                    FROM (VALUES ('172.16.100.50', 'ann', timestamptz '2026-03-02T09:30:00Z', timestamptz '2026-03-02T11:00:00Z'),
                                 ('172.16.100.51', 'bob', timestamptz '2026-03-02T10:20:00Z', NULL)) s(host, user_id, since, until)
                    JOIN dim_instance i USING (host) JOIN dim_machine m ON m.machine_name = 'muon'
                    RETURNING 1""");
            energy.project();

            // 12 W of busy and 1 W of idle CPU time: 3600 s are 0.012 and 0.001 kWh.
            assertThat(energy.query(FACTS))
                    .containsExactly(
                            "10:00|ada||5400|1800|0.018|0.0005",
                            "10:00|machine|muon|5400|1800|0.018|0.0005",
                            "10:00|project|p|5400|1800|0.018|0.0005",
                            "10:00|user|ann|3600|600|0.012|0.000167",
                            "10:00|user|bob|1800|1200|0.006|0.000333");
        }
    }

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
    void aPowerEndsAtAStaleMarker() throws SQLException {
        try (EnergyDatabase energy = with("scaphandre.yaml")) {
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

    /** A counter that grows by so much in a minute, with the labels that the exporter gives. */
    private static void grow(EnergyDatabase energy, String series, double from, double growth) {
        energy.send(series, T0, from);
        energy.send(series, T0.plusSeconds(60), from + growth);
    }

    @Test
    void theMillijoulesOfGpusCountOnceWhereMigRepeatsThem() throws SQLException {
        String gpu =
                "DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION{gpu=\"0\",UUID=\"GPU-6d5c0ac5\",pci_bus_id=\"00000000:37:00.0\","
                        + "device=\"nvidia0\",modelName=\"Tesla T4\",Hostname=\"cp-bm14r7\",DCGM_FI_DRIVER_VERSION=\"590.48.01\"%s}";
        try (EnergyDatabase energy = with("dcgm.yaml")) {
            grow(energy, gpu.formatted(""), 15152422938.0, 7_200_000);
            grow(energy, gpu.formatted(",GPU_I_PROFILE=\"2g.20gb\",GPU_I_ID=\"3\""), 15152422938.0, 7_200_000);
            energy.project();

            // 7,200,000 mJ are 7200 J.
            assertThat(energy.query(FACTS))
                    .containsExactly("10:00|ada||||0.002|0", "10:00|machine|cp-bm14r7|||0.002|0");
        }
    }

    @Test
    void keplersVirtualMachinesAreMachines() throws SQLException {
        String vm = "kepler_vm_cpu_joules_total{hypervisor=\"kvm\",node_name=\"n1\",state=\"running\",vm_id=\"v1\","
                + "vm_name=\"instance-0001e06e\",zone=\"%s\"}";
        try (EnergyDatabase energy = with("kepler-vms.yaml")) {
            grow(energy, vm.formatted("package"), 136215, 36000);
            grow(energy, vm.formatted("core"), 136215, 30000);
            energy.project();

            // 36000 J are 0.01 kWh; the cores are in the package.
            assertThat(energy.query(FACTS))
                    .containsExactly("10:00|ada||||0.01|0", "10:00|machine|instance-0001e06e|||0.01|0");
        }
    }

    @Test
    void theCpuTimeOfVirtualMachinesReachesProjectsAndUsers() throws SQLException {
        try (EnergyDatabase energy = with("libvirt.yaml")) {
            grow(
                    energy,
                    "libvirt_domain_info_cpu_time_seconds_total{domain=\"instance-000073be\",host=\"cmp001.inspurcloud.com\","
                            + "instanceId=\"07340c2d\",instanceName=\"CPS-2019\",projectId=\"894c48b5\",projectName=\"hk\","
                            + "userId=\"51efbb05\",userName=\"ebs\"}",
                    136215.65,
                    600);
            energy.project();

            // 600 s at 12 W are 7200 J.
            assertThat(energy.query(FACTS))
                    .containsExactly(
                            "10:00|ada||600|0|0.002|0",
                            "10:00|machine|CPS-2019|600|0|0.002|0",
                            "10:00|project|hk|600|0|0.002|0",
                            "10:00|user|51efbb05|600|0|0.002|0");
        }
    }

    @Test
    void aNamespaceIsAProjectAndSumsOfContainersAreLeftOut() throws SQLException {
        String container =
                "container_cpu_usage_seconds_total{container=\"%s\",cpu=\"total\",id=\"/kubepods/pod1\",image=\"i\","
                        + "name=\"n\",namespace=\"monitoring\",pod=\"p\"}";
        try (EnergyDatabase energy = with("cadvisor.yaml")) {
            grow(energy, container.formatted("grafana"), 10, 300);
            grow(energy, container.formatted("POD"), 10, 1);
            grow(energy, container.formatted(""), 10, 301);
            energy.project();
            assertThat(energy.query(FACTS)).containsExactly("10:00|project|monitoring|300|0|0.001|0");
        }
    }

    @Test
    void theIntensitiesOfGridExportersCount() throws SQLException {
        for (String[] exporter : List.of(
                new String[] {
                    "grid-intensity.yaml",
                    "grid_intensity_carbon_average{is_estimated=\"true\",location=\"GBR\",node=\"dev01\",provider=\"Ember\","
                            + "region=\"global\",units=\"gCO2e per kWh\"}"
                },
                new String[] {"ceems.yaml", "ceems_emissions_gCo2_kWh{provider=\"rte\",country_code=\"FR\"}"})) {
            try (EnergyDatabase energy = with(exporter[0])) {
                energy.send(exporter[1], T0, 293);
                grow(energy, "node_cpu_seconds_total{mode=\"user\",machine_name=\"m1\"}", 0, 300_000);
                energy.project();
                // 300,000 s at 12 W are 1 kWh.
                assertThat(energy.query(
                                "SELECT trim_scale(round(busy_gco2eq, 6)) FROM fact_usage WHERE scope = 'machine'"))
                        .containsExactly("293");
            }
        }
    }
}
