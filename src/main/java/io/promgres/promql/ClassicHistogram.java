package io.promgres.promql;

import java.util.ArrayList;
import java.util.List;

/** The buckets of a classic histogram at one time: upper bounds, and how many observations are at or below them. */
final class ClassicHistogram {

    private static final double SMALL = 1e-12;

    private record Bucket(double bound, double count) {}

    private final List<Bucket> buckets = new ArrayList<>();
    private boolean corrected;

    void add(double bound, double count) {
        buckets.add(new Bucket(bound, count));
    }

    /** Whether counts fell where they must not, by more than rounding does. */
    boolean corrected() {
        return corrected;
    }

    private boolean prepare() {
        buckets.sort((a, b) -> Double.compare(a.bound, b.bound));
        if (buckets.isEmpty() || buckets.get(buckets.size() - 1).bound != Double.POSITIVE_INFINITY) {
            return false;
        }
        List<Bucket> merged = new ArrayList<>();
        for (Bucket bucket : buckets) {
            int last = merged.size() - 1;
            if (last >= 0 && merged.get(last).bound == bucket.bound) {
                merged.set(last, new Bucket(bucket.bound, merged.get(last).count + bucket.count));
            } else {
                merged.add(bucket);
            }
        }
        buckets.clear();
        buckets.addAll(merged);
        makeMonotonic();
        return true;
    }

    private void makeMonotonic() {
        double former = buckets.get(0).count;
        for (int i = 1; i < buckets.size(); i++) {
            double count = buckets.get(i).count;
            if (count == former) {
                continue;
            }
            boolean almost = Math.abs(count - former) / (Math.abs(count) + Math.abs(former)) < SMALL;
            if (almost || count < former) {
                corrected |= !almost;
                buckets.set(i, new Bucket(buckets.get(i).bound, former));
            } else {
                former = count;
            }
        }
    }

    double quantile(double q) {
        if (Double.isNaN(q)) {
            return Double.NaN;
        }
        if (q < 0 || q > 1) {
            return q < 0 ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        }
        if (!prepare() || buckets.size() < 2) {
            return Double.NaN;
        }
        double observations = buckets.get(buckets.size() - 1).count;
        if (observations == 0) {
            return Double.NaN;
        }
        double rank = q * observations;
        int b = 0;
        while (b < buckets.size() - 1 && buckets.get(b).count < rank) {
            b++;
        }
        if (b == buckets.size() - 1) {
            return buckets.get(buckets.size() - 2).bound;
        }
        if (b == 0 && buckets.get(0).bound <= 0) {
            return buckets.get(0).bound;
        }
        double start = b > 0 ? buckets.get(b - 1).bound : 0;
        double below = b > 0 ? buckets.get(b - 1).count : 0;
        double count = buckets.get(b).count - below;
        return start + (buckets.get(b).bound - start) * ((rank - below) / count);
    }

    double fraction(double lower, double upper) {
        if (!prepare() || Double.isNaN(lower) || Double.isNaN(upper)) {
            return Double.NaN;
        }
        double observations = buckets.get(buckets.size() - 1).count;
        if (observations == 0) {
            return Double.NaN;
        }
        if (lower >= upper) {
            return 0;
        }
        return (rank(upper) - rank(lower)) / observations;
    }

    private double rank(double value) {
        double lower = buckets.get(0).bound > 0 ? 0 : Double.NEGATIVE_INFINITY;
        double below = 0;
        for (Bucket bucket : buckets) {
            if (value <= lower) {
                return below;
            }
            if (value < bucket.bound) {
                if (lower == Double.NEGATIVE_INFINITY) {
                    return below;
                }
                return bucket.bound == Double.POSITIVE_INFINITY
                        ? below
                        : below + (bucket.count - below) * (value - lower) / (bucket.bound - lower);
            }
            below = bucket.count;
            lower = bucket.bound;
        }
        return below;
    }
}
