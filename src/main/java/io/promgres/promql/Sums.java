package io.promgres.promql;

import java.util.Arrays;

/** Sums and what is made of them, with the error of each addition kept (Kahan, Neumaier), in the order of the samples. */
final class Sums {

    private double sum;
    private double rest;

    void reset() {
        sum = 0;
        rest = 0;
    }

    void add(double value) {
        double total = sum + value;
        rest = rest(sum, value, total, rest);
        sum = total;
    }

    /** What is lost when value is added to sum. */
    static double rest(double sum, double value, double total, double rest) {
        if (Double.isInfinite(total)) {
            return 0;
        }
        return rest + (Math.abs(sum) >= Math.abs(value) ? sum - total + value : value - total + sum);
    }

    double total() {
        return Double.isInfinite(sum) ? sum : sum + rest;
    }

    static double sum(double[] values, int from, int to) {
        Sums sums = new Sums();
        for (int i = from; i < to; i++) {
            sums.add(values[i]);
        }
        return sums.total();
    }

    /** A mean that grows value by value; of the mean itself once the sum would be infinite. */
    static final class Mean {
        private double sum;
        private double mean;
        private double rest;
        private double count;
        private boolean incremental;

        void add(double value) {
            count++;
            if (count == 1) {
                sum = value;
                return;
            }
            if (!incremental) {
                double total = sum + value;
                if (!Double.isInfinite(total)) {
                    rest = rest(sum, value, total, rest);
                    sum = total;
                    return;
                }
                incremental = true;
                mean = sum / (count - 1);
                rest /= count - 1;
            }
            double q = (count - 1) / count;
            double scaled = q * mean;
            double part = value / count;
            double total = scaled + part;
            rest = rest(scaled, part, total, q * rest);
            mean = total;
        }

        double value() {
            return incremental ? mean + rest : sum / count + rest / count;
        }
    }

    static double mean(double[] values, int from, int to) {
        Mean mean = new Mean();
        for (int i = from; i < to; i++) {
            mean.add(values[i]);
        }
        return mean.value();
    }

    static double variance(double[] values, int from, int to) {
        double count = 0;
        Sums mean = new Sums();
        Sums squares = new Sums();
        for (int i = from; i < to; i++) {
            count++;
            double delta = values[i] - (mean.sum + mean.rest);
            mean.add(delta / count);
            squares.add(delta * (values[i] - (mean.sum + mean.rest)));
        }
        return (squares.sum + squares.rest) / count;
    }

    /** @param values sorted here; NaN is the least */
    static double quantile(double q, double[] values) {
        if (values.length == 0 || Double.isNaN(q)) {
            return Double.NaN;
        }
        if (q < 0 || q > 1) {
            return q < 0 ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        // Java sorts NaN to the end.
        int nans = 0;
        while (nans < sorted.length && Double.isNaN(sorted[sorted.length - 1 - nans])) {
            nans++;
        }
        double rank = q * (sorted.length - 1);
        int lower = (int) Math.max(0, Math.floor(rank));
        int upper = Math.min(sorted.length - 1, lower + 1);
        double weight = rank - Math.floor(rank);
        return at(sorted, lower, nans) * (1 - weight) + at(sorted, upper, nans) * weight;
    }

    private static double at(double[] sorted, int i, int nans) {
        return i < nans ? Double.NaN : sorted[i - nans];
    }

    /** Slope and intercept at a time of the line that is nearest to the samples. */
    static double[] line(Window w, long interceptTime) {
        Sums x = new Sums();
        Sums y = new Sums();
        Sums xy = new Sums();
        Sums xx = new Sums();
        boolean constant = true;
        double first = w.values[w.from];
        for (int i = w.from; i < w.to; i++) {
            constant &= w.values[i] == first;
            double seconds = (w.times[i] - interceptTime) / 1e3;
            x.add(seconds);
            y.add(w.values[i]);
            xy.add(seconds * w.values[i]);
            xx.add(seconds * seconds);
        }
        if (constant) {
            return Double.isInfinite(first) ? new double[] {Double.NaN, Double.NaN} : new double[] {0, first};
        }
        double n = w.size();
        double sumX = x.sum + x.rest;
        double sumY = y.sum + y.rest;
        double covariance = xy.sum + xy.rest - sumX * sumY / n;
        double variance = xx.sum + xx.rest - sumX * sumX / n;
        double slope = covariance / variance;
        return new double[] {slope, sumY / n - slope * sumX / n};
    }
}
