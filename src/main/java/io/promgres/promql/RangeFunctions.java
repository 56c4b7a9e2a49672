package io.promgres.promql;

import java.util.Arrays;
import java.util.Map;

/** Functions of the samples in a range. */
final class RangeFunctions {

    /** What makes a value of samples; {@link Series#ABSENT} for none. */
    @FunctionalInterface
    interface Fold {
        /**
         * @param window not empty
         * @param args the scalar arguments at this time
         */
        double of(Window window, double[] args);
    }

    private static final double MILLIS = 1000;
    private static final double FAR = 1.1;

    private static final Map<String, Fold> ALL = Map.ofEntries(
            Map.entry("rate", (w, a) -> extrapolated(w, true, true)),
            Map.entry("increase", (w, a) -> extrapolated(w, true, false)),
            Map.entry("delta", (w, a) -> extrapolated(w, false, false)),
            Map.entry("irate", (w, a) -> instant(w, true)),
            Map.entry("idelta", (w, a) -> instant(w, false)),
            Map.entry("avg_over_time", (w, a) -> Sums.mean(w.values, w.from, w.to)),
            Map.entry("sum_over_time", (w, a) -> Sums.sum(w.values, w.from, w.to)),
            Map.entry("count_over_time", (w, a) -> w.size()),
            Map.entry("present_over_time", (w, a) -> 1),
            Map.entry("last_over_time", (w, a) -> w.last()),
            Map.entry("first_over_time", (w, a) -> w.values[w.from]),
            Map.entry("max_over_time", (w, a) -> w.values[extreme(w, true)]),
            Map.entry("min_over_time", (w, a) -> w.values[extreme(w, false)]),
            Map.entry("ts_of_max_over_time", (w, a) -> w.times[lastExtreme(w, true)] / MILLIS),
            Map.entry("ts_of_min_over_time", (w, a) -> w.times[lastExtreme(w, false)] / MILLIS),
            Map.entry("ts_of_first_over_time", (w, a) -> w.times[w.from] / MILLIS),
            Map.entry("ts_of_last_over_time", (w, a) -> w.times[w.to - 1] / MILLIS),
            Map.entry("stdvar_over_time", (w, a) -> Sums.variance(w.values, w.from, w.to)),
            Map.entry("stddev_over_time", (w, a) -> Math.sqrt(Sums.variance(w.values, w.from, w.to))),
            Map.entry("quantile_over_time", (w, a) -> Sums.quantile(a[0], Arrays.copyOfRange(w.values, w.from, w.to))),
            Map.entry("mad_over_time", (w, a) -> deviation(w)),
            Map.entry("changes", (w, a) -> changes(w)),
            Map.entry("resets", (w, a) -> resets(w)),
            Map.entry("deriv", (w, a) -> w.size() < 2 ? Series.ABSENT : Sums.line(w, w.times[w.from])[0]),
            Map.entry("predict_linear", RangeFunctions::predict),
            Map.entry("double_exponential_smoothing", RangeFunctions::smoothed));

    private RangeFunctions() {}

    /** Null if the function is none of these. */
    static Fold named(String name) {
        return ALL.get(name);
    }

    /** Whether the result keeps the metric's name. */
    static boolean keepsName(String name) {
        return name.equals("last_over_time") || name.equals("first_over_time");
    }

    private static double extrapolated(Window w, boolean counter, boolean rate) {
        if (w.size() < 2) {
            return Series.ABSENT;
        }
        double first = w.values[w.from];
        double result = w.last() - first;
        if (counter) {
            double former = first;
            for (int i = w.from + 1; i < w.to; i++) {
                double value = w.values[i];
                if (value < former) {
                    result += former;
                }
                former = value;
            }
        }
        double toStart = (w.times[w.from] - (w.end - w.range)) / MILLIS;
        double toEnd = (w.end - w.times[w.to - 1]) / MILLIS;
        double sampled = (w.times[w.to - 1] - w.times[w.from]) / MILLIS;
        double average = sampled / (w.size() - 1);
        double threshold = average * FAR;
        if (toStart >= threshold) {
            toStart = average / 2;
        }
        if (counter) {
            double toZero = result > 0 && first >= 0 ? sampled * (first / result) : toStart;
            toStart = Math.min(toStart, toZero);
        }
        double extrapolated = sampled + toStart + (toEnd >= threshold ? average / 2 : toEnd);
        double factor = extrapolated / sampled;
        return result * (rate ? factor / (w.range / MILLIS) : factor);
    }

    private static double instant(Window w, boolean rate) {
        if (w.size() < 2) {
            return Series.ABSENT;
        }
        double last = w.last();
        double former = w.values[w.to - 2];
        long interval = w.times[w.to - 1] - w.times[w.to - 2];
        double difference = rate && last < former ? last : last - former;
        return rate ? difference / (interval / MILLIS) : difference;
    }

    private static int extreme(Window w, boolean greatest) {
        int found = w.from;
        for (int i = w.from; i < w.to; i++) {
            double best = w.values[found];
            if (greatest ? w.values[i] > best : w.values[i] < best || Double.isNaN(best)) {
                found = i;
            } else if (Double.isNaN(best)) {
                found = i;
            }
        }
        return found;
    }

    private static int lastExtreme(Window w, boolean greatest) {
        int found = w.from;
        for (int i = w.from; i < w.to; i++) {
            double best = w.values[found];
            if ((greatest ? w.values[i] >= best : w.values[i] <= best) || Double.isNaN(best)) {
                found = i;
            }
        }
        return found;
    }

    private static double deviation(Window w) {
        double[] values = Arrays.copyOfRange(w.values, w.from, w.to);
        double median = Sums.quantile(0.5, values);
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.abs(values[i] - median);
        }
        return Sums.quantile(0.5, values);
    }

    private static double changes(Window w) {
        int changes = 0;
        for (int i = w.from + 1; i < w.to; i++) {
            double value = w.values[i];
            double former = w.values[i - 1];
            if (value != former && !(Double.isNaN(value) && Double.isNaN(former))) {
                changes++;
            }
        }
        return changes;
    }

    private static double resets(Window w) {
        int resets = 0;
        for (int i = w.from + 1; i < w.to; i++) {
            if (w.values[i] < w.values[i - 1]) {
                resets++;
            }
        }
        return resets;
    }

    private static double predict(Window w, double[] args) {
        if (w.size() < 2) {
            return Series.ABSENT;
        }
        double[] line = Sums.line(w, w.now);
        return line[0] * args[0] + line[1];
    }

    private static double smoothed(Window w, double[] args) {
        if (w.size() < 2) {
            return Series.ABSENT;
        }
        double smoothing = args[0];
        double trendFactor = args[1];
        double former = 0;
        double level = w.values[w.from];
        double trend = w.values[w.from + 1] - level;
        for (int i = 1; i < w.size(); i++) {
            if (i > 1) {
                trend = trendFactor * (level - former) + (1 - trendFactor) * trend;
            }
            double next = smoothing * w.values[w.from + i] + (1 - smoothing) * (level + trend);
            former = level;
            level = next;
        }
        return level;
    }
}
