package io.promgres.promql.data;

import io.promgres.promql.data.FloatHistogram.Hint;
import java.util.Arrays;

/** Whether a native histogram has begun anew since another one: it says so, or a bucket has less than before. */
public final class CounterReset {

    private CounterReset() {}

    /** @param previous the sample before */
    public static boolean between(FloatHistogram previous, FloatHistogram current) {
        if (current.hint == Hint.RESET || current.hint == Hint.NOT_RESET) {
            return current.hint == Hint.RESET;
        }
        if (current.count < previous.count) {
            return true;
        }
        if (current.isCustom()) {
            return !previous.isCustom() || customLess(previous, current);
        }
        if (current.schema > previous.schema || current.zeroThreshold < previous.zeroThreshold) {
            return true;
        }
        ZeroBuckets.Widened zero = ZeroBuckets.widen(previous, null, current.zeroThreshold);
        return zero.threshold() != current.zeroThreshold
                || current.zeroCount < zero.count()
                || less(previous.positive.reduce(previous.schema, current.schema), current.positive, current)
                || less(previous.negative.reduce(previous.schema, current.schema), current.negative, current);
    }

    /** Whether a bucket beyond the zero bucket has less than before; a bucket that is gone had something. */
    private static boolean less(Buckets previous, Buckets current, FloatHistogram histogram) {
        int at = 0;
        for (int i = 0; i < previous.size(); i++) {
            int index = previous.indices[i];
            if (histogram.zeroThreshold > 0 && histogram.bound(index) <= histogram.zeroThreshold) {
                continue;
            }
            while (at < current.size() && current.indices[at] < index) {
                at++;
            }
            double now = at < current.size() && current.indices[at] == index ? current.counts[at] : 0;
            boolean gone = at == current.size() || current.indices[at] > index;
            if (gone ? previous.counts[i] != 0 : now < previous.counts[i]) {
                return true;
            }
        }
        return false;
    }

    private static boolean customLess(FloatHistogram previous, FloatHistogram current) {
        if (Arrays.equals(previous.bounds, current.bounds)) {
            return less(previous.positive, current.positive, current);
        }
        double lower = Double.NEGATIVE_INFINITY;
        for (double bound : current.bounds) {
            if (Arrays.binarySearch(previous.bounds, bound) >= 0) {
                if (within(current, lower, bound) < within(previous, lower, bound)) {
                    return true;
                }
                lower = bound;
            }
        }
        return within(current, lower, Double.POSITIVE_INFINITY) < within(previous, lower, Double.POSITIVE_INFINITY);
    }

    private static double within(FloatHistogram histogram, double lower, double upper) {
        double sum = 0;
        for (int i = 0; i < histogram.positive.size(); i++) {
            double bound = histogram.bound(histogram.positive.indices[i]);
            if (bound > lower && bound <= upper) {
                sum += histogram.positive.counts[i];
            }
        }
        return sum;
    }
}
