package io.promgres.remoteread;

import io.promgres.codec.Numbers;
import io.promgres.histogram.NativeHistogram;

/**
 * Whether a histogram goes on counting where the one before ended. Prometheus finds it in the same way when it stores
 * histograms, and says "no reset" of each that it has put into the chunk of the one before.
 */
final class HistogramResets {

    static final int UNKNOWN = 0;
    static final int RESET = 1;
    static final int NO_RESET = 2;
    static final int GAUGE = 3;

    /** model/value.StaleNaN of Prometheus, in the sum. */
    static final long STALE = 0x7ff0000000000002L;

    private HistogramResets() {}

    /** Whether it has the same layout and no count that is lower, and neither of them is said to be something else. */
    static boolean follows(NativeHistogram before, NativeHistogram next) {
        return next.resetHint != RESET
                && next.resetHint != GAUGE
                && before.resetHint != GAUGE
                && before.sumBits != STALE
                && next.sumBits != STALE
                && isOfSameLayout(before, next)
                && hasNotFallen(before, before.count, next.count)
                && hasNotFallen(before, before.zeroCount, next.zeroCount)
                && haveNotFallen(before, before.positive.counts, next.positive.counts)
                && haveNotFallen(before, before.negative.counts, next.negative.counts);
    }

    private static boolean isOfSameLayout(NativeHistogram before, NativeHistogram next) {
        return before.isFloat == next.isFloat
                && before.schema == next.schema
                && before.zeroThresholdBits == next.zeroThresholdBits
                && before.bounds.isSameAs(next.bounds)
                && before.positive.spans.isSameAs(next.positive.spans)
                && before.negative.spans.isSameAs(next.negative.spans)
                && before.positive.counts.size() == next.positive.counts.size()
                && before.negative.counts.size() == next.negative.counts.size();
    }

    private static boolean hasNotFallen(NativeHistogram histogram, long before, long next) {
        return histogram.isFloat
                ? Double.longBitsToDouble(next) >= Double.longBitsToDouble(before)
                : Long.compareUnsigned(next, before) >= 0;
    }

    private static boolean haveNotFallen(NativeHistogram histogram, Numbers before, Numbers next) {
        long countBefore = 0;
        long countNext = 0;
        for (int i = 0; i < before.size(); i++) {
            // Of whole numbers, each bucket is the difference to the one before it.
            countBefore = histogram.isFloat ? before.get(i) : countBefore + before.get(i);
            countNext = histogram.isFloat ? next.get(i) : countNext + next.get(i);
            if (!hasNotFallen(histogram, countBefore, countNext)) {
                return false;
            }
        }
        return true;
    }
}
