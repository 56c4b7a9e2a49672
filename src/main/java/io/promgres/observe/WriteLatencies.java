package io.promgres.observe;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.CountAtBucket;
import io.micrometer.core.instrument.distribution.HistogramSnapshot;
import java.util.concurrent.TimeUnit;

/**
 * The write requests answered since the start, by how long they took.
 *
 * @param count of all
 * @param bounds upper bounds of the buckets, in seconds, growing
 * @param cumulative how many took at most the bound
 */
record WriteLatencies(long count, double[] bounds, double[] cumulative) {

    private static final WriteLatencies NONE = new WriteLatencies(0, new double[0], new double[0]);

    // Both paths of remote write end so, and no other does.
    private static final String WRITE = "/write";

    static WriteLatencies read(MeterRegistry registry) {
        WriteLatencies all = NONE;
        for (Timer timer : registry.find(HttpMetrics.REQUEST_DURATION).timers()) {
            String path = timer.getId().getTag("path");
            if (path != null && path.endsWith(WRITE)) {
                all = all.plus(timer.takeSnapshot());
            }
        }
        return all;
    }

    private WriteLatencies plus(HistogramSnapshot snapshot) {
        CountAtBucket[] buckets = snapshot.histogramCounts();
        double[] upper = new double[buckets.length];
        double[] sums = new double[buckets.length];
        for (int i = 0; i < buckets.length; i++) {
            upper[i] = buckets[i].bucket(TimeUnit.SECONDS);
            sums[i] = buckets[i].count() + (i < cumulative.length ? cumulative[i] : 0);
        }
        return new WriteLatencies(count + snapshot.count(), upper, sums);
    }

    /**
     * A quantile of the requests that were answered since an earlier reading, as PromQL's histogram_quantile has it:
     * linear within a bucket, and the highest bound for what is above.
     *
     * @return seconds, 0 if there were no requests
     */
    double quantileSince(WriteLatencies earlier, double quantile) {
        double rank = quantile * (count - earlier.count);
        double lower = 0;
        double below = 0;
        for (int i = 0; i < bounds.length && rank > 0; i++) {
            double here = cumulative[i] - (i < earlier.cumulative.length ? earlier.cumulative[i] : 0);
            if (here >= rank) {
                return lower + (bounds[i] - lower) * (rank - below) / (here - below);
            }
            lower = bounds[i];
            below = here;
        }
        return lower;
    }
}
