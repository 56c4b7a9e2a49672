package io.promgres.promql;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Evaluates an operation of two expressions of which at least one is a vector. */
final class BinaryOperation {

    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");

    private final Evaluation evaluation;
    private final Expr.Binary expr;
    private final Grid grid;
    private final Expr.Matching matching;
    private final boolean comparison;

    BinaryOperation(Evaluation evaluation, Expr.Binary expr, Grid grid) {
        this.evaluation = evaluation;
        this.expr = expr;
        this.grid = grid;
        this.matching = expr.matching();
        this.comparison = COMPARISONS.contains(expr.op());
    }

    /** The result for two numbers; of a comparison 1 or 0. */
    static double scalars(String op, double a, double b) {
        return switch (op) {
            case "+" -> a + b;
            case "-" -> a - b;
            case "*" -> a * b;
            case "/" -> a / b;
            case "%" -> a % b;
            case "^" -> Math.pow(a, b);
            case "atan2" -> Math.atan2(a, b);
            default -> compare(op, a, b) ? 1 : 0;
        };
    }

    private static boolean compare(String op, double a, double b) {
        return switch (op) {
            case "==" -> a == b;
            case "!=" -> a != b;
            case "<" -> a < b;
            case "<=" -> a <= b;
            case ">" -> a > b;
            default -> a >= b;
        };
    }

    /** The result for two values; absent where a comparison filters. */
    private double operate(double a, double b, double kept) {
        if (comparison && !expr.bool()) {
            return compare(expr.op(), a, b) ? kept : Series.ABSENT;
        }
        return scalars(expr.op(), a, b);
    }

    private boolean dropsName() {
        return !comparison || expr.bool();
    }

    void eval(Evaluation.Sink sink) throws QueryException {
        boolean leftScalar = expr.left().type() == ValueType.SCALAR;
        boolean rightScalar = expr.right().type() == ValueType.SCALAR;
        if (leftScalar || rightScalar) {
            withScalar(leftScalar, sink);
            return;
        }
        switch (expr.op()) {
            case "and", "unless" -> filter(expr.op().equals("and"), sink);
            case "or" -> or(sink);
            default -> vectors(sink);
        }
    }

    private void withScalar(boolean leftScalar, Evaluation.Sink sink) throws QueryException {
        double[] scalar = evaluation.scalar(leftScalar ? expr.left() : expr.right(), grid);
        Evaluation.Distinct distinct = new Evaluation.Distinct();
        evaluation.eval(leftScalar ? expr.right() : expr.left(), grid, series -> {
            double[] values = new double[grid.size()];
            for (int i = 0; i < values.length; i++) {
                double value = series.values()[i];
                values[i] = Series.isAbsent(value)
                        ? value
                        : leftScalar ? operate(scalar[i], value, value) : operate(value, scalar[i], value);
            }
            Series result = evaluation.renamed(series.labels(), series.dropName(), dropsName(), values);
            if (dropsName() && !evaluation.delaysNameRemoval()) {
                distinct.check(result);
            }
            sink.take(result);
        });
    }

    private Labels signature(Labels labels) {
        return matching.on() ? labels.only(matching.labels()) : labels.without(matching.labels());
    }

    private void filter(boolean wanted, Evaluation.Sink sink) throws QueryException {
        Map<Labels, boolean[]> there = presence(expr.right());
        evaluation.eval(expr.left(), grid, series -> {
            boolean[] other = there.get(signature(series.labels()));
            double[] values = series.values().clone();
            for (int i = 0; i < values.length; i++) {
                if ((other != null && other[i]) != wanted) {
                    values[i] = Series.ABSENT;
                }
            }
            sink.take(new Series(series.labels(), series.dropName(), values));
        });
    }

    private Map<Labels, boolean[]> presence(Expr side) throws QueryException {
        Map<Labels, boolean[]> there = new HashMap<>();
        evaluation.eval(side, grid, series -> note(series, there));
        return there;
    }

    private void note(Series series, Map<Labels, boolean[]> there) {
        boolean[] present = there.computeIfAbsent(signature(series.labels()), key -> new boolean[grid.size()]);
        for (int i = 0; i < present.length; i++) {
            present[i] |= !Series.isAbsent(series.values()[i]);
        }
    }

    private void or(Evaluation.Sink sink) throws QueryException {
        Map<Labels, boolean[]> there = new HashMap<>();
        evaluation.eval(expr.left(), grid, series -> {
            note(series, there);
            sink.take(series);
        });
        evaluation.eval(expr.right(), grid, series -> {
            boolean[] other = there.get(signature(series.labels()));
            double[] values = series.values().clone();
            for (int i = 0; i < values.length && other != null; i++) {
                values[i] = other[i] ? Series.ABSENT : values[i];
            }
            sink.take(new Series(series.labels(), series.dropName(), values));
        });
    }

    /** Series of both sides that have the same labels to match by. */
    private static final class Pairing {
        private final List<Series> many = new ArrayList<>();
        private final List<Series> one = new ArrayList<>();
    }

    private void vectors(Evaluation.Sink sink) throws QueryException {
        boolean swapped = matching.card() == Expr.Card.ONE_TO_MANY;
        Map<Labels, Pairing> pairings = new LinkedHashMap<>();
        for (Series series : evaluation.collect(swapped ? expr.right() : expr.left(), grid)) {
            pairings.computeIfAbsent(signature(series.labels()), key -> new Pairing())
                    .many
                    .add(series);
        }
        for (Series series : evaluation.collect(swapped ? expr.left() : expr.right(), grid)) {
            pairings.computeIfAbsent(signature(series.labels()), key -> new Pairing())
                    .one
                    .add(series);
        }
        Map<Labels, Series> results = new LinkedHashMap<>();
        for (Map.Entry<Labels, Pairing> pairing : pairings.entrySet()) {
            pair(pairing.getKey(), pairing.getValue(), swapped, results);
        }
        for (Series series : results.values()) {
            sink.take(series);
        }
    }

    private void pair(Labels signature, Pairing pairing, boolean swapped, Map<Labels, Series> results)
            throws QueryException {
        // Prometheus does not swap these with the sides.
        Double fillMany = matching.fillLeft();
        Double fillOne = matching.fillRight();
        boolean oneToOne = matching.card() == Expr.Card.ONE_TO_ONE;
        for (int i = 0; i < grid.size(); i++) {
            Series one = present(pairing.one, i, signature, swapped);
            boolean any = false;
            for (Series many : pairing.many) {
                double value = many.values()[i];
                if (Series.isAbsent(value) || one == null && fillOne == null) {
                    continue;
                }
                if (oneToOne && any) {
                    throw QueryException.execution(
                            "multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)");
                }
                any = true;
                double other = one == null ? fillOne : one.values()[i];
                double result = swapped ? operate(other, value, other) : operate(value, other, value);
                if (!Series.isAbsent(result)) {
                    put(results, many, one, signature, i, result);
                }
            }
            if (!any && one != null && fillMany != null && !hasValue(pairing.many, i)) {
                double other = one.values()[i];
                double result = swapped ? operate(other, fillMany, other) : operate(fillMany, other, fillMany);
                if (!Series.isAbsent(result)) {
                    put(results, new Series(signature, false, new double[0]), one, signature, i, result);
                }
            }
        }
    }

    private static boolean hasValue(List<Series> all, int i) {
        return all.stream().anyMatch(series -> !Series.isAbsent(series.values()[i]));
    }

    private Series present(List<Series> all, int i, Labels signature, boolean swapped) throws QueryException {
        Series found = null;
        for (Series series : all) {
            if (!Series.isAbsent(series.values()[i])) {
                if (found != null) {
                    boolean ordered = found.labels().compareTo(series.labels()) < 0;
                    throw QueryException.execution("found duplicate series for the match group " + signature
                            + " on the "
                            + (swapped ? "left" : "right") + " hand-side of the operation: ["
                            + (ordered ? found : series).labels() + ", "
                            + (ordered ? series : found).labels()
                            + "];many-to-many matching not allowed: matching labels must be unique on one side");
                }
                found = series;
            }
        }
        return found;
    }

    private void put(Map<Labels, Series> results, Series many, Series one, Labels signature, int i, double value)
            throws QueryException {
        boolean drop = dropsName();
        Labels labels = resultLabels(many, one == null ? signature : one.labels());
        boolean delayed = evaluation.delaysNameRemoval();
        Series result = results.get(labels);
        if (result == null) {
            evaluation.hold(grid.size());
            result = new Series(labels, delayed && (drop || many.dropName()), Series.nothing(grid.size()));
            results.put(labels, result);
        }
        if (!Series.isAbsent(result.values()[i])) {
            throw QueryException.execution("multiple matches for labels: grouping labels must ensure unique matches");
        }
        result.values()[i] = value;
    }

    private Labels resultLabels(Series many, Labels one) {
        Labels labels = many.labels();
        if (dropsName() && !evaluation.delaysNameRemoval()) {
            labels = labels.withoutName();
        }
        if (matching.card() == Expr.Card.ONE_TO_ONE) {
            return matching.on()
                    ? labels.filter(matching.labels()::contains)
                    : labels.filter(name -> !matching.labels().contains(name));
        }
        if (matching.include().isEmpty()) {
            return labels;
        }
        Map<String, String> included = new TreeMap<>(labels.toMap());
        for (String name : matching.include()) {
            included.put(name, one.get(name));
        }
        return Labels.of(included);
    }
}
