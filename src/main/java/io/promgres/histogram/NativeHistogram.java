package io.promgres.histogram;

import io.promgres.codec.Numbers;

/**
 * A native histogram: what a message says, field by field. A buffer, reused. Floats are their 64 bits, so that the payloads
 * of NaNs survive.
 *
 * <p>Source of the fields: Prometheus, prompb/types.proto, message Histogram.
 */
public final class NativeHistogram {

    /** The schema whose buckets have bounds of their own, {@link #bounds}. */
    public static final int CUSTOM_BOUNDS = -53;

    static final int COARSEST_SCHEMA = -4;
    static final int FINEST_SCHEMA = 8;

    /** One side of the histogram: which buckets there are, and what they hold. */
    public static final class Buckets {

        /** Offset, length, offset, length, ...: of each run of buckets, how many are left out before it, and how many it has. */
        public final Numbers spans = new Numbers();

        /** Of each bucket: the difference to the count of the bucket before, or (float) its count's bits. */
        public final Numbers counts = new Numbers();

        void clear() {
            spans.clear();
            counts.clear();
        }

        /** How many buckets the spans have together. */
        public long length() {
            long length = 0;
            for (int i = 1; i < spans.size(); i += 2) {
                length += spans.get(i);
            }
            return length;
        }

        void copy(Buckets other) {
            spans.copy(other.spans);
            counts.copy(other.counts);
        }
    }

    public final Buckets negative = new Buckets();
    public final Buckets positive = new Buckets();

    /** Upper bounds, the bits of each; infinity is not among them. */
    public final Numbers bounds = new Numbers();

    /** Whether counts are floats. */
    public boolean isFloat;

    public int schema;

    /** 0 unknown, 1 a reset, 2 no reset, 3 a gauge. */
    public int resetHint;

    /** When it was observed, milliseconds since the epoch. */
    public long time;

    /** When counting began, milliseconds since the epoch; 0 if that is not known. */
    public long start;

    /** Of all observations: an unsigned number, or (float) its bits. */
    public long count;

    /** Of observations within the zero threshold, like {@link #count}. */
    public long zeroCount;

    public long sumBits;
    public long zeroThresholdBits;

    void clear() {
        negative.clear();
        positive.clear();
        bounds.clear();
        isFloat = false;
        schema = 0;
        resetHint = 0;
        time = 0;
        start = 0;
        count = 0;
        zeroCount = 0;
        sumBits = 0;
        zeroThresholdBits = 0;
    }

    public double sum() {
        return Double.longBitsToDouble(sumBits);
    }

    /** The number of observations, to the precision of a double. */
    public double observations() {
        return asDouble(count);
    }

    /** A count of this histogram as a number, to the precision of a double. */
    public double asDouble(long number) {
        if (isFloat) {
            return Double.longBitsToDouble(number);
        }
        // Above 2^63 a bit is lost twice, rounded to odd: the result is that of one rounding.
        return number >= 0 ? number : (number >>> 1 | number & 1) * 2.0;
    }
}
