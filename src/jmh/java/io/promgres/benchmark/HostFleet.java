package io.promgres.benchmark;

import io.promgres.model.LabelSet;
import io.promgres.store.SeriesStore;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Hosts with a node exporter: series whose values move as those of the real one do. Of 500 series of a host 55 % do not
 * change, 12 % are CPU seconds with two decimals, 18 % are counters of bytes and events, 8 % whole gauges of bytes, 4 %
 * gauges with decimals, 3 % have all bits of a double: the shares of a node exporter 1.5 on a virtual machine.
 */
final class HostFleet {

    static final int SERIES_OF_A_HOST = 500;
    static final int METRICS = 100;
    private static final int BATCH = 5_000;

    private final int hosts;
    private final long[] addresses;
    private final double[] values;
    private final double[] speeds;
    private final Random random = new Random(42);

    HostFleet(SeriesStore store, int hosts) throws SQLException {
        this.hosts = hosts;
        addresses = new long[hosts * SERIES_OF_A_HOST];
        values = new double[addresses.length];
        speeds = new double[addresses.length];
        List<LabelSet> all = labels();
        for (int from = 0; from < all.size(); from += BATCH) {
            long[] batch = store.intern(all.subList(from, Math.min(all.size(), from + BATCH)))
                    .addresses();
            System.arraycopy(batch, 0, addresses, from, batch.length);
        }
        for (int series = 0; series < values.length; series++) {
            values[series] = Math.rint(random.nextDouble() * 1e6);
            speeds[series] = Math.exp(random.nextGaussian() * 3);
        }
    }

    private List<LabelSet> labels() {
        List<LabelSet> all = new ArrayList<>();
        for (int host = 0; host < hosts; host++) {
            for (int n = 0; n < SERIES_OF_A_HOST; n++) {
                all.add(LabelSet.ofSorted(
                        "__name__",
                        metricName(n % METRICS),
                        "device",
                        "device" + n / METRICS,
                        "instance",
                        "host-" + host + ".example.org:9100",
                        "job",
                        "node"));
            }
        }
        return all;
    }

    static String metricName(int metric) {
        return "node_measure_" + metric;
    }

    int series() {
        return addresses.length;
    }

    long address(int series) {
        return addresses[series];
    }

    static int metric(int series) {
        return series % SERIES_OF_A_HOST % METRICS;
    }

    /** The 64 bits of a series' next value, 15 seconds on. */
    long next(int series) {
        int kind = series % SERIES_OF_A_HOST % 100;
        double value = values[series];
        if (kind < 55) {
            return Double.doubleToRawLongBits(value);
        } else if (kind < 67) {
            value = Math.rint((value + random.nextDouble() * 15) * 100) / 100;
        } else if (kind < 85) {
            value += Math.rint(random.nextDouble() * speeds[series] * 100);
        } else if (kind < 93) {
            value = Math.max(0, value + Math.rint(random.nextGaussian() * speeds[series]) * 4096);
        } else if (kind < 97) {
            value = Math.rint(random.nextDouble() * 400) / 100;
        } else {
            value += random.nextDouble();
        }
        values[series] = value;
        return Double.doubleToRawLongBits(value);
    }
}
