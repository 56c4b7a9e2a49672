package io.promgres.bench.parts;

import io.promgres.model.LabelSet;
import io.promgres.model.LandingRows;
import io.promgres.model.SeriesAddress;
import io.promgres.store.SeriesStore;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * The series of 50 hosts, 30,000 of 300 metrics, with addresses that the database gave; and what scrapes of them deliver, one
 * every 15 seconds, every series in each.
 */
final class Fleet {

    static final int TARGETS = 50;
    static final int METRICS = 300;
    static final int SERIES_OF_A_METRIC_AND_TARGET = 2;
    static final int SERIES = TARGETS * METRICS * SERIES_OF_A_METRIC_AND_TARGET;

    private static final int INTERVAL_MILLIS = 15_000;
    private static final int BATCH = 5_000;

    private final long[] addresses = new long[SERIES];
    private final long begin;

    /** @param begin of the first scrape, milliseconds since the epoch */
    Fleet(SeriesStore store, long begin) throws SQLException {
        this.begin = begin;
        List<LabelSet> series = series();
        for (int from = 0; from < SERIES; from += BATCH) {
            int to = Math.min(SERIES, from + BATCH);
            long[] batch = store.intern(series.subList(from, to)).addresses();
            System.arraycopy(batch, 0, addresses, from, batch.length);
        }
    }

    /** Target by target and metric by metric, as their scrapes come. */
    private static List<LabelSet> series() {
        List<LabelSet> series = new ArrayList<>(SERIES);
        for (int target = 0; target < TARGETS; target++) {
            for (int metric = 0; metric < METRICS; metric++) {
                for (int mode = 0; mode < SERIES_OF_A_METRIC_AND_TARGET; mode++) {
                    series.add(LabelSet.ofSorted(
                            "__name__", "node_subsystem" + metric / 10 + "_measure" + metric % 10 + "_total",
                            "instance", "host-" + target + ".example.org:9100",
                            "job", "node",
                            "mode", "mode" + mode));
                }
            }
        }
        return series;
    }

    /** The number of a series' metric, from 0. */
    static int metric(int series) {
        return series / SERIES_OF_A_METRIC_AND_TARGET % METRICS;
    }

    /** Milliseconds since the epoch. */
    long time(int scrape) {
        return begin + (long) scrape * INTERVAL_MILLIS;
    }

    /** The 64 bits of a value. */
    static long bits(int series, int scrape) {
        return Double.doubleToRawLongBits(series * 0.25 + scrape);
    }

    /**
     * Fills a buffer with the rows of a scrape.
     *
     * @param from the first series
     * @param step 1 for every series, 2 for every second one
     * @return how many samples
     */
    int collect(LandingRows rows, int scrape, int from, int step) {
        rows.clear();
        long time = time(scrape);
        int samples = 0;
        for (int series = from; series < SERIES; series += step) {
            if (!rows.add(addresses[series], time, bits(series, scrape))) {
                throw new IllegalStateException(
                        "a scrape has more than " + rows.size() + " rows of " + SeriesAddress.SLOTS + " series");
            }
            samples++;
        }
        return samples;
    }
}
