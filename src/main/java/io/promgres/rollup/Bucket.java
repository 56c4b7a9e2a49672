package io.promgres.rollup;

import io.promgres.packing.Samples;
import java.util.ArrayList;
import java.util.List;

/**
 * What the samples of a series in one bucket of time come to. NaN is no sample.
 *
 * @param start milliseconds since the epoch
 * @param lost what the series had whenever it fell within the bucket: of a counter, before it began anew
 */
record Bucket(long start, int count, double sum, double min, double max, double first, double last, double lost) {

    /**
     * The buckets of samples, in order.
     *
     * @param from where a bucket begins
     * @param to where a bucket ends, exclusive
     */
    static List<Bucket> of(Samples samples, Resolution resolution, long from, long to) {
        List<Bucket> buckets = new ArrayList<>();
        int at = 0;
        while (at < samples.size() && samples.time(at) < from) {
            at++;
        }
        while (at < samples.size() && samples.time(at) < to) {
            long end = resolution.floor(samples.time(at)) + resolution.millis();
            int next = at + 1;
            while (next < samples.size() && samples.time(next) < end) {
                next++;
            }
            Bucket bucket = of(samples, at, next, end - resolution.millis());
            if (bucket != null) {
                buckets.add(bucket);
            }
            at = next;
        }
        return buckets;
    }

    /** Null if there is no number. */
    private static Bucket of(Samples samples, int from, int to, long start) {
        int count = 0;
        double sum = 0;
        double min = 0;
        double max = 0;
        double first = 0;
        double last = 0;
        double lost = 0;
        for (int i = from; i < to; i++) {
            double value = Double.longBitsToDouble(samples.bits(i));
            if (Double.isNaN(value)) {
                continue;
            }
            if (count == 0) {
                first = value;
                min = value;
                max = value;
            } else if (value < last) {
                lost += last;
                min = value < min ? value : min;
            } else if (value > max) {
                max = value;
            }
            sum = count == 0 ? value : sum + value;
            last = value;
            count++;
        }
        return count == 0 ? null : new Bucket(start, count, sum, min, max, first, last, lost);
    }

    /** The one that knows more samples: of those of the other, some have expired. The one here, if they know as many. */
    Bucket orFuller(Bucket other) {
        return other.count > count ? other : this;
    }
}
