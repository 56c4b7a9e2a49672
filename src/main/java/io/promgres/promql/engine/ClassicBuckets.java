package io.promgres.promql.engine;

import java.util.Arrays;

/** The buckets of a classic histogram at one step: upper bounds and cumulative counts. A buffer that grows. */
final class ClassicBuckets {

    private static final double SMALL_DELTA = 1e-12;

    private double[] bounds = new double[16];
    private double[] counts = new double[16];
    private int size;

    /** What had to be raised; greater than 0 if anything had to. */
    private double greatestRaise;

    private double leastRaised;
    private double greatestRaised;
    private boolean raised;

    void add(double bound, double count) {
        if (size == bounds.length) {
            bounds = Arrays.copyOf(bounds, 2 * size);
            counts = Arrays.copyOf(counts, 2 * size);
        }
        bounds[size] = bound;
        counts[size++] = count;
    }

    boolean isEmpty() {
        return size == 0;
    }

    double quantile(double q) {
        if (Double.isNaN(q)) {
            return Double.NaN;
        }
        if (q < 0) {
            return Double.NEGATIVE_INFINITY;
        }
        if (q > 1) {
            return Double.POSITIVE_INFINITY;
        }
        if (!sortAndJoin()) {
            return Double.NaN;
        }
        raise();
        if (size < 2 || counts[size - 1] == 0) {
            return Double.NaN;
        }
        double rank = q * counts[size - 1];
        int at = 0;
        while (at < size - 1 && !(counts[at] >= rank)) {
            at++;
        }
        if (at == size - 1) {
            return bounds[size - 2];
        }
        if (at == 0 && bounds[0] <= 0) {
            return bounds[0];
        }
        double start = at == 0 ? 0 : bounds[at - 1];
        double before = at == 0 ? 0 : counts[at - 1];
        return start + (bounds[at] - start) * ((rank - before) / (counts[at] - before));
    }

    double fraction(double lower, double upper) {
        if (!sortAndJoin()) {
            return Double.NaN;
        }
        double count = counts[size - 1];
        if (count == 0 || Double.isNaN(lower) || Double.isNaN(upper)) {
            return Double.NaN;
        }
        if (lower >= upper) {
            return 0;
        }
        return (Math.min(rank(upper), count) - Math.min(rank(lower), count)) / count;
    }

    /** How many observations lie below a value. */
    private double rank(double value) {
        double start = bounds[0] <= 0 ? Double.NEGATIVE_INFINITY : 0;
        double below = 0;
        for (int i = 0; i < size; i++) {
            if (i > 0) {
                start = bounds[i - 1];
            }
            if (start >= value) {
                return below;
            }
            if (bounds[i] > value) {
                return start == Double.NEGATIVE_INFINITY
                        ? counts[i]
                        : below + (counts[i] - below) * (value - start) / (bounds[i] - start);
            }
            below = counts[i];
        }
        return Double.POSITIVE_INFINITY;
    }

    /** @return whether the last bucket is the one without a bound */
    private boolean sortAndJoin() {
        Integer[] order = new Integer[size];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, (a, b) -> Double.compare(bounds[a], bounds[b]));
        double[] newBounds = new double[size];
        double[] newCounts = new double[size];
        int n = 0;
        for (int i : order) {
            if (n > 0 && newBounds[n - 1] == bounds[i]) {
                newCounts[n - 1] += counts[i];
            } else {
                newBounds[n] = bounds[i];
                newCounts[n++] = counts[i];
            }
        }
        bounds = newBounds;
        counts = newCounts;
        size = n;
        return bounds[size - 1] == Double.POSITIVE_INFINITY;
    }

    /** No bucket may have less than a lower one: rounding and scrapes that were not atomic make it so. */
    private void raise() {
        leastRaised = Double.POSITIVE_INFINITY;
        greatestRaised = Double.NEGATIVE_INFINITY;
        double before = counts[0];
        for (int i = 1; i < size; i++) {
            double current = counts[i];
            if (current == before) {
                continue;
            }
            if (almostEqual(before, current)) {
                counts[i] = before;
            } else if (current < before) {
                counts[i] = before;
                raised = true;
                leastRaised = Math.min(leastRaised, bounds[i]);
                greatestRaised = Math.max(greatestRaised, bounds[i]);
                greatestRaise = Math.max(greatestRaise, before - current);
            } else {
                before = current;
            }
        }
    }

    private static boolean almostEqual(double a, double b) {
        if (Double.isNaN(a) || Double.isNaN(b)) {
            return Double.isNaN(a) && Double.isNaN(b);
        }
        double difference = Math.abs(a - b);
        double sum = Math.abs(a) + Math.abs(b);
        if (a == 0 || b == 0 || sum < Double.MIN_NORMAL) {
            return difference < SMALL_DELTA * Double.MIN_NORMAL;
        }
        return difference / Math.min(sum, Double.MAX_VALUE) < SMALL_DELTA;
    }

    boolean wasRaised() {
        return raised;
    }

    double leastRaised() {
        return leastRaised;
    }

    double greatestRaised() {
        return greatestRaised;
    }

    double greatestRaise() {
        return greatestRaise;
    }
}
