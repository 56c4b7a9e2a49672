package io.promgres.histogram;

import java.util.ArrayList;
import java.util.List;

/**
 * A stored native histogram as buckets with bounds.
 *
 * @param count of all observations
 * @param sum of all observations, in the unit of the metric
 * @param isStale whether it is none, but marks the end of its series
 * @param buckets those that it names, empty ones included, from the lowest upper bound to the highest; what was observed and is
 *     in none of them was NaN
 * @param customBounds in rising order, whether there is something between them or not; empty where buckets are exponential
 */
public record HistogramBuckets(
        double count, double sum, boolean isStale, List<Bucket> buckets, List<Double> customBounds) {

    /** model/value.StaleNaN of Prometheus, in the sum. */
    private static final long STALE = 0x7ff0000000000002L;

    /**
     * How many observations lie between two bounds.
     *
     * @param lower may be infinite
     * @param upper may be infinite
     */
    public record Bucket(double lower, double upper, double count) {}

    /** @param body as it is stored */
    public static HistogramBuckets of(byte[] body) {
        NativeHistogram histogram = new NativeHistogram();
        HistogramBody.decode(body, 0, histogram);
        List<Bucket> buckets = new ArrayList<>();
        add(histogram, histogram.negative, true, buckets);
        double zeros = histogram.asDouble(histogram.zeroCount);
        if (zeros != 0) {
            // Who observes nothing negative observes nothing negative around zero either, as in Prometheus.
            double threshold = Double.longBitsToDouble(histogram.zeroThresholdBits);
            buckets.add(new Bucket(buckets.isEmpty() ? 0 : -threshold, threshold, zeros));
        }
        add(histogram, histogram.positive, false, buckets);
        buckets.sort((a, b) -> Double.compare(a.upper, b.upper));
        List<Double> bounds = new ArrayList<>();
        for (int i = 0; i < histogram.bounds.size(); i++) {
            bounds.add(Double.longBitsToDouble(histogram.bounds.get(i)));
        }
        return new HistogramBuckets(
                histogram.observations(),
                histogram.sum(),
                histogram.sumBits == STALE,
                List.copyOf(buckets),
                List.copyOf(bounds));
    }

    private static void add(
            NativeHistogram histogram, NativeHistogram.Buckets side, boolean isNegative, List<Bucket> into) {
        long index = 0;
        long number = 0;
        int bucket = 0;
        for (int span = 0; span < side.spans.size(); span += 2) {
            index += side.spans.get(span);
            for (long i = 0; i < side.spans.get(span + 1); i++, index++, bucket++) {
                number = histogram.isFloat ? side.counts.get(bucket) : number + side.counts.get(bucket);
                double near = bound(histogram, index - 1);
                double far = bound(histogram, index);
                double count = histogram.asDouble(number);
                into.add(isNegative ? new Bucket(-far, -near, count) : new Bucket(near, far, count));
            }
        }
    }

    /** The bound of a positive bucket that is further from zero. */
    private static double bound(NativeHistogram histogram, long index) {
        if (histogram.schema == NativeHistogram.CUSTOM_BOUNDS) {
            return index < 0
                    ? Double.NEGATIVE_INFINITY
                    : index < histogram.bounds.size()
                            ? Double.longBitsToDouble(histogram.bounds.get((int) index))
                            : Double.POSITIVE_INFINITY;
        }
        if (histogram.schema <= 0) {
            return scaled(1, index << -histogram.schema);
        }
        long steps = 1L << histogram.schema;
        return scaled(StrictMath.pow(2, (double) Math.floorMod(index, steps) / steps), Math.floorDiv(index, steps));
    }

    private static double scaled(double fraction, long exponent) {
        return Math.scalb(fraction, (int) Math.max(-10_000, Math.min(10_000, exponent)));
    }
}
