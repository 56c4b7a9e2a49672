package io.promgres.promql.data;

import io.promgres.promql.data.FloatHistogram.Hint;
import java.util.Arrays;

/**
 * What a series of histograms says of resets when it is read, as a block of Prometheus does: the first one of a sequence
 * without a reset says nothing, each further one that it was not reset. That one was reset is never said: the reader finds it.
 */
public final class ResetHints {

    private ResetHints() {}

    /**
     * Sets the hints of histograms, which change.
     *
     * @param histograms in order of time, with the hints that their sender gave; null where a float stands between
     */
    public static void set(FloatHistogram[] histograms) {
        FloatHistogram previous = null;
        Hint sentBefore = Hint.UNKNOWN;
        for (FloatHistogram histogram : histograms) {
            if (histogram == null) {
                previous = null;
                continue;
            }
            Hint sent = histogram.hint;
            if (sent != Hint.GAUGE) {
                histogram.hint = hint(previous, sentBefore, histogram, sent);
            }
            previous = histogram;
            sentBefore = sent;
        }
    }

    private static Hint hint(FloatHistogram previous, Hint sentBefore, FloatHistogram current, Hint sent) {
        if (sent == Hint.RESET || previous == null || sentBefore == Hint.GAUGE || isStale(previous)) {
            return Hint.UNKNOWN;
        }
        if (isStale(current)) {
            return Hint.NOT_RESET;
        }
        boolean otherLayout = previous.schema != current.schema
                || previous.zeroThreshold != current.zeroThreshold
                || !Arrays.equals(previous.bounds, current.bounds);
        current.hint = Hint.UNKNOWN;
        return otherLayout || CounterReset.between(previous, current) ? Hint.UNKNOWN : Hint.NOT_RESET;
    }

    private static boolean isStale(FloatHistogram histogram) {
        return Double.doubleToRawLongBits(histogram.sum) == SampleSeries.STALE_BITS;
    }
}
