package io.promgres.testing;

import java.util.ArrayList;
import java.util.List;

/** Samples as node exporters of two machines send them, by the names and labels that node exporter has. */
public final class NodeExporters {

    private static final int STEP_SECONDS = 15;
    private static final double[] CPU_SECONDS = {11, 2, 1, 0.5};
    private static final String[] CPU_MODES = {"idle", "user", "system", "iowait"};

    private NodeExporters() {}

    /**
     * A scrape every 15 seconds.
     *
     * @param end time of the last scrape, in milliseconds
     */
    public static List<TestSample> samples(long end, int scrapes) {
        List<TestSample> samples = new ArrayList<>();
        for (int scrape = 0; scrape < scrapes; scrape++) {
            long time = end - (scrapes - 1 - scrape) * STEP_SECONDS * 1000L;
            for (String host : new String[] {"alpha", "beta"}) {
                new Machine(host, time, scrape + 1, samples).scrape();
            }
        }
        return samples;
    }

    /** One scrape of each of many machines, with names from host-1 on. */
    public static List<TestSample> fleet(int machines, long time) {
        List<TestSample> samples = new ArrayList<>();
        for (int machine = 1; machine <= machines; machine++) {
            new Machine("host-" + machine, time, 1, samples).scrape();
        }
        return samples;
    }

    private record Machine(String host, long time, int count, List<TestSample> into) {

        void scrape() {
            add("node_uname_info", 1, "nodename", host, "sysname", "Linux", "release", "6.1.0", "machine", "x86_64");
            add("node_boot_time_seconds", 1_700_000_000);
            add("node_load1", 0.1 * count);
            add("node_memory_MemTotal_bytes", 8e9);
            add("node_memory_MemAvailable_bytes", 5e9);
            for (int mode = 0; mode < CPU_MODES.length; mode++) {
                for (String cpu : new String[] {"0", "1"}) {
                    add("node_cpu_seconds_total", CPU_SECONDS[mode] * count, "cpu", cpu, "mode", CPU_MODES[mode]);
                }
            }
            for (String metric : new String[] {"read_bytes", "written_bytes", "io_time_seconds"}) {
                add("node_disk_" + metric + "_total", 3.0 * count, "device", "vda");
            }
            for (String metric : new String[] {"receive_bytes", "transmit_bytes", "receive_errs", "transmit_errs"}) {
                add("node_network_" + metric + "_total", 100.0 * count, "device", "eth0");
            }
            for (String metric : new String[] {"size", "avail"}) {
                double bytes = metric.equals("size") ? 4e10 : 1e10;
                add(
                        "node_filesystem_" + metric + "_bytes",
                        bytes,
                        "device",
                        "/dev/vda1",
                        "fstype",
                        "ext4",
                        "mountpoint",
                        "/");
            }
        }

        private void add(String metric, double value, String... labels) {
            List<String> all = new ArrayList<>(List.of("job", "node", "instance", host + ":9100"));
            all.addAll(List.of(labels));
            into.add(TestSample.of(metric, time, value, all.toArray(String[]::new)));
        }
    }
}
