package io.promgres.histogram;

import io.promgres.codec.Numbers;

/**
 * Makes a histogram of a finer schema than {@link NativeHistogram#FINEST_SCHEMA} one of that schema, as Prometheus does:
 * 2^n neighbouring buckets become one. One thread at a time.
 */
public final class HistogramResolution {

    /** Finer ones are not defined. */
    private static final int FINEST_RESERVED = 52;

    private final NativeHistogram.Buckets reduced = new NativeHistogram.Buckets();

    /** Whether there is something to reduce. */
    public static boolean isTooFine(NativeHistogram histogram) {
        return histogram.schema > NativeHistogram.FINEST_SCHEMA && histogram.schema <= FINEST_RESERVED;
    }

    /** @param histogram whose spans fit its buckets */
    public void reduce(NativeHistogram histogram) {
        // More steps than an index has bits make one bucket of all on a side of 1, as the last one does.
        int steps = Math.min(Integer.SIZE - 1, histogram.schema - NativeHistogram.FINEST_SCHEMA);
        reduce(histogram.negative, steps, histogram.isFloat);
        reduce(histogram.positive, steps, histogram.isFloat);
        histogram.schema = NativeHistogram.FINEST_SCHEMA;
    }

    private void reduce(NativeHistogram.Buckets buckets, int steps, boolean isFloat) {
        reduced.clear();
        // An index is a number of 32 bits, whatever the offsets add up to.
        int index = 0;
        int bucket = 0;
        int last = 0;
        long count = 0;
        for (int span = 0; span < buckets.spans.size(); span += 2) {
            index += (int) buckets.spans.get(span);
            for (long i = 0; i < buckets.spans.get(span + 1); i++, index++, bucket++) {
                count = isFloat ? buckets.counts.get(bucket) : count + buckets.counts.get(bucket);
                int target = (index - 1 >> steps) + 1;
                addTo(target, last, count, isFloat);
                last = target;
            }
        }
        if (!isFloat) {
            toDifferences(reduced.counts);
        }
        buckets.copy(reduced);
    }

    private void addTo(int target, int last, long count, boolean isFloat) {
        Numbers counts = reduced.counts;
        Numbers spans = reduced.spans;
        if (counts.size() > 0 && target == last) {
            int at = counts.size() - 1;
            counts.set(at, isFloat ? sumOfBits(counts.get(at), count) : counts.get(at) + count);
            return;
        }
        if (counts.size() > 0 && target == last + 1) {
            spans.set(spans.size() - 1, spans.get(spans.size() - 1) + 1);
        } else {
            spans.add(counts.size() == 0 ? target : target - (last + 1));
            spans.add(1);
        }
        counts.add(count);
    }

    private static long sumOfBits(long a, long b) {
        return Double.doubleToRawLongBits(Double.longBitsToDouble(a) + Double.longBitsToDouble(b));
    }

    private static void toDifferences(Numbers counts) {
        for (int i = counts.size() - 1; i > 0; i--) {
            counts.set(i, counts.get(i) - counts.get(i - 1));
        }
    }
}
