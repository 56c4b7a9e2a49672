package io.promgres.promql.engine;

import io.promgres.promql.data.CounterReset;
import io.promgres.promql.data.FloatHistogram;
import io.promgres.promql.data.FloatHistogram.Hint;
import io.promgres.promql.data.HistogramArithmetic;
import io.promgres.promql.data.HistogramArithmetic.IncompatibleException;
import io.promgres.promql.syntax.Expr.Extension;

/** Functions of samples that follow one another, floats and histograms mixed: resets, changes, irate, idelta. */
final class Changes {

    private Changes() {}

    /** A place in the sequence of both kinds of samples. */
    private static final class Cursor {

        private final Window window;
        private int f;
        private int h;
        private double value;
        private FloatHistogram histogram;
        private long time;
        private long startTime;

        Cursor(Window window, int f, int h) {
            this.window = window;
            this.f = f;
            this.h = h;
        }

        boolean next() {
            if (f >= window.floats() && h >= window.histograms()) {
                return false;
            }
            if (h >= window.histograms() || f < window.floats() && window.floatTime(f) < window.histogramTime(h)) {
                histogram = null;
                value = window.value(f);
                time = window.floatTime(f);
                startTime = window.floatStartTime(f++);
            } else {
                histogram = window.histogram(h);
                time = window.histogramTime(h);
                startTime = window.histogramStartTime(h++);
            }
            return true;
        }
    }

    private interface Event {

        boolean between(Cursor current, double value, FloatHistogram histogram, long time, long startTime);
    }

    static void resets(Window window) {
        count(window, (current, value, histogram, time, startTime) -> {
            if ((histogram == null) != (current.histogram == null)) {
                return true;
            }
            if (StartTimes.isReset(startTime, time, current.startTime, current.time)) {
                return true;
            }
            return histogram == null ? current.value < value : CounterReset.between(histogram, current.histogram);
        });
    }

    static void changes(Window window) {
        count(window, (current, value, histogram, time, startTime) -> {
            if ((histogram == null) != (current.histogram == null)) {
                return true;
            }
            return histogram == null
                    ? current.value != value && !(Double.isNaN(current.value) && Double.isNaN(value))
                    : !current.histogram.sameAs(histogram);
        });
    }

    private static void count(Window window, Event event) {
        Cursor cursor = first(window);
        if (cursor == null || !cursor.next()) {
            return;
        }
        int events = 0;
        double value = cursor.value;
        FloatHistogram histogram = cursor.histogram;
        long time = cursor.time;
        long startTime = cursor.startTime;
        while (cursor.next()) {
            events += event.between(cursor, value, histogram, time, startTime) ? 1 : 0;
            value = cursor.value;
            histogram = cursor.histogram;
            time = cursor.time;
            startTime = cursor.startTime;
        }
        window.give(events);
    }

    /** At the first sample; in an anchored range, at the last one at or before its start. Null if nothing is in the range. */
    private static Cursor first(Window window) {
        if (window.extension != Extension.ANCHORED) {
            return new Cursor(window, 0, 0);
        }
        int f = -1;
        while (f + 1 < window.floats() && window.floatTime(f + 1) <= window.start) {
            f++;
        }
        int h = -1;
        while (h + 1 < window.histograms() && window.histogramTime(h + 1) <= window.start) {
            h++;
        }
        if (f + 1 >= window.floats() && h + 1 >= window.histograms()) {
            return null;
        }
        if (f < 0 && h < 0) {
            return new Cursor(window, 0, 0);
        }
        boolean floatIsLast = h < 0 || f >= 0 && window.floatTime(f) >= window.histogramTime(h);
        return floatIsLast ? new Cursor(window, f, h + 1) : new Cursor(window, f + 1, h);
    }

    /** irate and idelta: of the last two samples. */
    static void instant(Window window, boolean rate) {
        int skip = window.floats() + window.histograms() - 2;
        if (skip < 0) {
            return;
        }
        Cursor cursor = new Cursor(window, 0, 0);
        for (int i = 0; i <= skip; i++) {
            cursor.next();
        }
        double value = cursor.value;
        FloatHistogram histogram = cursor.histogram;
        long time = cursor.time;
        long startTime = cursor.startTime;
        cursor.next();
        long interval = cursor.time - time;
        if (interval == 0) {
            return;
        }
        boolean reset = rate && StartTimes.isReset(startTime, time, cursor.startTime, cursor.time);
        if ((histogram == null) != (cursor.histogram == null)) {
            window.annotations.mixedFloatsAndHistograms(window.metric(), window.position);
        } else if (histogram == null) {
            boolean anew = reset || rate && cursor.value < value;
            double change = anew ? cursor.value : cursor.value - value;
            window.give(rate ? change / (interval / 1000.0) : change);
        } else {
            instant(window, histogram, cursor.histogram, interval, rate, reset);
        }
    }

    private static void instant(
            Window window, FloatHistogram first, FloatHistogram second, long interval, boolean rate, boolean reset) {
        boolean gauges = first.hint == Hint.GAUGE || second.hint == Hint.GAUGE;
        boolean onlyGauges = first.hint == Hint.GAUGE && second.hint == Hint.GAUGE;
        if (rate && gauges) {
            window.annotations.notCounter(window.metric(), window.position);
        }
        if (!rate && !onlyGauges) {
            window.annotations.notGauge(window.metric(), window.position);
        }
        FloatHistogram change = second.copy();
        try {
            if (!(rate && (reset || CounterReset.between(first, second)))
                    && HistogramArithmetic.subtract(change, first).reconciled()) {
                window.annotations.reconciled("subtraction", window.position);
            }
        } catch (IncompatibleException e) {
            window.annotations.mixedSchemas(window.metric(), window.position);
            return;
        }
        change.hint = Hint.GAUGE;
        change.compact();
        window.give(rate ? change.divide(interval / 1000.0) : change);
    }
}
