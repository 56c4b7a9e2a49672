package io.promgres.promql.engine;

import io.promgres.promql.data.FloatHistogram;
import io.promgres.promql.data.FloatHistogram.Hint;
import io.promgres.promql.data.HistogramArithmetic.IncompatibleException;
import io.promgres.promql.data.QueryException;
import io.promgres.promql.data.SampleSeries;
import io.promgres.promql.syntax.Expr.Extension;
import io.promgres.promql.syntax.Expr.MatrixSelector;
import io.promgres.promql.syntax.Expr.VectorSelector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Selectors with the modifiers smoothed and anchored, where no function is applied to them. */
final class Smoothing {

    private final Execution execution;
    private final Grid grid;
    private final Selectors selectors;

    Smoothing(Execution execution, Grid grid, Selectors selectors) {
        this.execution = execution;
        this.grid = grid;
        this.selectors = selectors;
    }

    /** At each step the value on the line between the sample before and the one after, as far as the lookback. */
    List<StepSeries> instant(VectorSelector selector) {
        List<StepSeries> result = new ArrayList<>();
        for (SampleSeries series : selectors.select(selector, "")) {
            Samples samples = Samples.of(series);
            StepSeries steps = new StepSeries(series.labels(), grid.steps());
            for (int i = 0; i < grid.steps(); i++) {
                step(samples, selector, steps, i);
            }
            if (!steps.isEmpty()) {
                result.add(steps);
            }
        }
        return result;
    }

    private void step(Samples samples, VectorSelector selector, StepSeries steps, int step) {
        long time = selectors.reference(selector.time(), step);
        long after = time - execution.options.lookback();
        long to = time + execution.options.lookback();
        int f = first(samples.floatTimes, after);
        int fEnd = first(samples.floatTimes, to);
        int h = first(samples.histogramTimes, after);
        int hEnd = first(samples.histogramTimes, to);
        if (f < fEnd && h < hEnd) {
            execution.annotations.mixedFloatsAndHistograms(samples.labels.metricName(), selector.position());
        } else if (f < fEnd) {
            floats(samples, steps, step, time, f, fEnd);
        } else if (h < hEnd) {
            histograms(samples, selector, steps, step, time, h, hEnd);
        }
    }

    /** The first index whose time is after a time. */
    private static int first(long[] times, long after) {
        int found = Arrays.binarySearch(times, after);
        return found >= 0 ? found + 1 : -found - 1;
    }

    private static void floats(Samples samples, StepSeries steps, int step, long time, int from, int end) {
        int i = from;
        while (i < end && samples.floatTimes[i] < time) {
            i++;
        }
        if (i < end && samples.floatTimes[i] == time) {
            steps.set(step, samples.floats[i]);
        } else if (i > from && i < end) {
            steps.set(
                    step,
                    Interpolation.at(
                            time,
                            samples.floatTimes[i - 1],
                            samples.floats[i - 1],
                            samples.floatTimes[i],
                            samples.floats[i],
                            false));
        } else if (i > from) {
            steps.set(step, samples.floats[i - 1]);
        }
    }

    private void histograms(
            Samples samples, VectorSelector selector, StepSeries steps, int step, long time, int from, int end) {
        int i = from;
        while (i < end && samples.histogramTimes[i] < time) {
            i++;
        }
        if (i < end && samples.histogramTimes[i] == time) {
            steps.set(step, samples.histograms[i].copy());
        } else if (i > from && i < end) {
            between(samples, selector, steps, step, time, i);
        } else if (i > from) {
            FloatHistogram last = samples.histograms[i - 1].copy();
            last.hint = Hint.UNKNOWN;
            steps.set(step, last);
        }
    }

    private void between(Samples samples, VectorSelector selector, StepSeries steps, int step, long time, int next) {
        FloatHistogram before = samples.histograms[next - 1];
        FloatHistogram after = samples.histograms[next];
        boolean counter = before.hint != Hint.GAUGE || after.hint != Hint.GAUGE;
        try {
            if (before.isCustom() != after.isCustom()) {
                execution.annotations.mixedSchemas(samples.labels.metricName(), selector.position());
                return;
            }
            steps.set(
                    step,
                    Interpolation.at(
                            time,
                            samples.histogramTimes[next - 1],
                            before,
                            samples.histogramTimes[next],
                            after,
                            counter,
                            execution.annotations,
                            selector.position()));
        } catch (IncompatibleException e) {
            execution.annotations.mixedSchemas(samples.labels.metricName(), selector.position());
        }
    }

    /** The samples of a range with what belongs to its two ends. */
    static List<QueryResult.Points> extended(List<Samples> all, MatrixSelector matrix, long to) {
        boolean smoothed = matrix.vector().extension() == Extension.SMOOTHED;
        long from = to - matrix.range();
        List<QueryResult.Points> result = new ArrayList<>();
        for (Samples samples : all) {
            if (samples.histograms.length > 0) {
                throw QueryException.execution(
                        (smoothed ? "smoothed" : "anchored") + " modifier is not supported with histograms");
            }
            if (samples.floats.length > 0) {
                QueryResult.Points points = extended(samples, from, to, smoothed);
                if (points != null) {
                    result.add(points);
                }
            }
        }
        return result;
    }

    private static QueryResult.Points extended(Samples samples, long from, long to, boolean smoothed) {
        RateWindow window = RateWindow.of(samples.floatTimes, 0, samples.floatTimes.length, from, to, smoothed);
        if (window == null) {
            return null;
        }
        int first = window.first() + (samples.floatTimes[window.first()] <= from ? 1 : 0);
        int last = window.last() - (samples.floatTimes[window.last()] >= to ? 1 : 0);
        int inner = Math.max(0, last - first + 1);
        long[] times = new long[inner + 2];
        double[] values = new double[inner + 2];
        times[0] = from;
        values[0] = window.left(samples.floatTimes, samples.floats, from, smoothed, false);
        for (int i = 0; i < inner; i++) {
            times[i + 1] = samples.floatTimes[first + i];
            values[i + 1] = samples.floats[first + i];
        }
        times[inner + 1] = to;
        values[inner + 1] = window.right(samples.floatTimes, samples.floats, to, smoothed, false);
        return new QueryResult.Points(samples.labels, times, values, null);
    }
}
