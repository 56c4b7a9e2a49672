package io.promgres.promql.engine;

import io.promgres.promql.data.GoText;
import io.promgres.promql.data.Labels;
import io.promgres.promql.data.QueryException;
import io.promgres.promql.syntax.Expr.Aggregate;
import io.promgres.promql.syntax.TokenType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Aggregations whose result are some of the series themselves: topk, bottomk, limitk, limit_ratio. */
final class Choosing {

    private final Evaluator evaluator;
    private final Grid grid;
    private final Aggregate aggregate;
    private final double[] parameter;

    Choosing(Evaluator evaluator, Aggregate aggregate, double[] parameter) {
        this.evaluator = evaluator;
        this.grid = evaluator.grid;
        this.aggregate = aggregate;
        this.parameter = parameter;
    }

    List<StepSeries> choose(List<StepSeries> input, Aggregations.Grouping grouping) {
        if (!hasAny()) {
            return List.of();
        }
        Map<Labels, List<StepSeries>> groups = new LinkedHashMap<>();
        for (StepSeries series : input) {
            groups.computeIfAbsent(grouping.of(series.labels), labels -> new ArrayList<>())
                    .add(series);
        }
        Map<StepSeries, StepSeries> results = new LinkedHashMap<>();
        for (List<StepSeries> members : groups.values()) {
            for (int i = 0; i < grid.steps(); i++) {
                for (StepSeries chosen : chosen(members, input.size(), i)) {
                    results.computeIfAbsent(chosen, Choosing::like).copy(i, chosen);
                }
            }
        }
        return new ArrayList<>(results.values());
    }

    private static StepSeries like(StepSeries series) {
        StepSeries result = new StepSeries(series.labels, series.steps());
        result.dropName = series.dropName;
        return result;
    }

    /** Checks the parameter; false if nothing is chosen at any step. */
    private boolean hasAny() {
        double least = Double.POSITIVE_INFINITY;
        double most = Double.NEGATIVE_INFINITY;
        boolean undefined = false;
        for (double value : parameter) {
            undefined |= Double.isNaN(value);
            least = Double.isNaN(value) ? least : Math.min(least, value);
            most = Double.isNaN(value) ? most : Math.max(most, value);
        }
        return aggregate.op() == TokenType.LIMIT_RATIO
                ? hasAnyRatio(least, most, undefined)
                : hasAnyNumber(least, most, undefined);
    }

    private boolean hasAnyRatio(double least, double most, boolean undefined) {
        if (undefined) {
            throw QueryException.execution("Ratio value is NaN");
        }
        if (most > 1) {
            evaluator.annotations().invalidRatio(most, 1, aggregate.parameter().position());
        }
        if (least < -1) {
            evaluator
                    .annotations()
                    .invalidRatio(least, -1, aggregate.parameter().position());
        }
        return most != 0 || least != 0;
    }

    private static boolean hasAnyNumber(double least, double most, boolean undefined) {
        if (undefined) {
            throw QueryException.execution("Parameter value is NaN");
        }
        if (most < 1) {
            return false;
        }
        if (least <= Long.MIN_VALUE) {
            throw QueryException.execution("Scalar value " + least + " underflows int64");
        }
        if (most >= Long.MAX_VALUE) {
            throw QueryException.execution("Scalar value " + GoText.number(most) + " overflows int64");
        }
        return true;
    }

    private List<StepSeries> chosen(List<StepSeries> members, int all, int step) {
        List<StepSeries> present = new ArrayList<>();
        for (StepSeries member : members) {
            if (member.has(step)) {
                present.add(member);
            }
        }
        TokenType op = aggregate.op();
        if (op == TokenType.LIMIT_RATIO) {
            double ratio = Math.max(-1, Math.min(1, parameter[step]));
            present.removeIf(series -> !isSampled(series.labels, ratio));
            return present;
        }
        int k = (int) Math.min((long) parameter[step], all);
        if (k < 1) {
            return List.of();
        }
        if (op == TokenType.LIMITK) {
            return present.subList(0, Math.min(k, present.size()));
        }
        if (present.removeIf(series -> series.isHistogram(step))) {
            evaluator.annotations().ignoredInAggregation(op.text(), aggregate.position());
        }
        int sign = op == TokenType.TOPK ? -1 : 1;
        Comparator<StepSeries> order = (a, b) -> compare(a.values[step], b.values[step], sign);
        present.sort(order);
        return present.subList(0, Math.min(k, present.size()));
    }

    /** NaN is the worst in either direction. */
    private static int compare(double a, double b, int sign) {
        if (Double.isNaN(a) || Double.isNaN(b)) {
            return Boolean.compare(Double.isNaN(a), Double.isNaN(b));
        }
        return sign * (a < b ? -1 : a > b ? 1 : 0);
    }

    /** A negative ratio chooses what the positive one that completes it to 1 leaves. */
    private static boolean isSampled(Labels labels, double ratio) {
        double offset = LabelHash.fraction(labels);
        return ratio >= 0 ? offset < ratio : offset >= 1 + ratio;
    }
}
