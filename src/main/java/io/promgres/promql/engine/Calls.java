package io.promgres.promql.engine;

import io.promgres.promql.data.GoText;
import io.promgres.promql.data.Labels;
import io.promgres.promql.data.Matcher;
import io.promgres.promql.data.QueryException;
import io.promgres.promql.syntax.Expr;
import io.promgres.promql.syntax.Expr.Call;
import io.promgres.promql.syntax.Expr.MatrixSelector;
import io.promgres.promql.syntax.Expr.VectorSelector;
import io.promgres.promql.syntax.ValueType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntToDoubleFunction;

/** Evaluates calls of functions. */
final class Calls {

    private final Evaluator evaluator;
    private final Grid grid;

    Calls(Evaluator evaluator) {
        this.evaluator = evaluator;
        this.grid = evaluator.grid;
    }

    List<StepSeries> evaluate(Call call) {
        String name = call.function().name();
        List<Expr> arguments = call.arguments();
        if (call.function().arguments().contains(ValueType.MATRIX)) {
            return new RangeCalls(evaluator).evaluate(call);
        }
        DoubleUnaryOperator function = VectorFunctions.ofFloat(name);
        if (function != null) {
            return map(arguments.get(0), (value, step) -> function.applyAsDouble(value));
        }
        DoubleUnaryOperator date = CivilTime.part(name);
        if (date != null) {
            return arguments.isEmpty()
                    ? computed(step -> date.applyAsDouble(Math.floorDiv(grid.time(step), 1000)))
                    : map(arguments.get(0), (value, step) -> date.applyAsDouble(value));
        }
        HistogramFunctions histograms = new HistogramFunctions(evaluator);
        return switch (name) {
            case "time" -> computed(step -> grid.time(step) / 1000.0);
            case "pi" -> computed(step -> Math.PI);
            case "max_of" -> extreme(arguments, 1);
            case "min_of" -> extreme(arguments, -1);
            case "scalar" -> scalar(arguments.get(0));
            case "vector" -> vector(arguments.get(0));
            case "absent" -> absent(arguments.get(0));
            case "round" -> round(arguments);
            case "clamp" -> clamp(arguments, evaluator.scalar(arguments.get(1)), evaluator.scalar(arguments.get(2)));
            case "clamp_min" -> clamp(arguments, evaluator.scalar(arguments.get(1)), null);
            case "clamp_max" -> clamp(arguments, null, evaluator.scalar(arguments.get(1)));
            case "timestamp" -> timestamp(arguments.get(0));
            case "start_timestamp" -> startTimestamp(arguments.get(0));
            case "sort", "sort_desc", "sort_by_label", "sort_by_label_desc" -> new Sorting(evaluator).sort(call);
            case "label_replace", "label_join" -> new LabelFunctions(evaluator).evaluate(call);
            case "info" -> new InfoFunction(evaluator).evaluate(call);
            case "histogram_count" -> histograms.map(arguments.get(0), histogram -> histogram.count);
            case "histogram_sum" -> histograms.map(arguments.get(0), histogram -> histogram.sum);
            case "histogram_avg" -> histograms.map(arguments.get(0), histogram -> histogram.sum / histogram.count);
            case "histogram_stddev" ->
                histograms.map(arguments.get(0), histogram -> HistogramFunctions.variance(histogram, Math::sqrt));
            case "histogram_stdvar" ->
                histograms.map(
                        arguments.get(0), histogram -> HistogramFunctions.variance(histogram, variance -> variance));
            case "histogram_quantile" -> histograms.quantile(call);
            case "histogram_quantiles" -> histograms.quantiles(call);
            case "histogram_fraction" -> histograms.fraction(call);
            default -> throw new IllegalStateException("no implementation of " + name);
        };
    }

    private List<StepSeries> computed(IntToDoubleFunction value) {
        StepSeries series = new StepSeries(Labels.EMPTY, grid.steps());
        for (int i = 0; i < grid.steps(); i++) {
            series.set(i, value.applyAsDouble(i));
        }
        return List.of(series);
    }

    private interface OfFloat {

        double apply(double value, int step);
    }

    /** Of each float the value of a function; histograms are left out. */
    private List<StepSeries> map(Expr argument, OfFloat function) {
        List<StepSeries> input = evaluator.vector(argument);
        List<StepSeries> result = new ArrayList<>(input.size());
        for (StepSeries series : input) {
            StepSeries mapped = evaluator.renamed(series);
            for (int i = 0; i < series.steps(); i++) {
                if (series.isFloat(i)) {
                    mapped.set(i, function.apply(series.values[i], i));
                }
            }
            result.add(mapped);
        }
        evaluator.release(input);
        return Evaluator.merge(result);
    }

    private List<StepSeries> extreme(List<Expr> arguments, int sign) {
        double[] first = evaluator.scalar(arguments.get(0));
        double[] second = evaluator.scalar(arguments.get(1));
        return computed(i -> sign > 0 ? Extremes.greater(first[i], second[i]) : Extremes.lesser(first[i], second[i]));
    }

    private List<StepSeries> scalar(Expr argument) {
        List<StepSeries> input = evaluator.vector(argument);
        List<StepSeries> result = computed(step -> {
            double value = Double.NaN;
            boolean found = false;
            for (StepSeries series : input) {
                if (series.isFloat(step)) {
                    value = found ? Double.NaN : series.values[step];
                    if (found) {
                        return value;
                    }
                    found = true;
                }
            }
            return value;
        });
        evaluator.release(input);
        return result;
    }

    private List<StepSeries> vector(Expr argument) {
        double[] values = evaluator.scalar(argument);
        return computed(step -> values[step]);
    }

    private List<StepSeries> absent(Expr argument) {
        List<StepSeries> input = evaluator.vector(argument);
        StepSeries absent = new StepSeries(absentLabels(argument), grid.steps());
        for (int i = 0; i < grid.steps(); i++) {
            int step = i;
            if (input.stream().noneMatch(series -> series.has(step))) {
                absent.set(i, 1);
            }
        }
        evaluator.release(input);
        return absent.isEmpty() ? List.of() : List.of(absent);
    }

    /** The labels that a selector asks for by equality, once each. */
    static Labels absentLabels(Expr argument) {
        Expr inner = Evaluator.unwrap(argument);
        List<Matcher> matchers = inner instanceof VectorSelector vector
                ? vector.matchers()
                : inner instanceof MatrixSelector matrix ? matrix.vector().matchers() : List.of();
        Labels.Builder labels = new Labels.Builder(Labels.EMPTY);
        Set<String> seen = new HashSet<>();
        for (Matcher matcher : matchers) {
            if (!matcher.name().equals(Labels.NAME)) {
                boolean equal = matcher.type() == Matcher.Type.EQUAL && !seen.contains(matcher.name());
                labels.set(matcher.name(), equal ? matcher.value() : "");
                if (equal) {
                    seen.add(matcher.name());
                }
            }
        }
        return labels.build();
    }

    private List<StepSeries> round(List<Expr> arguments) {
        double[] nearest = arguments.size() < 2 ? null : evaluator.scalar(arguments.get(1));
        return map(arguments.get(0), (value, step) -> {
            double inverse = 1 / (nearest == null ? 1 : nearest[step]);
            return Math.floor(value * inverse + 0.5) / inverse;
        });
    }

    private List<StepSeries> clamp(List<Expr> arguments, double[] least, double[] most) {
        List<StepSeries> result = map(
                arguments.get(0),
                (value, step) -> Extremes.greater(
                        least == null ? Double.NEGATIVE_INFINITY : least[step],
                        Extremes.lesser(most == null ? Double.POSITIVE_INFINITY : most[step], value)));
        for (int i = 0; least != null && most != null && i < grid.steps(); i++) {
            if (most[i] < least[i]) {
                for (StepSeries series : result) {
                    series.clear(i);
                }
            }
        }
        return result;
    }

    private List<StepSeries> timestamp(Expr argument) {
        Expr inner = Evaluator.unwrap(argument);
        List<StepSeries> input = inner instanceof VectorSelector selector
                ? evaluator.selectors().times(selector, false)
                : stepTimes(evaluator.vector(inner));
        List<StepSeries> result = new ArrayList<>(input.size());
        for (StepSeries series : input) {
            StepSeries times = evaluator.renamed(series);
            for (int i = 0; i < series.steps(); i++) {
                if (series.has(i)) {
                    times.copy(i, series);
                }
            }
            result.add(times);
        }
        return Evaluator.merge(result);
    }

    private List<StepSeries> stepTimes(List<StepSeries> input) {
        for (StepSeries series : input) {
            for (int i = 0; i < series.steps(); i++) {
                if (series.has(i)) {
                    series.set(i, grid.time(i) / 1000.0);
                }
            }
        }
        return input;
    }

    private List<StepSeries> startTimestamp(Expr argument) {
        Expr inner = Evaluator.unwrap(argument);
        if (!evaluator.execution.options.startTimestamps() || !(inner instanceof VectorSelector selector)) {
            evaluator.vector(inner);
            return List.of();
        }
        List<StepSeries> result = new ArrayList<>();
        for (StepSeries series : evaluator.selectors().times(selector, true)) {
            StepSeries times = evaluator.renamed(series);
            for (int i = 0; i < series.steps(); i++) {
                if (series.has(i)) {
                    times.copy(i, series);
                }
            }
            result.add(times);
        }
        return Evaluator.merge(result);
    }

    /** @throws QueryException if it is none */
    static String labelName(String name, String message) {
        if (!GoText.isName(name)) {
            throw QueryException.execution(message + name);
        }
        return name;
    }
}
