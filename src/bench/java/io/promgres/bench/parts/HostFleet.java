package io.promgres.bench.parts;

import io.promgres.model.LabelSet;
import io.promgres.store.SeriesStore;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Hosts with a node exporter of 500 series of 100 metrics, whose values move as {@link ExporterValues} do. */
final class HostFleet {

    static final int SERIES_OF_A_HOST = 500;
    static final int METRICS = 100;
    private static final int BATCH = 5_000;

    private final int hosts;
    private final long[] addresses;
    private final ExporterValues values;

    HostFleet(SeriesStore store, int hosts) throws SQLException {
        this.hosts = hosts;
        addresses = new long[hosts * SERIES_OF_A_HOST];
        List<LabelSet> all = labels();
        for (int from = 0; from < all.size(); from += BATCH) {
            long[] batch = store.intern(all.subList(from, Math.min(all.size(), from + BATCH)))
                    .addresses();
            System.arraycopy(batch, 0, addresses, from, batch.length);
        }
        values = new ExporterValues(addresses.length);
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
        return values.next(series);
    }
}
