package io.promgres.energy;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The rule files in config/energy, with series as the exporters name them. */
class ReadyMadeRulesIT {

    private static final Instant T0 = Instant.parse("2026-03-02T10:00:00Z");

    @Test
    void recordedHoursCountOnceAnHour() throws SQLException {
        try (EnergyDatabase energy = EnergyDatabase.withRules("recording-rules.yaml")) {
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

            assertThat(energy.query(EnergyDatabase.FACTS))
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
        try (EnergyDatabase energy = EnergyDatabase.withRules("recording-rules.yaml")) {
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
            assertThat(energy.query(EnergyDatabase.FACTS))
                    .containsExactly(
                            "10:00|ada||5400|1800|0.018|0.0005",
                            "10:00|machine|muon|5400|1800|0.018|0.0005",
                            "10:00|project|p|5400|1800|0.018|0.0005",
                            "10:00|user|ann|3600|600|0.012|0.000167",
                            "10:00|user|bob|1800|1200|0.006|0.000333");
        }
    }

    @Test
    void keplersJoulesTakeThePlaceOfComputedEnergy() throws SQLException {
        try (EnergyDatabase energy = EnergyDatabase.withRules("kepler.yaml")) {
            for (int i = 0; i <= 1; i++) {
                Instant time = T0.plusSeconds(i * 60L);
                String labels = "{job=\"kepler\",instance=\"n1:28282\",node_name=\"n1\",zone=\"%s\",path=\"/sys\"}";
                energy.send("kepler_node_cpu_active_joules_total" + labels.formatted("package"), time, i * 7200);
                energy.send("kepler_node_cpu_idle_joules_total" + labels.formatted("package"), time, i * 3600);
                energy.send("kepler_node_cpu_active_joules_total" + labels.formatted("core"), time, i * 5000);
                energy.send("node_cpu_seconds_total{mode=\"user\",cpu=\"0\",machine_name=\"n1\"}", time, i * 30);
            }
            energy.project();

            assertThat(energy.query(EnergyDatabase.FACTS))
                    .containsExactly("10:00|ada||30|0|0.002|0.001", "10:00|machine|n1|30|0|0.002|0.001");
        }
    }

    @Test
    void raplCountersOfPackagesAndDramAreAdded() throws SQLException {
        try (EnergyDatabase energy = EnergyDatabase.withRules("rapl.yaml")) {
            for (int i = 0; i <= 1; i++) {
                Instant time = T0.plusSeconds(i * 60L);
                String labels = "{job=\"node\",instance=\"n1:9100\",machine_name=\"n1\",index=\"0\","
                        + "path=\"/sys/class/powercap/intel-rapl:0\"}";
                energy.send("node_rapl_package_joules_total" + labels, time, 100 + i * 3600);
                energy.send("node_rapl_dram_joules_total" + labels, time, 200 + i * 3600);
                energy.send("node_rapl_core_joules_total" + labels, time, 300 + i * 3600);
            }
            energy.project();

            assertThat(energy.query(EnergyDatabase.FACTS))
                    .containsExactly("10:00|ada||||0.002|0", "10:00|machine|n1|||0.002|0");
        }
    }

    @Test
    void aPackageOfTwoInterfacesCountsOnceAndDiesCountEach() throws SQLException {
        try (EnergyDatabase energy = EnergyDatabase.withRules("rapl.yaml")) {
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

            assertThat(energy.query(EnergyDatabase.FACTS))
                    .containsExactly(
                            "10:00|ada||||0.003|0", "10:00|machine|n1|||0.001|0", "10:00|machine|n2|||0.002|0");
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
        try (EnergyDatabase energy = EnergyDatabase.withRules("dcgm.yaml")) {
            grow(energy, gpu.formatted(""), 15152422938.0, 7_200_000);
            grow(energy, gpu.formatted(",GPU_I_PROFILE=\"2g.20gb\",GPU_I_ID=\"3\""), 15152422938.0, 7_200_000);
            energy.project();

            // 7,200,000 mJ are 7200 J.
            assertThat(energy.query(EnergyDatabase.FACTS))
                    .containsExactly("10:00|ada||||0.002|0", "10:00|machine|cp-bm14r7|||0.002|0");
        }
    }

    @Test
    void keplersVirtualMachinesAreMachines() throws SQLException {
        String vm = "kepler_vm_cpu_joules_total{hypervisor=\"kvm\",node_name=\"n1\",state=\"running\",vm_id=\"v1\","
                + "vm_name=\"instance-0001e06e\",zone=\"%s\"}";
        try (EnergyDatabase energy = EnergyDatabase.withRules("kepler-vms.yaml")) {
            grow(energy, vm.formatted("package"), 136215, 36000);
            grow(energy, vm.formatted("core"), 136215, 30000);
            energy.project();

            // 36000 J are 0.01 kWh; the cores are in the package.
            assertThat(energy.query(EnergyDatabase.FACTS))
                    .containsExactly("10:00|ada||||0.01|0", "10:00|machine|instance-0001e06e|||0.01|0");
        }
    }

    @Test
    void theCpuTimeOfVirtualMachinesReachesProjectsAndUsers() throws SQLException {
        try (EnergyDatabase energy = EnergyDatabase.withRules("libvirt.yaml")) {
            grow(
                    energy,
                    "libvirt_domain_info_cpu_time_seconds_total{domain=\"instance-000073be\",host=\"cmp001.inspurcloud.com\","
                            + "instanceId=\"07340c2d\",instanceName=\"CPS-2019\",projectId=\"894c48b5\",projectName=\"hk\","
                            + "userId=\"51efbb05\",userName=\"ebs\"}",
                    136215.65,
                    600);
            energy.project();

            // 600 s at 12 W are 7200 J.
            assertThat(energy.query(EnergyDatabase.FACTS))
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
        try (EnergyDatabase energy = EnergyDatabase.withRules("cadvisor.yaml")) {
            grow(energy, container.formatted("grafana"), 10, 300);
            grow(energy, container.formatted("POD"), 10, 1);
            grow(energy, container.formatted(""), 10, 301);
            energy.project();
            assertThat(energy.query(EnergyDatabase.FACTS)).containsExactly("10:00|project|monitoring|300|0|0.001|0");
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
            try (EnergyDatabase energy = EnergyDatabase.withRules(exporter[0])) {
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
