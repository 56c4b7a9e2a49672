package io.promgres.status;

import java.time.Duration;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * What remote write did between two readings of its counters, per second; latencies in seconds, NaN without a request.
 *
 * @param time of its end, in milliseconds since the epoch
 */
record Point(
        long time,
        double samples,
        double rejected,
        double duplicates,
        double series,
        double requests,
        double failures,
        double median,
        double p99) {

    /**
     * @param time of the later reading, in milliseconds since the epoch
     * @param passed between the readings
     */
    static Point between(Totals before, Totals after, long time, Duration passed) {
        double seconds = passed.toNanos() / 1e9;
        NavigableMap<Double, Double> latency = growth(before.latency(), after.latency());
        return new Point(
                time,
                (after.samples() - before.samples()) / seconds,
                (after.rejected() - before.rejected()) / seconds,
                (after.duplicates() - before.duplicates()) / seconds,
                (after.series() - before.series()) / seconds,
                (after.requests() - before.requests()) / seconds,
                (after.failures() - before.failures()) / seconds,
                quantile(0.5, latency),
                quantile(0.99, latency));
    }

    private static NavigableMap<Double, Double> growth(Map<Double, Double> before, Map<Double, Double> after) {
        NavigableMap<Double, Double> growth = new TreeMap<>();
        after.forEach((bound, count) -> growth.put(bound, count - before.getOrDefault(bound, 0.0)));
        return growth;
    }

    /**
     * As PromQL's histogram_quantile: linear within a bucket; what is in the last bucket counts as its lower bound.
     *
     * @param counts of observations up to each bound, the last one infinity
     * @return NaN without an observation
     */
    static double quantile(double quantile, NavigableMap<Double, Double> counts) {
        double all = counts.isEmpty() ? 0 : counts.lastEntry().getValue();
        if (all <= 0) {
            return Double.NaN;
        }
        double wanted = quantile * all;
        double lower = 0;
        double below = 0;
        for (Map.Entry<Double, Double> bucket : counts.entrySet()) {
            double bound = bucket.getKey();
            if (bucket.getValue() >= wanted && bucket.getValue() > below) {
                return Double.isInfinite(bound)
                        ? lower
                        : lower + (bound - lower) * (wanted - below) / (bucket.getValue() - below);
            }
            lower = bound;
            below = bucket.getValue();
        }
        return lower;
    }
}
