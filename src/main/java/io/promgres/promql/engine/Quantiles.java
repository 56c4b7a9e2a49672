package io.promgres.promql.engine;

import io.promgres.promql.data.Bucket;
import io.promgres.promql.data.FloatHistogram;
import io.promgres.promql.syntax.Position;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;

/** Quantiles and fractions of values and of native histograms. */
final class Quantiles {

    private Quantiles() {}

    /** Of single values, which are sorted by this; NaN comes first. */
    static double of(double q, double[] values) {
        if (values.length == 0 || Double.isNaN(q)) {
            return Double.NaN;
        }
        if (q < 0) {
            return Double.NEGATIVE_INFINITY;
        }
        if (q > 1) {
            return Double.POSITIVE_INFINITY;
        }
        Arrays.sort(values);
        int nans = 0;
        while (nans < values.length && Double.isNaN(values[values.length - 1 - nans])) {
            nans++;
        }
        double rank = q * (values.length - 1);
        int lower = (int) Math.floor(rank);
        int upper = Math.min(values.length - 1, lower + 1);
        double weight = rank - Math.floor(rank);
        return at(values, lower, nans) * (1 - weight) + at(values, upper, nans) * weight;
    }

    private static double at(double[] sorted, int index, int nans) {
        return index < nans ? Double.NaN : sorted[index - nans];
    }

    static double of(double q, FloatHistogram histogram, String metric, Annotations annotations, Position position) {
        if (q < 0) {
            return Double.NEGATIVE_INFINITY;
        }
        if (q > 1) {
            return Double.POSITIVE_INFINITY;
        }
        if (histogram.count == 0 || Double.isNaN(q)) {
            return Double.NaN;
        }
        boolean upwards = Double.isNaN(histogram.sum) || q < 0.5;
        List<Bucket> all = histogram.all();
        if (!upwards) {
            Collections.reverse(all);
        }
        double rank = (upwards ? q : 1 - q) * histogram.count;
        double count = 0;
        Bucket bucket = new Bucket(0, 0, false, false, 0);
        Iterator<Bucket> buckets = all.iterator();
        while (buckets.hasNext()) {
            bucket = buckets.next();
            count += bucket.count();
            if (bucket.count() != 0 && count >= rank) {
                break;
            }
        }
        if (histogram.isCustom()) {
            if (bucket.lower() == Double.NEGATIVE_INFINITY) {
                if (bucket.upper() <= 0) {
                    return bucket.upper();
                }
                bucket = bucket.withLower(0);
            } else if (bucket.upper() == Double.POSITIVE_INFINITY) {
                return bucket.lower();
            }
        } else if (bucket.lower() < 0 && bucket.upper() > 0) {
            bucket = oneSided(histogram, bucket);
        }
        count = Math.min(count, histogram.count);
        if (count < rank) {
            if (Double.isNaN(histogram.sum)) {
                annotations.quantileOfNaN(false, metric, position);
                return Double.NaN;
            }
            return bucket.upper();
        }
        rank = upwards ? rank - (count - bucket.count()) : count - rank;
        if (Double.isNaN(histogram.sum)) {
            while (buckets.hasNext()) {
                count += buckets.next().count();
            }
            if (count < histogram.count) {
                annotations.quantileOfNaN(true, metric, position);
            }
        }
        return within(histogram, bucket, rank / bucket.count());
    }

    private static double within(FloatHistogram histogram, Bucket bucket, double fraction) {
        if (histogram.isCustom() || bucket.lower() <= 0 && bucket.upper() >= 0) {
            return bucket.lower() + (bucket.upper() - bucket.lower()) * fraction;
        }
        double lower = Bucket.log2(bucket.lower());
        double upper = Bucket.log2(bucket.upper());
        return bucket.lower() > 0
                ? Math.pow(2, lower + (upper - lower) * fraction)
                : -Math.pow(2, upper + (lower - upper) * (1 - fraction));
    }

    /** The zero bucket of a histogram that has values on one side only reaches to that side only. */
    private static Bucket oneSided(FloatHistogram histogram, Bucket bucket) {
        if (histogram.negative.size() == 0 && histogram.positive.size() > 0) {
            return bucket.withLower(0);
        }
        return histogram.positive.size() == 0 && histogram.negative.size() > 0 ? bucket.withUpper(0) : bucket;
    }

    /** Which part of the observations lies between two values. */
    static double fraction(
            double lower,
            double upper,
            FloatHistogram histogram,
            String metric,
            Annotations annotations,
            Position position) {
        if (histogram.count == 0 || Double.isNaN(lower) || Double.isNaN(upper)) {
            return Double.NaN;
        }
        if (lower >= upper) {
            return 0;
        }
        double below = 0;
        double lowerRank = Double.NaN;
        double upperRank = Double.NaN;
        double total = 0;
        for (Bucket each : histogram.all()) {
            total += each.count();
            boolean zero = each.lower() <= 0 && each.upper() >= 0;
            Bucket bucket = zero ? oneSided(histogram, each) : each;
            boolean linear = histogram.isCustom() || zero;
            if (Double.isNaN(lowerRank)) {
                lowerRank = rank(bucket, lower, below, linear);
            }
            if (Double.isNaN(upperRank)) {
                upperRank = rank(bucket, upper, below, linear);
            }
            below += each.count();
        }
        double count = histogram.count;
        if (Double.isNaN(histogram.sum)) {
            count = total;
            if (total < histogram.count) {
                annotations.fractionOfNaN(metric, position);
            }
        }
        lowerRank = Double.isNaN(lowerRank) || lowerRank > count ? count : lowerRank;
        upperRank = Double.isNaN(upperRank) || upperRank > count ? count : upperRank;
        return (upperRank - lowerRank) / histogram.count;
    }

    /** How many observations lie below a value, if the bucket or its lower end tells; NaN if it does not. */
    private static double rank(Bucket bucket, double value, double below, boolean linear) {
        if (bucket.lower() >= value) {
            return below;
        }
        if (bucket.upper() <= value) {
            return Double.NaN;
        }
        if (linear && bucket.lower() == Double.NEGATIVE_INFINITY) {
            return bucket.count();
        }
        return below + bucket.count() * bucket.fractionBelow(value, linear);
    }
}
