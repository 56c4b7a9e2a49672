package io.promgres.promql.engine;

import io.promgres.promql.data.FloatHistogram;
import io.promgres.promql.data.GoText;
import io.promgres.promql.data.HistogramArithmetic.IncompatibleException;
import io.promgres.promql.data.Kahan;
import io.promgres.promql.data.Labels;
import io.promgres.promql.data.QueryException;
import io.promgres.promql.syntax.Expr;
import io.promgres.promql.syntax.Expr.Aggregate;
import io.promgres.promql.syntax.Position;
import io.promgres.promql.syntax.TokenType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Evaluates aggregations: sum, avg and their like by group; those that choose series are in {@link Choosing}. */
final class Aggregations {

    private final Evaluator evaluator;
    private final Grid grid;

    Aggregations(Evaluator evaluator) {
        this.evaluator = evaluator;
        this.grid = evaluator.grid;
    }

    List<StepSeries> evaluate(Aggregate aggregate) {
        TokenType op = aggregate.op();
        if (op == TokenType.COUNT_VALUES) {
            return countValues(aggregate);
        }
        double[] parameter = aggregate.parameter() == null ? null : evaluator.scalar(aggregate.parameter());
        List<StepSeries> input = evaluator.vector(aggregate.expr());
        Grouping grouping = new Grouping(aggregate.grouping(), aggregate.without());
        List<StepSeries> result = switch (op) {
            case TOPK, BOTTOMK, LIMITK, LIMIT_RATIO ->
                new Choosing(evaluator, aggregate, parameter).choose(input, grouping);
            default -> {
                if (op == TokenType.QUANTILE) {
                    checkQuantiles(parameter, aggregate.parameter());
                }
                yield aggregate(aggregate, parameter, input, grouping);
            }
        };
        evaluator.release(input);
        return result;
    }

    private void checkQuantiles(double[] quantiles, Expr argument) {
        for (double quantile : quantiles) {
            if (Double.isNaN(quantile) || quantile < 0 || quantile > 1) {
                evaluator.annotations().invalidQuantile(quantile, argument.position());
            }
        }
    }

    /** Which labels a group is made by. */
    record Grouping(List<String> labels, boolean without) {

        Labels of(Labels series) {
            if (!without) {
                return series.keep(labels);
            }
            List<String> dropped = new ArrayList<>(labels);
            dropped.add(Labels.NAME);
            return series.without(dropped);
        }
    }

    private List<StepSeries> aggregate(
            Aggregate aggregate, double[] parameter, List<StepSeries> input, Grouping grouping) {
        Map<Labels, List<StepSeries>> groups = new LinkedHashMap<>();
        for (StepSeries series : input) {
            groups.computeIfAbsent(grouping.of(series.labels), labels -> new ArrayList<>())
                    .add(series);
        }
        List<StepSeries> result = new ArrayList<>(groups.size());
        groups.forEach((labels, members) -> {
            StepSeries group = new StepSeries(labels, grid.steps());
            group.dropName = members.stream().anyMatch(member -> member.dropName);
            aggregate(aggregate, parameter, members, group);
            if (!group.isEmpty()) {
                result.add(group);
            }
        });
        return result;
    }

    private void aggregate(Aggregate aggregate, double[] parameter, List<StepSeries> members, StepSeries group) {
        Position position = aggregate.expr().position();
        if (aggregate.op() == TokenType.SUM && members.stream().noneMatch(StepSeries::hasHistograms)) {
            sumOfFloats(members, group);
            return;
        }
        for (int i = 0; i < grid.steps(); i++) {
            switch (aggregate.op()) {
                case SUM, AVG -> sum(aggregate.op() == TokenType.AVG, members, group, i, position);
                case COUNT -> count(members, group, i, false);
                case GROUP -> count(members, group, i, true);
                default -> floats(aggregate.op(), parameter == null ? 0 : parameter[i], members, group, i, position);
            }
        }
    }

    /** Series by series, which is how they are in memory; each step adds in the order of the series. */
    private static void sumOfFloats(List<StepSeries> members, StepSeries group) {
        int steps = group.steps();
        double[] sums = new double[steps];
        double[] compensations = new double[steps];
        for (StepSeries member : members) {
            for (int i = 0; i < steps; i++) {
                if (!member.has(i)) {
                    continue;
                }
                double value = member.values[i];
                if (group.has(i)) {
                    double sum = sums[i];
                    double next = sum + value;
                    compensations[i] = Double.isInfinite(next) ? 0 : compensations[i] + Kahan.lost(value, sum, next);
                    sums[i] = next;
                } else {
                    sums[i] = value;
                    group.set(i, value);
                }
            }
        }
        for (int i = 0; i < steps; i++) {
            if (group.has(i)) {
                group.set(i, Double.isInfinite(sums[i]) ? sums[i] : sums[i] + compensations[i]);
            }
        }
    }

    private static void count(List<StepSeries> members, StepSeries group, int step, boolean onlyWhether) {
        int count = 0;
        for (StepSeries member : members) {
            count += member.has(step) ? 1 : 0;
        }
        if (count > 0) {
            group.set(step, onlyWhether ? 1 : count);
        }
    }

    private void sum(boolean mean, List<StepSeries> members, StepSeries group, int step, Position position) {
        FloatMean floats = null;
        Kahan sum = null;
        HistogramSum histograms = null;
        StepSeries current = null;
        try {
            for (StepSeries member : members) {
                current = member;
                if (member.isFloat(step)) {
                    if (mean && floats == null) {
                        floats = new FloatMean(member.values[step]);
                    } else if (mean) {
                        floats.add(member.values[step]);
                    } else if (sum == null) {
                        sum = new Kahan(member.values[step], 0);
                    } else {
                        sum.add(member.values[step]);
                    }
                } else if (member.isHistogram(step)) {
                    FloatHistogram histogram = member.histogram(step);
                    if (histograms == null) {
                        histograms = new HistogramSum(histogram, mean);
                    } else {
                        histograms.add(histogram);
                    }
                }
            }
            if (histograms != null && (floats != null || sum != null)) {
                evaluator.annotations().mixedInAggregation(position);
            } else if (histograms != null) {
                histograms.annotate(evaluator.annotations(), position);
                group.set(step, histograms.value());
            } else if (floats != null) {
                group.set(step, floats.value());
            } else if (sum != null) {
                group.set(step, sum.total());
            }
        } catch (IncompatibleException e) {
            evaluator.annotations().mixedSchemas(current.labels.metricName(), position);
        }
    }

    private void floats(
            TokenType op, double parameter, List<StepSeries> members, StepSeries group, int step, Position position) {
        double[] values = new double[members.size()];
        int n = 0;
        for (StepSeries member : members) {
            if (member.isFloat(step)) {
                values[n++] = member.values[step];
            } else if (member.isHistogram(step)) {
                evaluator.annotations().ignoredInAggregation(op.text(), position);
            }
        }
        if (n == 0) {
            return;
        }
        double[] present = Arrays.copyOf(values, n);
        group.set(
                step,
                switch (op) {
                    case MIN -> extreme(present, -1);
                    case MAX -> extreme(present, 1);
                    case STDVAR -> variance(present);
                    case STDDEV -> Math.sqrt(variance(present));
                    case QUANTILE -> Quantiles.of(parameter, present);
                    default -> throw new IllegalStateException("no aggregation: " + op);
                });
    }

    private static double extreme(double[] values, int sign) {
        double extreme = values[0];
        for (double value : values) {
            if (sign * value > sign * extreme || Double.isNaN(extreme)) {
                extreme = value;
            }
        }
        return extreme;
    }

    /** By Welford's method; of anything infinite or undefined it is undefined. */
    private static double variance(double[] values) {
        double first = values[0];
        double squares = Double.isNaN(first) || Double.isInfinite(first) ? Double.NaN : 0;
        double mean = first;
        for (int i = 1; i < values.length; i++) {
            double delta = values[i] - mean;
            mean += delta / (i + 1);
            squares += delta * (values[i] - mean);
        }
        return squares / values.length;
    }

    private List<StepSeries> countValues(Aggregate aggregate) {
        String label = Evaluator.string(aggregate.parameter());
        if (!GoText.isName(label)) {
            throw QueryException.execution("invalid label name " + GoText.quote(label));
        }
        Set<String> labels = new HashSet<>(aggregate.grouping());
        if (!aggregate.without()) {
            labels.add(label);
        }
        Grouping grouping = new Grouping(List.copyOf(labels), aggregate.without());
        List<StepSeries> input = evaluator.vector(aggregate.expr());
        Map<Labels, StepSeries> groups = new LinkedHashMap<>();
        for (int i = 0; i < grid.steps(); i++) {
            for (StepSeries series : input) {
                if (series.has(i)) {
                    String value = series.isFloat(i)
                            ? GoText.plain(series.values[i])
                            : series.histogram(i).toString();
                    StepSeries group = groups.computeIfAbsent(
                            grouping.of(series.labels.with(label, value)), key -> new StepSeries(key, grid.steps()));
                    group.set(i, group.has(i) ? group.values[i] + 1 : 1);
                }
            }
        }
        evaluator.release(input);
        return new ArrayList<>(groups.values());
    }
}
