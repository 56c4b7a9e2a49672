package io.promgres.histogram;

import io.promgres.codec.Numbers;
import io.promgres.model.Rejections.Reason;

/**
 * When a native histogram is valid: the rules of Prometheus, none more and none less.
 *
 * <p>Source: Prometheus, model/histogram, the methods Validate; storage/remote/write_handler.go for the schemas.
 */
public final class HistogramRules {

    private HistogramRules() {}

    /** What is wrong with it, or null if nothing is. Schemas that have to be reduced first are not valid. */
    public static Reason check(NativeHistogram histogram) {
        Reason reason = histogram.schema == NativeHistogram.CUSTOM_BOUNDS
                ? checkCustom(histogram)
                : checkExponential(histogram);
        if (reason == null) {
            reason = histogram.isFloat ? checkFloatCounts(histogram) : checkCounts(histogram);
        }
        return reason;
    }

    private static Reason checkCustom(NativeHistogram histogram) {
        Reason reason = checkBounds(histogram.bounds);
        if (reason == null) {
            reason = checkSpans(histogram.positive, 0);
        }
        if (reason != null) {
            return reason;
        }
        if (extent(histogram.positive.spans) > histogram.bounds.size() + 1L) {
            return Reason.HISTOGRAM_BOUNDS_TOO_FEW;
        }
        // Of either kind, 0 has the bits 0; minus zero is zero too.
        if (histogram.asDouble(histogram.zeroCount) != 0) {
            return Reason.HISTOGRAM_CUSTOM_ZERO_COUNT;
        }
        if (Double.longBitsToDouble(histogram.zeroThresholdBits) != 0) {
            return Reason.HISTOGRAM_CUSTOM_ZERO_THRESHOLD;
        }
        if (histogram.negative.spans.size() > 0) {
            return Reason.HISTOGRAM_CUSTOM_NEGATIVE_SPANS;
        }
        return histogram.negative.counts.size() > 0 ? Reason.HISTOGRAM_CUSTOM_NEGATIVE_BUCKETS : null;
    }

    private static Reason checkBounds(Numbers bounds) {
        double previous = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < bounds.size(); i++) {
            double bound = Double.longBitsToDouble(bounds.get(i));
            if (Double.isNaN(bound)) {
                return Reason.HISTOGRAM_BOUNDS_NAN;
            }
            if (bound <= previous) {
                return Reason.HISTOGRAM_BOUNDS_UNORDERED;
            }
            previous = bound;
        }
        return previous == Double.POSITIVE_INFINITY ? Reason.HISTOGRAM_BOUNDS_INFINITE : null;
    }

    /** The last bucket's number, from 1. */
    private static long extent(Numbers spans) {
        long extent = 0;
        for (int i = 0; i < spans.size(); i++) {
            extent += spans.get(i);
        }
        return extent;
    }

    private static Reason checkExponential(NativeHistogram histogram) {
        if (histogram.schema < NativeHistogram.COARSEST_SCHEMA || histogram.schema > NativeHistogram.FINEST_SCHEMA) {
            return Reason.HISTOGRAM_SCHEMA_UNKNOWN;
        }
        Reason reason = checkSpans(histogram.positive, 1);
        if (reason == null) {
            reason = checkSpans(histogram.negative, 1);
        }
        if (reason == null && histogram.bounds.size() > 0) {
            reason = Reason.HISTOGRAM_BOUNDS_UNEXPECTED;
        }
        return reason;
    }

    /** @param firstNotNegative which span is the first whose offset must not be negative */
    public static Reason checkSpans(NativeHistogram.Buckets buckets, int firstNotNegative) {
        for (int i = 2 * firstNotNegative; i < buckets.spans.size(); i += 2) {
            if (buckets.spans.get(i) < 0) {
                return Reason.HISTOGRAM_SPAN_NEGATIVE_OFFSET;
            }
        }
        return buckets.length() == buckets.counts.size() ? null : Reason.HISTOGRAM_SPANS_MISMATCH;
    }

    private static Reason checkCounts(NativeHistogram histogram) {
        long observed = histogram.zeroCount;
        for (NativeHistogram.Buckets side : new NativeHistogram.Buckets[] {histogram.negative, histogram.positive}) {
            long count = 0;
            for (int i = 0; i < side.counts.size(); i++) {
                count += side.counts.get(i);
                if (count < 0) {
                    return Reason.HISTOGRAM_BUCKET_NEGATIVE;
                }
                observed += count;
            }
        }
        // Observations of NaN are counted and in no bucket; they make the sum NaN.
        if (Double.isNaN(histogram.sum())) {
            return Long.compareUnsigned(observed, histogram.count) > 0 ? Reason.HISTOGRAM_COUNT_TOO_SMALL : null;
        }
        return observed != histogram.count ? Reason.HISTOGRAM_COUNT_MISMATCH : null;
    }

    /** The count of floats is not compared with their sum: it need not be exact. */
    private static Reason checkFloatCounts(NativeHistogram histogram) {
        if (histogram.observations() < 0) {
            return Reason.HISTOGRAM_COUNT_NEGATIVE;
        }
        if (histogram.asDouble(histogram.zeroCount) < 0
                || hasNegative(histogram.negative)
                || hasNegative(histogram.positive)) {
            return Reason.HISTOGRAM_BUCKET_NEGATIVE;
        }
        return null;
    }

    private static boolean hasNegative(NativeHistogram.Buckets side) {
        for (int i = 0; i < side.counts.size(); i++) {
            if (Double.longBitsToDouble(side.counts.get(i)) < 0) {
                return true;
            }
        }
        return false;
    }
}
