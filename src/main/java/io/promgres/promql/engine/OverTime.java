package io.promgres.promql.engine;

import io.promgres.promql.data.HistogramArithmetic.IncompatibleException;
import io.promgres.promql.data.Kahan;
import io.promgres.promql.data.QueryException;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/** Aggregations of the samples of a range. */
final class OverTime {

    private OverTime() {}

    static void sum(Window window) {
        if (isMixed(window)) {
            return;
        }
        if (window.floats() == 0) {
            histograms(window, false);
            return;
        }
        Kahan sum = new Kahan();
        for (int i = 0; i < window.floats(); i++) {
            sum.add(window.value(i));
        }
        window.give(sum.total());
    }

    static void average(Window window) {
        if (isMixed(window)) {
            return;
        }
        if (window.floats() == 0) {
            histograms(window, true);
            return;
        }
        FloatMean mean = new FloatMean(window.value(0));
        for (int i = 1; i < window.floats(); i++) {
            mean.add(window.value(i));
        }
        window.give(mean.value());
    }

    private static boolean isMixed(Window window) {
        boolean mixed = window.floats() > 0 && window.histograms() > 0;
        if (mixed) {
            window.annotations.mixedFloatsAndHistograms(window.metric(), window.position);
        }
        return mixed;
    }

    private static void histograms(Window window, boolean mean) {
        try {
            HistogramSum sum = new HistogramSum(window.histogram(0), mean);
            for (int i = 1; i < window.histograms(); i++) {
                sum.add(window.histogram(i));
            }
            window.give(sum.value());
            sum.annotate(window.annotations, window.position);
        } catch (IncompatibleException e) {
            window.annotations.mixedSchemas(window.metric(), window.position);
        }
    }

    static void count(Window window) {
        window.give(window.floats() + window.histograms());
    }

    static void present(Window window) {
        window.give(1);
    }

    static void first(Window window) {
        boolean isFloat =
                window.histograms() == 0 || window.floats() > 0 && window.floatTime(0) < window.histogramTime(0);
        if (isFloat) {
            window.give(window.value(0));
        } else {
            window.give(window.histogram(0).copy());
        }
    }

    static void last(Window window) {
        int f = window.floats() - 1;
        int h = window.histograms() - 1;
        if (h < 0 || f >= 0 && window.histogramTime(h) < window.floatTime(f)) {
            window.give(window.value(f));
        } else {
            window.give(window.histogram(h).copy());
        }
    }

    static void timeOfFirst(Window window) {
        long f = window.floats() > 0 ? window.floatTime(0) : Long.MAX_VALUE;
        long h = window.histograms() > 0 ? window.histogramTime(0) : Long.MAX_VALUE;
        window.give(Math.min(f, h) / 1000.0);
    }

    static void timeOfLast(Window window) {
        long f = window.floats() > 0 ? window.floatTime(window.floats() - 1) : 0;
        long h = window.histograms() > 0 ? window.histogramTime(window.histograms() - 1) : 0;
        window.give(Math.max(f, h) / 1000.0);
    }

    /** Whether there are floats; histograms beside them are left out, which an info says. */
    private static boolean onlyFloats(Window window) {
        if (window.floats() > 0 && window.histograms() > 0) {
            window.annotations.ignoredInRange(window.metric(), window.position);
        }
        return window.floats() > 0;
    }

    /** @param sign 1 for the greatest, -1 for the least */
    static void extreme(Window window, int sign) {
        if (onlyFloats(window)) {
            double extreme = window.value(0);
            for (int i = 1; i < window.floats(); i++) {
                double value = window.value(i);
                if (sign * value > sign * extreme || Double.isNaN(extreme)) {
                    extreme = value;
                }
            }
            window.give(extreme);
        }
    }

    /** When it was: the last time, if several values are the same. */
    static void timeOfExtreme(Window window, int sign) {
        if (onlyFloats(window)) {
            int at = 0;
            for (int i = 0; i < window.floats(); i++) {
                if (sign * window.value(i) >= sign * window.value(at) || Double.isNaN(window.value(at))) {
                    at = i;
                }
            }
            window.give(window.floatTime(at) / 1000.0);
        }
    }

    static void quantile(Window window) {
        double q = window.scalars[0];
        if (window.floats() == 0) {
            return;
        }
        if (Double.isNaN(q) || q < 0 || q > 1) {
            window.annotations.invalidQuantile(q, window.position);
        }
        onlyFloats(window);
        window.give(Quantiles.of(q, values(window)));
    }

    private static double[] values(Window window) {
        return Arrays.copyOfRange(window.samples.floats, window.floatStart, window.floatEnd);
    }

    /** The median of the distances from the median. */
    static void medianDeviation(Window window) {
        if (!onlyFloats(window)) {
            return;
        }
        double[] values = values(window);
        if (Arrays.stream(values).anyMatch(Double::isNaN)) {
            window.give(Double.NaN);
            return;
        }
        double median = Quantiles.of(0.5, values);
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.abs(values[i] - median);
        }
        window.give(Quantiles.of(0.5, values));
    }

    static void variance(Window window, DoubleUnaryOperator result) {
        if (!onlyFloats(window)) {
            return;
        }
        Kahan mean = new Kahan();
        Kahan squares = new Kahan();
        for (int i = 0; i < window.floats(); i++) {
            double delta = window.value(i) - (mean.sum + mean.compensation);
            mean.add(delta / (i + 1));
            squares.add(delta * (window.value(i) - (mean.sum + mean.compensation)));
        }
        window.give(result.applyAsDouble((squares.sum + squares.compensation) / window.floats()));
    }

    static void derivative(Window window) {
        if (enoughForALine(window)) {
            window.give(Regression.of(window, window.floatTime(0)).slope());
        }
    }

    static void predict(Window window) {
        if (enoughForALine(window)) {
            Regression line = Regression.of(window, window.time);
            window.give(line.slope() * window.scalars[0] + line.intercept());
        }
    }

    private static boolean enoughForALine(Window window) {
        onlyFloats(window);
        return window.floats() >= 2;
    }

    static void smooth(Window window) {
        double smoothing = window.scalars[0];
        double trend = window.scalars[1];
        if (smoothing <= 0 || smoothing >= 1) {
            throw QueryException.execution(
                    String.format("invalid smoothing factor. Expected: 0 < sf < 1, got: %f", smoothing));
        }
        if (trend <= 0 || trend >= 1) {
            throw QueryException.execution(String.format("invalid trend factor. Expected: 0 < tf < 1, got: %f", trend));
        }
        if (!enoughForALine(window)) {
            return;
        }
        double before = 0;
        double level = window.value(0);
        double slope = window.value(1) - window.value(0);
        for (int i = 1; i < window.floats(); i++) {
            if (i > 1) {
                slope = trend * (level - before) + (1 - trend) * slope;
            }
            double next = smoothing * window.value(i) + (1 - smoothing) * (level + slope);
            before = level;
            level = next;
        }
        window.give(level);
    }

    /** The line through samples by least squares; the intercept is at a time, the slope per second. */
    private record Regression(double slope, double intercept) {

        static Regression of(Window window, long interceptTime) {
            int n = window.floats();
            Kahan x = new Kahan();
            Kahan y = new Kahan();
            Kahan xy = new Kahan();
            Kahan xx = new Kahan();
            boolean constant = true;
            for (int i = 0; i < n; i++) {
                double value = window.value(i);
                double seconds = (window.floatTime(i) - interceptTime) / 1e3;
                constant &= value == window.value(0);
                x.add(seconds);
                y.add(value);
                xy.add(seconds * value);
                xx.add(seconds * seconds);
            }
            if (constant) {
                double value = window.value(0);
                return Double.isInfinite(value) ? new Regression(Double.NaN, Double.NaN) : new Regression(0, value);
            }
            double sumX = x.sum + x.compensation;
            double sumY = y.sum + y.compensation;
            double covariance = xy.sum + xy.compensation - sumX * sumY / n;
            double variance = xx.sum + xx.compensation - sumX * sumX / n;
            double slope = covariance / variance;
            return new Regression(slope, sumY / n - slope * sumX / n);
        }
    }
}
