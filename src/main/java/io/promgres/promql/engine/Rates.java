package io.promgres.promql.engine;

import io.promgres.promql.data.CounterReset;
import io.promgres.promql.data.FloatHistogram;
import io.promgres.promql.data.FloatHistogram.Hint;
import io.promgres.promql.data.HistogramArithmetic;
import io.promgres.promql.data.HistogramArithmetic.IncompatibleException;
import io.promgres.promql.syntax.Expr.Extension;

/** rate, increase and delta: growth over a range, extended to its ends, as Prometheus extrapolates. */
final class Rates {

    private Rates() {}

    /**
     * @param counter whether a decrease is a restart from 0
     * @param perSecond whether the growth is divided by the length of the range
     */
    static void rate(Window window, boolean counter, boolean perSecond) {
        if (window.floats() > 0 && window.histograms() > 0) {
            window.annotations.mixedFloatsAndHistograms(window.metric(), window.position);
        } else if (window.extension != Extension.NONE) {
            ExtendedRates.rate(window, counter, perSecond);
        } else if (window.histograms() > 0) {
            histogramRate(window, counter, perSecond);
        } else {
            floatRate(window, counter, perSecond);
        }
    }

    private static void floatRate(Window window, boolean counter, boolean perSecond) {
        int last = window.floats() - 1;
        double growth = window.value(last) - window.value(0);
        if (counter) {
            growth += lostAtResets(window);
        }
        long first = window.floatTime(0);
        long firstStart = window.floatStartTime(0);
        boolean started = counter && firstStart != 0 && firstStart > window.start && firstStart < first;
        if (started) {
            growth += window.value(0);
        } else if (last == 0) {
            return;
        }
        double zeroShare = counter && growth > 0 && window.value(0) >= 0 ? window.value(0) / growth : Double.NaN;
        double factor =
                factor(window, first, window.floatTime(last), last, started ? firstStart : 0, counter, zeroShare);
        window.give(growth * (perSecond ? factor / (window.range / 1000.0) : factor));
    }

    private static double lostAtResets(Window window) {
        return window.hasFloatStarts() ? lostAtStarts(window) : lostAtFalls(window);
    }

    private static double lostAtFalls(Window window) {
        double[] values = window.samples.floats;
        double lost = 0;
        double before = values[window.floatStart];
        for (int i = window.floatStart + 1; i < window.floatEnd; i++) {
            double value = values[i];
            if (value < before) {
                lost += before;
            }
            before = value;
        }
        return lost;
    }

    private static double lostAtStarts(Window window) {
        double lost = 0;
        boolean overlapped = false;
        for (int i = 1; i < window.floats(); i++) {
            double before = window.value(i - 1);
            long previousStart = window.floatStartTime(i - 1);
            long start = window.floatStartTime(i);
            long previous = window.floatTime(i - 1);
            if (!overlapped && StartTimes.overlap(previousStart, previous, start)) {
                window.annotations.overlappingStarts(window.metric(), window.position);
                overlapped = true;
            }
            if (window.value(i) < before || StartTimes.isReset(previousStart, previous, start, window.floatTime(i))) {
                lost += before;
            }
        }
        return lost;
    }

    /**
     * By how much the growth between the samples is to be multiplied for the whole range.
     *
     * @param intervals between the samples
     * @param started when the counter began within the range; 0 if it did not
     * @param zeroShare the first value as a part of the growth; NaN if a counter does not tell when it was 0
     */
    private static double factor(
            Window window, long first, long last, int intervals, long started, boolean counter, double zeroShare) {
        double toStart = (first - window.start) / 1000.0;
        double toEnd = (window.end - last) / 1000.0;
        double sampled = (last - first) / 1000.0;
        double average = intervals > 0 ? sampled / intervals : 0;
        double threshold = average * 1.1;
        if (started != 0) {
            toStart = 0;
            sampled = (last - started) / 1000.0;
        } else {
            if (toStart >= threshold) {
                toStart = average / 2;
            }
            if (counter && sampled * zeroShare < toStart) {
                toStart = sampled * zeroShare;
            }
        }
        if (toEnd >= threshold) {
            toEnd = average / 2;
        }
        return sampled == 0 ? 1 : (sampled + toStart + toEnd) / sampled;
    }

    private static void histogramRate(Window window, boolean counter, boolean perSecond) {
        int last = window.histograms() - 1;
        try {
            FloatHistogram growth = last > 0 ? growth(window, counter) : null;
            long first = window.histogramTime(0);
            long firstStart = window.histogramStartTime(0);
            boolean started = counter && firstStart != 0 && firstStart > window.start && firstStart < first;
            if (started) {
                if (growth == null) {
                    growth = window.histogram(0).copy();
                } else if (HistogramArithmetic.add(growth, window.histogram(0)).reconciled()) {
                    window.annotations.reconciled("addition", window.position);
                }
            } else if (last == 0) {
                return;
            }
            double count = window.histogram(0).count;
            double zeroShare = counter && growth.count > 0 && count >= 0 ? count / growth.count : Double.NaN;
            double factor = factor(
                    window, first, window.histogramTime(last), last, started ? firstStart : 0, counter, zeroShare);
            window.give(growth.multiply(perSecond ? factor / (window.range / 1000.0) : factor));
        } catch (IncompatibleException e) {
            window.annotations.mixedSchemas(window.metric(), window.position);
        }
    }

    private static FloatHistogram growth(Window window, boolean counter) throws IncompatibleException {
        int n = window.histograms();
        FloatHistogram first = window.histogram(0);
        FloatHistogram last = window.histogram(n - 1);
        checkHints(window, counter);
        FloatHistogram base = first;
        if (counter && isReset(window, 1)) {
            base = new FloatHistogram();
            base.schema = window.histogram(1).schema;
            base.bounds = window.histogram(1).bounds;
        }
        int schema = Math.min(last.schema, base.schema);
        if (last.isCustom() != base.isCustom()) {
            throw incompatible();
        }
        for (int i = 1; counter && i < n - 1; i++) {
            schema = Math.min(schema, window.histogram(i).schema);
            if (window.histogram(i).isCustom() != base.isCustom()) {
                throw incompatible();
            }
        }
        FloatHistogram growth = last.copyToSchema(schema);
        if (HistogramArithmetic.subtract(growth, base).reconciled()) {
            window.annotations.reconciled("subtraction", window.position);
        }
        if (counter) {
            addResets(window, base, growth);
        }
        growth.hint = Hint.GAUGE;
        return growth.compact();
    }

    private static void checkHints(Window window, boolean counter) {
        int n = window.histograms();
        boolean firstIsGauge = window.histogram(0).hint == Hint.GAUGE;
        boolean lastIsGauge = window.histogram(n - 1).hint == Hint.GAUGE;
        if (!counter) {
            if (!firstIsGauge || !lastIsGauge) {
                window.annotations.notGauge(window.metric(), window.position);
            }
            return;
        }
        boolean anyGauge = firstIsGauge || lastIsGauge;
        for (int i = 1; i < n - 1; i++) {
            anyGauge |= window.histogram(i).hint == Hint.GAUGE;
        }
        if (anyGauge) {
            window.annotations.notCounter(window.metric(), window.position);
        }
    }

    private static void addResets(Window window, FloatHistogram base, FloatHistogram growth)
            throws IncompatibleException {
        FloatHistogram previous = base;
        boolean overlapped = false;
        for (int i = 1; i < window.histograms(); i++) {
            long previousStart = window.histogramStartTime(i - 1);
            long start = window.histogramStartTime(i);
            if (!overlapped && StartTimes.overlap(previousStart, window.histogramTime(i - 1), start)) {
                window.annotations.overlappingStarts(window.metric(), window.position);
                overlapped = true;
            }
            FloatHistogram current = window.histogram(i);
            boolean byTime =
                    StartTimes.isReset(previousStart, window.histogramTime(i - 1), start, window.histogramTime(i));
            if ((byTime || CounterReset.between(previous, current))
                    && HistogramArithmetic.add(growth, previous).reconciled()) {
                window.annotations.reconciled("addition", window.position);
            }
            previous = current;
        }
    }

    private static boolean isReset(Window window, int i) {
        return StartTimes.isReset(
                        window.histogramStartTime(i - 1),
                        window.histogramTime(i - 1),
                        window.histogramStartTime(i),
                        window.histogramTime(i))
                || CounterReset.between(window.histogram(i - 1), window.histogram(i));
    }

    private static IncompatibleException incompatible() {
        return new IncompatibleException();
    }
}
