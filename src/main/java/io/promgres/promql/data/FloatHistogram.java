package io.promgres.promql.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * A native histogram whose counts are floats, as PromQL computes with it. Mutable: an operation that changes one says so;
 * those of a {@link SampleSeries} are not to be changed, but copied.
 */
public final class FloatHistogram {

    /** The schema of histograms whose buckets have bounds of their own. */
    public static final int CUSTOM = -53;

    /** What is known of the change since the sample before. */
    public enum Hint {
        UNKNOWN,
        RESET,
        NOT_RESET,
        GAUGE
    }

    public Hint hint = Hint.UNKNOWN;
    public int schema;
    public double zeroThreshold;
    public double zeroCount;
    public double count;
    public double sum;
    public Buckets positive = Buckets.NONE;
    public Buckets negative = Buckets.NONE;

    /** Upper bounds of custom buckets but the last, which has none. */
    public double[] bounds = {};

    public boolean isCustom() {
        return schema == CUSTOM;
    }

    public FloatHistogram copy() {
        FloatHistogram copy = new FloatHistogram();
        copy.hint = hint;
        copy.schema = schema;
        copy.zeroThreshold = zeroThreshold;
        copy.zeroCount = zeroCount;
        copy.count = count;
        copy.sum = sum;
        copy.positive = positive.copy();
        copy.negative = negative.copy();
        copy.bounds = bounds;
        return copy;
    }

    /** A copy in the wider buckets of a smaller schema, of which nothing is known of resets. */
    public FloatHistogram copyToSchema(int target) {
        FloatHistogram copy = copy();
        if (target != schema) {
            copy.hint = Hint.UNKNOWN;
            copy.reduceTo(target);
        }
        return copy;
    }

    void reduceTo(int target) {
        positive = positive.reduce(schema, target);
        negative = negative.reduce(schema, target);
        schema = target;
    }

    /** Multiplies this. */
    public FloatHistogram multiply(double factor) {
        zeroCount *= factor;
        count *= factor;
        sum *= factor;
        for (Buckets buckets : List.of(positive, negative)) {
            for (int i = 0; i < buckets.size(); i++) {
                buckets.counts[i] *= factor;
            }
        }
        if (factor < 0) {
            hint = Hint.GAUGE;
        }
        return this;
    }

    /** Divides this. */
    public FloatHistogram divide(double divisor) {
        zeroCount /= divisor;
        count /= divisor;
        sum /= divisor;
        if (divisor == 0) {
            positive = Buckets.NONE;
            negative = Buckets.NONE;
            return this;
        }
        for (Buckets buckets : List.of(positive, negative)) {
            for (int i = 0; i < buckets.size(); i++) {
                buckets.counts[i] /= divisor;
            }
        }
        if (divisor < 0) {
            hint = Hint.GAUGE;
        }
        return this;
    }

    /** Takes empty buckets out of this. */
    public FloatHistogram compact() {
        positive = positive.compact();
        negative = negative.compact();
        return this;
    }

    public boolean hasOverflow() {
        return Double.isInfinite(zeroCount)
                || Double.isInfinite(count)
                || Double.isInfinite(sum)
                || Arrays.stream(positive.counts).anyMatch(Double::isInfinite)
                || Arrays.stream(negative.counts).anyMatch(Double::isInfinite)
                || Arrays.stream(bounds).anyMatch(Double::isInfinite);
    }

    /** The upper bound of the bucket at an index, of positive values. */
    public double bound(int index) {
        return isCustom() ? customBound(index) : exponentialBound(index, schema);
    }

    private double customBound(int index) {
        if (index < 0) {
            return Double.NEGATIVE_INFINITY;
        }
        return index >= bounds.length ? Double.POSITIVE_INFINITY : bounds[index];
    }

    /** Source: Prometheus, native histograms: bucket i of schema s ends at 2^(i * 2^-s). */
    static double exponentialBound(int index, int schema) {
        if (schema < 0) {
            long exponent = (long) index << -schema;
            return exponent == 1024 ? Double.MAX_VALUE : power(1, exponent);
        }
        int position = index & (1 << schema) - 1;
        long exponent = (index >> schema) + 1;
        return position == 0 && exponent == 1025
                ? Double.MAX_VALUE
                : power(ExponentialBounds.of(schema, position), exponent);
    }

    private static double power(double fraction, long exponent) {
        return Math.scalb(fraction, (int) Math.max(-5000, Math.min(5000, exponent)));
    }

    private Bucket bucket(boolean positiveSide, int position) {
        Buckets side = positiveSide ? positive : negative;
        int index = side.indices[position];
        double near = bound(index - 1);
        double far = bound(index);
        double lower = positiveSide ? near : -far;
        double upper = positiveSide ? far : -near;
        return isCustom()
                ? new Bucket(lower, upper, index == 0, true, side.counts[position])
                : new Bucket(lower, upper, lower < 0, upper > 0, side.counts[position]);
    }

    /** The buckets of one side, from zero outwards. */
    public List<Bucket> side(boolean positiveSide) {
        int size = (positiveSide ? positive : negative).size();
        List<Bucket> buckets = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            buckets.add(bucket(positiveSide, i));
        }
        return buckets;
    }

    public Bucket zeroBucket() {
        return new Bucket(-zeroThreshold, zeroThreshold, true, true, zeroCount);
    }

    /** All buckets from the lowest to the highest; where one reaches into the zero bucket, it is cut there. */
    public List<Bucket> all() {
        List<Bucket> buckets = new ArrayList<>(negative.size() + positive.size() + 1);
        side(false).forEach(bucket -> buckets.add(cut(bucket)));
        Collections.reverse(buckets);
        if (zeroCount > 0) {
            buckets.add(zeroBucket());
        }
        side(true).forEach(bucket -> buckets.add(cut(bucket)));
        return buckets;
    }

    private Bucket cut(Bucket bucket) {
        if (bucket.upper() < 0 && bucket.upper() > -zeroThreshold) {
            return bucket.withUpper(-zeroThreshold);
        }
        return bucket.lower() > 0 && bucket.lower() < zeroThreshold ? bucket.withLower(zeroThreshold) : bucket;
    }

    /** Whether all but the hint is the same, bit for bit. */
    public boolean sameAs(FloatHistogram other) {
        return schema == other.schema
                && same(count, other.count)
                && same(sum, other.sum)
                && Arrays.equals(bounds, other.bounds)
                && zeroThreshold == other.zeroThreshold
                && same(zeroCount, other.zeroCount)
                && negative.sameAs(other.negative)
                && positive.sameAs(other.positive);
    }

    private static boolean same(double a, double b) {
        return Double.doubleToRawLongBits(a) == Double.doubleToRawLongBits(b);
    }

    /** As Prometheus writes it: count, sum, and the buckets that are not empty. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("{count:")
                .append(GoText.number(count))
                .append(", sum:")
                .append(GoText.number(sum));
        List<Bucket> below = side(false);
        Collections.reverse(below);
        append(text, below);
        if (zeroCount != 0) {
            text.append(", ").append(zeroBucket());
        }
        append(text, side(true));
        return text.append('}').toString();
    }

    private static void append(StringBuilder text, List<Bucket> buckets) {
        buckets.stream()
                .filter(bucket -> bucket.count() != 0)
                .forEach(bucket -> text.append(", ").append(bucket));
    }
}
