package io.promgres.promql.data;

/**
 * A series with its samples in order of time, floats and native histograms in one sequence. The arrays are not changed by
 * the engine and may be shared.
 *
 * @param labels with the name of the metric
 * @param times in milliseconds since the epoch, ascending, each once
 * @param values the float of each sample; of a histogram, any value. The stale marker is {@link #STALE}
 * @param histograms the histogram of each sample, null where it is a float; null altogether if there are none. A stale one has
 *     the stale marker as its sum
 * @param startTimes when each sample's counter began, in milliseconds, 0 where it is not known; null if none is known
 */
public record SampleSeries(
        Labels labels, long[] times, double[] values, FloatHistogram[] histograms, long[] startTimes) {

    /** The bits of the NaN that ends a series. */
    public static final long STALE_BITS = 0x7ff0000000000002L;

    /** The NaN that ends a series. Compare bits: it is equal to no number. */
    public static final double STALE = Double.longBitsToDouble(STALE_BITS);

    /** A series of floats without start times. */
    public SampleSeries(Labels labels, long[] times, double[] values) {
        this(labels, times, values, null, null);
    }

    public int size() {
        return times.length;
    }

    /** The histogram at an index; null where the sample is a float. */
    public FloatHistogram histogram(int i) {
        return histograms == null ? null : histograms[i];
    }

    /** Whether the sample says that the series has ended. */
    public boolean isStale(int i) {
        FloatHistogram histogram = histogram(i);
        return Double.doubleToRawLongBits(histogram == null ? values[i] : histogram.sum) == STALE_BITS;
    }

    public long startTime(int i) {
        return startTimes == null ? 0 : startTimes[i];
    }
}
