package io.promgres.promql.engine;

import io.promgres.promql.data.CounterReset;
import io.promgres.promql.data.FloatHistogram;
import io.promgres.promql.data.FloatHistogram.Hint;
import io.promgres.promql.data.HistogramArithmetic;
import io.promgres.promql.data.HistogramArithmetic.IncompatibleException;
import io.promgres.promql.syntax.Expr.Extension;

/** Rates of anchored and smoothed ranges: from the value at the start of the range to the one at its end. */
final class ExtendedRates {

    private ExtendedRates() {}

    static void rate(Window window, boolean counter, boolean perSecond) {
        if (window.histograms() > 0) {
            histograms(window, counter, perSecond);
        } else if (window.floats() > 0) {
            floats(window, counter, perSecond);
        }
    }

    private static void floats(Window window, boolean counter, boolean perSecond) {
        long[] times = window.samples.floatTimes;
        double[] values = window.samples.floats;
        boolean smoothed = window.extension == Extension.SMOOTHED;
        RateWindow range = RateWindow.of(times, window.floatStart, window.floatEnd, window.start, window.end, smoothed);
        if (range == null) {
            return;
        }
        double left = range.left(times, values, window.start, smoothed, counter);
        double right = range.last() > window.floatStart
                ? range.right(times, values, window.end, smoothed, counter)
                : values[range.last()];
        double growth = right - left;
        if (counter) {
            int first = range.first() + (times[range.first()] <= window.start ? 1 : 0);
            int last = range.last() - (times[range.last()] >= window.end ? 1 : 0);
            double before = left;
            for (int i = first; i <= last; i++) {
                growth += values[i] < before ? before : 0;
                before = values[i];
            }
            growth += right < before ? before : 0;
        }
        window.give(perSecond ? growth / (window.range / 1000.0) : growth);
    }

    private static void histograms(Window window, boolean counter, boolean perSecond) {
        boolean smoothed = window.extension == Extension.SMOOTHED;
        RateWindow range = RateWindow.of(
                window.samples.histogramTimes,
                window.histogramStart,
                window.histogramEnd,
                window.start,
                window.end,
                smoothed);
        if (range == null) {
            return;
        }
        try {
            check(window, range, counter);
            FloatHistogram left = left(window, range, smoothed, counter);
            FloatHistogram right = right(window, range, smoothed, counter);
            if (!counter && (left.hint != Hint.GAUGE || right.hint != Hint.GAUGE)) {
                window.annotations.notGauge(window.metric(), window.position);
            }
            FloatHistogram growth = right.copy();
            if (HistogramArithmetic.subtract(growth, left).reconciled()) {
                window.annotations.reconciled("subtraction", window.position);
            }
            if (counter) {
                FloatHistogram correction = correction(window, range, left, right, smoothed);
                if (correction != null) {
                    add(window, growth, correction);
                }
            }
            if (perSecond) {
                growth.divide(window.range / 1000.0);
            }
            growth.hint = Hint.GAUGE;
            window.give(growth.compact());
        } catch (IncompatibleException e) {
            window.annotations.mixedSchemas(window.metric(), window.position);
        }
    }

    private static void check(Window window, RateWindow range, boolean counter) throws IncompatibleException {
        FloatHistogram[] all = window.samples.histograms;
        for (int i = range.first(); i <= range.last(); i++) {
            if (all[i].isCustom() != all[range.first()].isCustom()) {
                throw new IncompatibleException();
            }
            if (counter && all[i].hint == Hint.GAUGE) {
                window.annotations.notCounter(window.metric(), window.position);
            }
        }
    }

    private static FloatHistogram left(Window window, RateWindow range, boolean smoothed, boolean counter)
            throws IncompatibleException {
        int first = range.first();
        return smoothed && window.samples.histogramTimes[first] < window.start
                ? between(window, first, window.start, counter)
                : window.samples.histograms[first].copy();
    }

    private static FloatHistogram right(Window window, RateWindow range, boolean smoothed, boolean counter)
            throws IncompatibleException {
        int last = range.last();
        return smoothed && last > window.histogramStart && window.samples.histogramTimes[last] > window.end
                ? between(window, last - 1, window.end, counter)
                : window.samples.histograms[last].copy();
    }

    private static FloatHistogram between(Window window, int i, long time, boolean counter)
            throws IncompatibleException {
        Samples samples = window.samples;
        return Interpolation.at(
                time,
                samples.histogramTimes[i],
                samples.histograms[i],
                samples.histogramTimes[i + 1],
                samples.histograms[i + 1],
                counter,
                window.annotations,
                window.position);
    }

    /** What was lost at resets within the range; null if there was none. */
    private static FloatHistogram correction(
            Window window, RateWindow range, FloatHistogram left, FloatHistogram right, boolean smoothed)
            throws IncompatibleException {
        FloatHistogram[] all = window.samples.histograms;
        int first = range.first() + 1;
        FloatHistogram previous = left;
        if (smoothed
                && window.samples.histogramTimes[range.first()] < window.start
                && CounterReset.between(all[range.first()], all[range.first() + 1])) {
            previous = all[range.first() + 1];
            first++;
        }
        int last = range.last() - 1;
        if (first > last + 1) {
            return null;
        }
        FloatHistogram correction = null;
        for (int i = first; i <= last; i++) {
            if (CounterReset.between(previous, all[i])) {
                correction = plus(window, correction, previous);
            }
            previous = all[i];
        }
        return CounterReset.between(previous, right) ? plus(window, correction, previous) : correction;
    }

    private static FloatHistogram plus(Window window, FloatHistogram sum, FloatHistogram more)
            throws IncompatibleException {
        if (sum == null) {
            return more.copy();
        }
        add(window, sum, more);
        return sum;
    }

    private static void add(Window window, FloatHistogram to, FloatHistogram more) throws IncompatibleException {
        if (HistogramArithmetic.add(to, more).reconciled()) {
            window.annotations.reconciled("addition", window.position);
        }
    }
}
