package io.promgres.promql.engine;

import io.promgres.promql.data.Labels;
import io.promgres.promql.data.QueryException;
import io.promgres.promql.syntax.Expr;
import io.promgres.promql.syntax.Expr.Call;
import io.promgres.promql.syntax.Expr.Extension;
import io.promgres.promql.syntax.Expr.MatrixSelector;
import io.promgres.promql.syntax.Expr.Subquery;
import io.promgres.promql.syntax.Expr.Time;
import io.promgres.promql.syntax.Position;
import io.promgres.promql.syntax.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Evaluates functions of range vectors: a window for each series and step. */
final class RangeCalls {

    private static final Map<String, Consumer<Window>> FUNCTIONS = Map.ofEntries(
            Map.entry("rate", window -> Rates.rate(window, true, true)),
            Map.entry("increase", window -> Rates.rate(window, true, false)),
            Map.entry("delta", window -> Rates.rate(window, false, false)),
            Map.entry("irate", window -> Changes.instant(window, true)),
            Map.entry("idelta", window -> Changes.instant(window, false)),
            Map.entry("resets", Changes::resets),
            Map.entry("changes", Changes::changes),
            Map.entry("avg_over_time", OverTime::average),
            Map.entry("sum_over_time", OverTime::sum),
            Map.entry("count_over_time", OverTime::count),
            Map.entry("present_over_time", OverTime::present),
            Map.entry("absent_over_time", OverTime::present),
            Map.entry("first_over_time", OverTime::first),
            Map.entry("last_over_time", OverTime::last),
            Map.entry("max_over_time", window -> OverTime.extreme(window, 1)),
            Map.entry("min_over_time", window -> OverTime.extreme(window, -1)),
            Map.entry("mad_over_time", OverTime::medianDeviation),
            Map.entry("quantile_over_time", OverTime::quantile),
            Map.entry("stddev_over_time", window -> OverTime.variance(window, Math::sqrt)),
            Map.entry("stdvar_over_time", window -> OverTime.variance(window, variance -> variance)),
            Map.entry("ts_of_first_over_time", OverTime::timeOfFirst),
            Map.entry("ts_of_last_over_time", OverTime::timeOfLast),
            Map.entry("ts_of_max_over_time", window -> OverTime.timeOfExtreme(window, 1)),
            Map.entry("ts_of_min_over_time", window -> OverTime.timeOfExtreme(window, -1)),
            Map.entry("deriv", OverTime::derivative),
            Map.entry("predict_linear", OverTime::predict),
            Map.entry("double_exponential_smoothing", OverTime::smooth));

    private static final List<String> ANCHORED = List.of("changes", "delta", "increase", "rate", "resets");
    private static final List<String> SMOOTHED = List.of("delta", "increase", "rate");
    private static final Set<String> WITH_START_TIMES = Set.of("rate", "irate", "increase", "resets");

    private final Evaluator evaluator;
    private final Grid grid;

    RangeCalls(Evaluator evaluator) {
        this.evaluator = evaluator;
        this.grid = evaluator.grid;
    }

    List<StepSeries> evaluate(Call call) {
        String name = call.function().name();
        Expr range = null;
        List<double[]> scalars = new ArrayList<>();
        for (Expr argument : call.arguments()) {
            if (argument.type() == ValueType.MATRIX) {
                range = Evaluator.unwrap(argument);
            }
        }
        Extension extension =
                range instanceof MatrixSelector matrix ? matrix.vector().extension() : Extension.NONE;
        checkExtension(name, extension);
        for (Expr argument : call.arguments()) {
            if (argument.type() != ValueType.MATRIX) {
                scalars.add(evaluator.scalar(argument));
            }
        }
        boolean startTimes = evaluator.execution.options.startTimestamps() && WITH_START_TIMES.contains(name);
        long length = range instanceof MatrixSelector matrix ? matrix.range() : ((Subquery) range).range();
        Window window =
                new Window(evaluator.annotations(), place(call, range), length, extension, startTimes, scalars.size());
        List<StepSeries> result = apply(call, range, window, scalars);
        if (name.equals("absent_over_time")) {
            return absent(call, result);
        }
        return evaluator.delaysNameRemoval() ? result : Evaluator.merge(result);
    }

    /** Where remarks about a call are put: Prometheus has no position of a subquery. */
    private static Position place(Call call, Expr range) {
        Expr first = call.arguments().get(0);
        return range instanceof Subquery && Evaluator.unwrap(first) == range ? new Position(0, 0) : first.position();
    }

    private static void checkExtension(String name, Extension extension) {
        if (extension == Extension.ANCHORED && !ANCHORED.contains(name)) {
            throw QueryException.execution(
                    "anchored modifier can only be used with: " + String.join(", ", ANCHORED) + " - not with " + name);
        }
        if (extension == Extension.SMOOTHED && !SMOOTHED.contains(name)) {
            throw QueryException.execution(
                    "smoothed modifier can only be used with: " + String.join(", ", SMOOTHED) + " - not with " + name);
        }
    }

    private List<StepSeries> apply(Call call, Expr range, Window window, List<double[]> scalars) {
        List<StepSeries> result = new ArrayList<>();
        if (range instanceof MatrixSelector matrix) {
            evaluator.selectors().samples(matrix, call.function().name(), samples -> {
                StepSeries series =
                        series(call, samples, window, matrix.vector().time(), scalars);
                if (!series.isEmpty()) {
                    result.add(series);
                    evaluator.execution.hold(series.samples());
                }
            });
            evaluator.release(result);
            return result;
        }
        Evaluator.SubqueryResult inner = evaluator.subquery((Subquery) range);
        for (StepSeries one : inner.series()) {
            Samples samples = Samples.of(one, inner.grid());
            StepSeries series = series(call, samples, window, ((Subquery) range).time(), scalars);
            if (!series.isEmpty()) {
                result.add(series);
            }
        }
        evaluator.release(inner.series());
        return result;
    }

    private StepSeries series(Call call, Samples samples, Window window, Time time, List<double[]> scalars) {
        evaluator.execution.check();
        String name = call.function().name();
        boolean keepsName = name.equals("last_over_time") || name.equals("first_over_time");
        boolean drop = !keepsName || samples.dropName;
        Labels labels = drop ? evaluator.withoutName(samples.labels) : samples.labels;
        StepSeries series = new StepSeries(labels, grid.steps());
        series.dropName = drop;
        Consumer<Window> function = FUNCTIONS.get(name);
        long lookback = evaluator.execution.options.lookback();
        long before = window.extension == Extension.NONE ? 0 : lookback;
        long after = window.extension == Extension.SMOOTHED ? lookback : 0;
        window.begin(samples, series);
        for (int i = 0; i < grid.steps(); i++) {
            window.moveTo(i, grid.time(i), evaluator.selectors().reference(time, i), before, after);
            for (int j = 0; j < scalars.size(); j++) {
                window.scalars[j] = scalars.get(j)[i];
            }
            if (!window.isEmpty()) {
                evaluator.execution.work(window.size());
                function.accept(window);
            }
        }
        if (!series.isEmpty()) {
            hint(call, samples, series, window.position);
        }
        return series;
    }

    /** A rate of what has no name of a counter may be a mistake. */
    private void hint(Call call, Samples samples, StepSeries series, Position position) {
        String name = call.function().name();
        String metric = samples.labels.metricName();
        boolean rate = name.equals("rate") || name.equals("increase");
        if (!rate || metric.isEmpty() || !hasFloat(series)) {
            return;
        }
        if (evaluator.execution.options.typeAndUnitLabels()) {
            String type = samples.labels.get("__type__");
            if (!type.equals("counter") && !type.equals("histogram")) {
                evaluator.annotations().possibleNonCounterType(metric, type, position);
            }
        } else if (!metric.endsWith("_total")
                && !metric.endsWith("_sum")
                && !metric.endsWith("_count")
                && !metric.endsWith("_bucket")) {
            evaluator.annotations().possibleNonCounter(metric, position);
        }
    }

    private static boolean hasFloat(StepSeries series) {
        for (int i = 0; i < series.steps(); i++) {
            if (series.isFloat(i)) {
                return true;
            }
        }
        return false;
    }

    private List<StepSeries> absent(Call call, List<StepSeries> present) {
        StepSeries absent = new StepSeries(Calls.absentLabels(call.arguments().get(0)), grid.steps());
        absent.dropName = true;
        for (int i = 0; i < grid.steps(); i++) {
            int step = i;
            if (present.stream().noneMatch(series -> series.has(step))) {
                absent.set(i, 1);
            }
        }
        return absent.isEmpty() ? List.of() : List.of(absent);
    }
}
