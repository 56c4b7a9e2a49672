package io.promgres.promql.engine;

import io.promgres.promql.data.Bucket;
import io.promgres.promql.data.Buckets;
import io.promgres.promql.data.FloatHistogram;
import java.util.List;

/** Takes the observations above or below a value out of a native histogram, and estimates count and sum of the rest. */
final class Trimming {

    private final FloatHistogram histogram;
    private final double value;
    private final boolean upper;
    private double count;
    private double sum;
    private boolean trimmed;

    private Trimming(FloatHistogram histogram, double value, boolean upper) {
        this.histogram = histogram;
        this.value = value;
        this.upper = upper;
    }

    /** @param upper whether what is above the value goes, and not what is below */
    static FloatHistogram trim(FloatHistogram histogram, double value, boolean upper) {
        new Trimming(histogram, value, upper).trim();
        return histogram;
    }

    private void trim() {
        boolean hasPositive = side(histogram.positive, histogram.side(true), true);
        boolean hasNegative = side(histogram.negative, histogram.side(false), false);
        if (histogram.zeroCount > 0) {
            zero(hasPositive, hasNegative);
        }
        if (trimmed) {
            histogram.count = count;
            histogram.sum = sum;
            histogram.compact();
        }
    }

    private boolean side(Buckets counts, List<Bucket> buckets, boolean positive) {
        boolean any = false;
        for (int i = 0; i < buckets.size(); i++) {
            Bucket bucket = buckets.get(i);
            if (bucket.count() == 0) {
                continue;
            }
            any = true;
            boolean whole = upper ? bucket.upper() <= value : bucket.lower() >= value;
            boolean part = upper ? bucket.lower() < value : bucket.upper() > value;
            if (whole) {
                count += bucket.count();
                sum += middle(bucket.lower(), bucket.upper(), positive) * bucket.count();
            } else if (part) {
                split(counts, i, bucket, positive);
            } else {
                counts.counts[i] = 0;
                trimmed = true;
            }
        }
        return any;
    }

    private void split(Buckets counts, int i, Bucket bucket, boolean positive) {
        double kept;
        double middle;
        if (Double.isInfinite(bucket.lower()) || Double.isInfinite(bucket.upper())) {
            double[] both = unbounded(bucket);
            kept = both[0];
            middle = both[1];
        } else {
            double below = bucket.count() * bucket.fractionBelow(value, histogram.isCustom());
            kept = upper ? below : bucket.count() - below;
            middle = upper ? middle(bucket.lower(), value, positive) : middle(value, bucket.upper(), positive);
        }
        count += kept;
        sum += middle * kept;
        if (counts.counts[i] != kept) {
            counts.counts[i] = kept;
            trimmed = true;
        }
    }

    /** How many observations of a bucket without a bound remain, and where they are taken to be. */
    private double[] unbounded(Bucket bucket) {
        double low = bucket.lower();
        double high = bucket.upper();
        if (low == Double.NEGATIVE_INFINITY) {
            boolean scaled = value > 0 && high > 0 && high != Double.POSITIVE_INFINITY;
            if (upper) {
                if (value >= high) {
                    return new double[] {bucket.count(), 0};
                }
                if (scaled) {
                    return new double[] {bucket.count() * value / high, value / 2};
                }
                return high <= 0 ? new double[] {bucket.count(), value} : new double[] {0, zeroIfInfinite(high)};
            }
            if (value <= low) {
                return new double[] {bucket.count(), 0};
            }
            return value >= 0 && high > value && high != Double.POSITIVE_INFINITY
                    ? new double[] {bucket.count() * (1 - value / high), (value + high) / 2}
                    : new double[] {0, zeroIfInfinite(high)};
        }
        return upper || value < low ? new double[] {0, zeroIfInfinite(low)} : new double[] {bucket.count(), value};
    }

    private static double zeroIfInfinite(double number) {
        return Double.isInfinite(number) ? 0 : number;
    }

    private void zero(boolean hasPositive, boolean hasNegative) {
        Bucket bucket = histogram.zeroBucket();
        double low = hasPositive && !hasNegative ? 0 : bucket.lower();
        double high = hasNegative && !hasPositive ? 0 : bucket.upper();
        double from = upper ? low : Math.max(low, value);
        double to = upper ? Math.min(high, value) : high;
        double kept = 0;
        double middle = 0;
        if (to >= high && from <= low) {
            kept = bucket.count();
            middle = (low + high) / 2;
        } else if (to > from) {
            kept = bucket.count() * (to - from) / (high - low);
            middle = (from + to) / 2;
        }
        if (histogram.zeroCount != kept) {
            histogram.zeroCount = kept;
            trimmed = true;
        }
        sum += middle * kept;
        count += kept;
    }

    private double middle(double low, double high, boolean positive) {
        if (Double.isInfinite(low)) {
            return Double.isInfinite(high) ? 0 : high > 0 ? high / 2 : high;
        }
        if (Double.isInfinite(high)) {
            return low;
        }
        if (histogram.isCustom()) {
            return (low + high) / 2;
        }
        double mean = Math.sqrt(Math.abs(low * high));
        return positive ? mean : -mean;
    }
}
