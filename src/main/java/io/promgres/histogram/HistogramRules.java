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

    /** What a histogram with this fault has or is, to go behind the words for its series. */
    public static String describe(Reason reason) {
        return switch (reason) {
            case HISTOGRAM_SCHEMA_UNKNOWN ->
                "has a histogram with a schema that is neither -4 to 52 (exponential buckets) nor -53 (custom bounds)";
            case HISTOGRAM_SPANS_MISMATCH ->
                "has a histogram whose spans have another number of buckets than it has counts";
            case HISTOGRAM_SPAN_NEGATIVE_OFFSET -> "has a histogram with a span whose offset is negative";
            case HISTOGRAM_BUCKET_NEGATIVE -> "has a histogram with a bucket whose count is negative";
            case HISTOGRAM_COUNT_NEGATIVE -> "has a histogram whose count is negative";
            case HISTOGRAM_COUNT_MISMATCH -> "has a histogram whose count is not the sum of its buckets";
            case HISTOGRAM_COUNT_TOO_SMALL -> "has a histogram whose count is less than the sum of its buckets";
            case HISTOGRAM_BOUNDS_NAN -> "has a histogram with a custom bound that is NaN";
            case HISTOGRAM_BOUNDS_UNORDERED -> "has a histogram whose custom bounds do not rise from one to the next";
            case HISTOGRAM_BOUNDS_INFINITE -> "has a histogram with a custom bound that is infinite";
            case HISTOGRAM_BOUNDS_TOO_FEW -> "has a histogram with more buckets than its custom bounds make";
            case HISTOGRAM_BOUNDS_UNEXPECTED -> "has a histogram with custom bounds although its schema is exponential";
            case HISTOGRAM_CUSTOM_ZERO_COUNT -> "has a histogram with custom bounds and a zero bucket";
            case HISTOGRAM_CUSTOM_ZERO_THRESHOLD -> "has a histogram with custom bounds and a zero threshold";
            case HISTOGRAM_CUSTOM_NEGATIVE_SPANS -> "has a histogram with custom bounds and negative spans";
            case HISTOGRAM_CUSTOM_NEGATIVE_BUCKETS -> "has a histogram with custom bounds and negative buckets";
            case HISTOGRAM_TOO_LARGE ->
                "has a histogram of more than " + HistogramFields.MOST_NUMBERS + " buckets, spans and bounds together";
            default -> throw new IllegalArgumentException("not about labels or histograms: " + reason);
        };
    }
}
