package io.promgres.promql.data;

/** Zero buckets of different widths: the narrower one takes in what lies within the wider one. */
final class ZeroBuckets {

    /** What a histogram has within a threshold, and the threshold, which is larger where a bucket reached over it. */
    record Widened(double count, double compensation, double threshold) {}

    private ZeroBuckets() {}

    /**
     * Widens the zero bucket of {@code to} where the other's is wider.
     *
     * @return what the other one has within the zero bucket that {@code to} has then
     */
    static double reconcile(FloatHistogram to, FloatHistogram compensation, FloatHistogram other) {
        double count = other.zeroCount;
        double threshold = other.zeroThreshold;
        while (threshold != to.zeroThreshold) {
            if (to.zeroThreshold > threshold) {
                Widened widened = widen(other, null, to.zeroThreshold);
                count = widened.count;
                threshold = widened.threshold;
            }
            if (threshold > to.zeroThreshold) {
                Widened widened = widen(to, compensation, threshold);
                to.zeroCount = widened.count;
                to.zeroThreshold = widened.threshold;
                compensation.zeroCount = widened.compensation;
                to.positive = trim(to, to.positive);
                to.negative = trim(to, to.negative);
                compensation.positive = trim(to, compensation.positive);
                compensation.negative = trim(to, compensation.negative);
            }
        }
        return count;
    }

    /** What a histogram has within a threshold that is not smaller than its own. */
    static Widened widen(FloatHistogram histogram, FloatHistogram compensation, double wanted) {
        double threshold = wanted;
        if (threshold == histogram.zeroThreshold) {
            return new Widened(histogram.zeroCount, compensation == null ? 0 : compensation.zeroCount, threshold);
        }
        while (true) {
            Kahan count = new Kahan(histogram.zeroCount, compensation == null ? 0 : compensation.zeroCount);
            double larger = take(histogram, histogram.positive, positiveOf(compensation), threshold, count);
            double largest = take(histogram, histogram.negative, negativeOf(compensation), larger, count);
            if (largest == larger) {
                return new Widened(count.sum, count.compensation, larger);
            }
            threshold = largest;
        }
    }

    private static Buckets positiveOf(FloatHistogram compensation) {
        return compensation == null ? null : compensation.positive;
    }

    private static Buckets negativeOf(FloatHistogram compensation) {
        return compensation == null ? null : compensation.negative;
    }

    private static double take(
            FloatHistogram histogram, Buckets side, Buckets compensation, double threshold, Kahan count) {
        for (int i = 0; i < side.size() && histogram.bound(side.indices[i] - 1) < threshold; i++) {
            count.add(side.counts[i]);
            if (compensation != null) {
                count.add(compensation.counts[i]);
            }
            double upper = histogram.bound(side.indices[i]);
            if (upper > threshold) {
                return side.counts[i] == 0 ? threshold : upper;
            }
        }
        return threshold;
    }

    private static Buckets trim(FloatHistogram histogram, Buckets side) {
        int first = 0;
        while (first < side.size() && histogram.bound(side.indices[first] - 1) < histogram.zeroThreshold) {
            first++;
        }
        return side.from(first);
    }
}
