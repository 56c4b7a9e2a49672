package io.promgres.promql.engine;

import io.promgres.promql.data.FloatHistogram;
import io.promgres.promql.data.SampleSeries;
import io.promgres.promql.data.SampleSource.Selection;
import io.promgres.promql.syntax.Expr.Extension;
import io.promgres.promql.syntax.Expr.MatrixSelector;
import io.promgres.promql.syntax.Expr.Time;
import io.promgres.promql.syntax.Expr.VectorSelector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/** Asks the source for what selectors choose, and puts it onto the grid. */
final class Selectors {

    private final Execution execution;
    private final Grid grid;

    Selectors(Execution execution, Grid grid) {
        this.execution = execution;
        this.grid = grid;
    }

    /** The time that a selector looks at when it is evaluated at a step. */
    long reference(Time time, int step) {
        return (time.at() == null ? grid.time(step) : time.at()) - time.offset();
    }

    private long lookback() {
        return execution.options.lookback();
    }

    /** The newest sample of each series at each step that is not older than the lookback. */
    List<StepSeries> instant(VectorSelector selector) {
        if (selector.extension() == Extension.SMOOTHED) {
            return new Smoothing(execution, grid, this).instant(selector);
        }
        return onGrid(selector, "", series -> onGrid(series, selector.time(), false, false));
    }

    /** As {@link #instant}, with the time of each sample in its place, in seconds. */
    List<StepSeries> times(VectorSelector selector, boolean startTimes) {
        return onGrid(selector, "timestamp", series -> onGrid(series, selector.time(), true, startTimes));
    }

    /** Of each series that is read no more is kept than what is on the grid. */
    private List<StepSeries> onGrid(
            VectorSelector selector, String function, Function<SampleSeries, StepSeries> placed) {
        List<StepSeries> result = new ArrayList<>();
        read(selection(selector, function), series -> {
            execution.check();
            StepSeries steps = placed.apply(series);
            if (!steps.isEmpty()) {
                result.add(steps);
                execution.hold(steps.samples());
            }
        });
        result.forEach(steps -> execution.release(steps.samples()));
        return result;
    }

    StepSeries onGrid(SampleSeries series, Time time, boolean timesOnly, boolean startTimes) {
        StepSeries steps = new StepSeries(series.labels(), grid.steps());
        int at = -1;
        for (int i = 0; i < grid.steps(); i++) {
            long reference = reference(time, i);
            while (at + 1 < series.size() && series.times()[at + 1] <= reference) {
                at++;
            }
            if (at < 0 || series.times()[at] <= reference - lookback() || series.isStale(at)) {
                continue;
            }
            if (timesOnly) {
                steps.set(i, (startTimes ? series.startTime(at) : series.times()[at]) / 1000.0);
            } else if (series.histogram(at) != null) {
                steps.set(i, series.histogram(at));
            } else {
                steps.set(i, series.values()[at]);
            }
        }
        return steps;
    }

    List<SampleSeries> select(VectorSelector selector, String function) {
        List<SampleSeries> series = execution.source.select(selection(selector, function));
        return execution.wantsStatistics()
                ? series.stream().map(HistogramStatistics::of).toList()
                : series;
    }

    private Selection selection(VectorSelector selector, String function) {
        Time time = selector.time();
        long after = selector.extension() == Extension.SMOOTHED ? lookback() : 0;
        return new Selection(
                selector.matchers(),
                reference(time, 0) - lookback() + (after == 0 ? 1 : 0),
                reference(time, grid.steps() - 1) + after,
                0,
                grid.steps() == 1 ? 0 : grid.step(),
                function,
                function.equals("timestamp") && execution.options.startTimestamps());
    }

    /** Hands over the samples that the windows of a range selector need, whatever their number, series by series. */
    void samples(MatrixSelector matrix, String function, Consumer<Samples> sink) {
        Time time = matrix.vector().time();
        Extension extension = matrix.vector().extension();
        long before = matrix.range() + (extension == Extension.NONE ? 0 : lookback());
        long after = extension == Extension.SMOOTHED ? lookback() : 0;
        Selection selection = new Selection(
                matrix.vector().matchers(),
                reference(time, 0) - before + 1,
                reference(time, grid.steps() - 1) + after,
                matrix.range(),
                grid.steps() == 1 ? 0 : grid.step(),
                function,
                execution.options.startTimestamps());
        read(selection, one -> {
            Samples samples = Samples.of(one);
            execution.hold(samples.size());
            sink.accept(samples);
            execution.release(samples.size());
        });
    }

    private void read(Selection selection, Consumer<SampleSeries> sink) {
        boolean statistics = execution.wantsStatistics();
        execution.source.read(selection, one -> sink.accept(statistics ? HistogramStatistics.of(one) : one));
    }

    /** The samples of a range selector at a single time. */
    List<QueryResult.Points> points(MatrixSelector matrix) {
        long to = reference(matrix.vector().time(), 0);
        List<Samples> all = new ArrayList<>();
        samples(matrix, "", samples -> {
            all.add(samples);
            // Held until the query ends: the answer has them.
            execution.hold(samples.size());
        });
        if (matrix.vector().extension() != Extension.NONE) {
            return Smoothing.extended(all, matrix, to);
        }
        List<QueryResult.Points> points = new ArrayList<>();
        all.forEach(samples -> points.add(points(samples, to - matrix.range(), to)));
        points.removeIf(one -> one.size() == 0);
        return points;
    }

    /** The values of a subquery at a single time. */
    List<QueryResult.Points> points(Evaluator.SubqueryResult result, long ignored) {
        long to = reference(result.subquery().time(), 0);
        List<QueryResult.Points> all = new ArrayList<>();
        for (StepSeries series : result.series()) {
            if (series.dropName) {
                series.labels = series.labels.withoutMetadata();
            }
            all.add(points(
                    Samples.of(series, result.grid()), to - result.subquery().range(), to));
        }
        all.removeIf(points -> points.size() == 0);
        return all;
    }

    private static QueryResult.Points points(Samples samples, long after, long to) {
        int n = 0;
        long[] times = new long[samples.size()];
        double[] values = new double[times.length];
        FloatHistogram[] histograms = samples.histograms.length == 0 ? null : new FloatHistogram[times.length];
        int f = 0;
        int h = 0;
        while (f < samples.floats.length || h < samples.histograms.length) {
            boolean isFloat = h == samples.histograms.length
                    || f < samples.floats.length && samples.floatTimes[f] < samples.histogramTimes[h];
            long time = isFloat ? samples.floatTimes[f] : samples.histogramTimes[h];
            if (time > after && time <= to) {
                times[n] = time;
                if (isFloat) {
                    values[n] = samples.floats[f];
                } else {
                    histograms[n] = samples.histograms[h];
                }
                n++;
            }
            f += isFloat ? 1 : 0;
            h += isFloat ? 0 : 1;
        }
        return new QueryResult.Points(
                samples.labels,
                Arrays.copyOf(times, n),
                Arrays.copyOf(values, n),
                histograms == null ? null : Arrays.copyOf(histograms, n));
    }
}
