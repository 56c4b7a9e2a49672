package io.promgres.promql;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Evaluates an aggregation: of most kinds only the groups are held, of some the series of each. */
final class Aggregation {

    private final Evaluation evaluation;
    private final Expr.Aggregate expr;
    private final Grid grid;
    private final Map<Labels, Group> groups = new LinkedHashMap<>();

    Aggregation(Evaluation evaluation, Expr.Aggregate expr, Grid grid) {
        this.evaluation = evaluation;
        this.expr = expr;
        this.grid = grid;
    }

    /** What is known of a group at each time. */
    private final class Group {
        private final Labels labels;
        private final int[] count = new int[grid.size()];
        private final double[] value = Series.nothing(grid.size());
        private double[] rest;
        private Sums.Mean[] means;
        private final List<Series> members = new ArrayList<>();

        Group(Labels labels) {
            this.labels = labels;
        }
    }

    void eval(Evaluation.Sink sink) throws QueryException {
        double[] param = expr.param().isPresent() && expr.param().get().type() == ValueType.SCALAR
                ? evaluation.scalar(expr.param().get(), grid)
                : null;
        if (expr.op().equals("quantile")) {
            checkQuantile(param);
        }
        evaluation.eval(expr.expr(), grid, this::add);
        for (Group group : groups.values()) {
            give(group, param, sink);
        }
    }

    private void checkQuantile(double[] param) {
        for (double q : param) {
            if (Double.isNaN(q) || q < 0 || q > 1) {
                evaluation
                        .annotations()
                        .warn(
                                "quantile value should be between 0 and 1, got " + Numbers.general(q),
                                expr.param().get().from());
            }
        }
    }

    private Labels labelsOf(Series series) {
        Labels labels = series.finalLabels();
        return expr.without() ? labels.without(expr.labels()) : labels.only(expr.labels());
    }

    private Group groupOf(Series series) throws QueryException {
        Labels labels = labelsOf(series);
        Group group = groups.get(labels);
        if (group == null) {
            evaluation.hold(grid.size());
            group = new Group(labels);
            groups.put(labels, group);
        }
        return group;
    }

    private void add(Series series) throws QueryException {
        if (series.isEmpty()) {
            return;
        }
        Group group = groupOf(series);
        switch (expr.op()) {
            case "sum" -> sum(group, series.values());
            case "avg" -> avg(group, series.values());
            case "min" -> extreme(group, series.values(), false);
            case "max" -> extreme(group, series.values(), true);
            case "count", "group" -> count(group, series.values());
            case "stddev", "stdvar" -> variance(group, series.values());
            default -> {
                evaluation.hold(grid.size());
                group.members.add(series);
            }
        }
    }

    private static void sum(Group group, double[] values) {
        if (group.rest == null) {
            group.rest = new double[values.length];
        }
        for (int i = 0; i < values.length; i++) {
            double value = values[i];
            if (Series.isAbsent(value)) {
                continue;
            }
            if (group.count[i]++ == 0) {
                group.value[i] = value;
                continue;
            }
            double sum = group.value[i];
            double total = sum + value;
            group.rest[i] = Sums.rest(sum, value, total, group.rest[i]);
            group.value[i] = total;
        }
    }

    private static void avg(Group group, double[] values) {
        if (group.means == null) {
            group.means = new Sums.Mean[values.length];
        }
        for (int i = 0; i < values.length; i++) {
            if (!Series.isAbsent(values[i])) {
                if (group.count[i]++ == 0) {
                    group.means[i] = new Sums.Mean();
                }
                group.means[i].add(values[i]);
            }
        }
    }

    private static void extreme(Group group, double[] values, boolean greatest) {
        for (int i = 0; i < values.length; i++) {
            double value = values[i];
            if (Series.isAbsent(value)) {
                continue;
            }
            double known = group.value[i];
            if (group.count[i]++ == 0 || Double.isNaN(known) || (greatest ? value > known : value < known)) {
                group.value[i] = value;
            }
        }
    }

    private static void count(Group group, double[] values) {
        for (int i = 0; i < values.length; i++) {
            if (!Series.isAbsent(values[i])) {
                group.count[i]++;
            }
        }
    }

    private static void variance(Group group, double[] values) {
        if (group.rest == null) {
            group.rest = new double[values.length];
        }
        double[] mean = group.rest;
        for (int i = 0; i < values.length; i++) {
            double value = values[i];
            if (Series.isAbsent(value)) {
                continue;
            }
            if (group.count[i]++ == 0) {
                mean[i] = value;
                group.value[i] = Double.isNaN(value) || Double.isInfinite(value) ? Double.NaN : 0;
                continue;
            }
            double delta = value - mean[i];
            mean[i] += delta / group.count[i];
            group.value[i] += delta * (value - mean[i]);
        }
    }

    private void give(Group group, double[] param, Evaluation.Sink sink) throws QueryException {
        switch (expr.op()) {
            case "topk", "bottomk" -> ranked(group, param, expr.op().equals("topk"), sink);
            case "limitk" -> limited(group, param, sink);
            case "limit_ratio" -> throw QueryException.execution("limit_ratio() is not supported");
            case "count_values" -> countValues(group, sink);
            case "quantile" -> {
                double[] values = new double[grid.size()];
                for (int i = 0; i < values.length; i++) {
                    double[] present = at(group, i);
                    values[i] = present.length == 0 ? Series.ABSENT : Sums.quantile(param[i], present);
                }
                sink.take(new Series(group.labels, false, values));
            }
            default -> sink.take(new Series(group.labels, false, values(group)));
        }
    }

    private double[] values(Group group) {
        double[] values = Series.nothing(grid.size());
        for (int i = 0; i < values.length; i++) {
            if (group.count[i] > 0) {
                values[i] = switch (expr.op()) {
                    case "sum" -> Double.isInfinite(group.value[i]) ? group.value[i] : group.value[i] + group.rest[i];
                    case "avg" -> group.means[i].value();
                    case "count" -> group.count[i];
                    case "group" -> 1;
                    case "stdvar" -> group.value[i] / group.count[i];
                    case "stddev" -> Math.sqrt(group.value[i] / group.count[i]);
                    default -> group.value[i];
                };
            }
        }
        return values;
    }

    private static double[] at(Group group, int i) {
        return group.members.stream()
                .mapToDouble(series -> series.values()[i])
                .filter(value -> !Series.isAbsent(value))
                .toArray();
    }

    /** So many; 0 if it is less than 1. */
    private static int number(double k) throws QueryException {
        if (Double.isNaN(k)) {
            throw QueryException.execution("Parameter value is NaN");
        }
        if (k <= -9.223372036854776e18 || k >= 9.223372036854775e18) {
            throw QueryException.execution(
                    "Scalar value " + Numbers.general(k) + (k > 0 ? " overflows" : " underflows") + " int64");
        }
        return (int) Math.max(0, Math.min(Integer.MAX_VALUE, (long) k));
    }

    private void ranked(Group group, double[] param, boolean greatest, Evaluation.Sink sink) throws QueryException {
        int members = group.members.size();
        double[][] results = new double[members][];
        Comparator<Integer> order = null;
        Integer[] present = new Integer[members];
        for (int i = 0; i < grid.size(); i++) {
            int at = i;
            int k = number(param[i]);
            int size = 0;
            for (int m = 0; m < members; m++) {
                if (!Series.isAbsent(group.members.get(m).values()[i])) {
                    present[size++] = m;
                }
            }
            order = (a, b) -> Calls.order(
                    group.members.get(a).values()[at], group.members.get(b).values()[at], greatest);
            Arrays.sort(present, 0, size, order);
            for (int rank = 0; rank < Math.min(k, size); rank++) {
                int m = present[rank];
                if (results[m] == null) {
                    results[m] = Series.nothing(grid.size());
                }
                results[m][i] = group.members.get(m).values()[i];
            }
        }
        List<Integer> wanted = new ArrayList<>();
        for (int m = 0; m < members; m++) {
            if (results[m] != null) {
                wanted.add(m);
            }
        }
        if (grid.size() == 1) {
            wanted.sort(order);
        }
        for (int m : wanted) {
            Series series = group.members.get(m);
            sink.take(new Series(series.labels(), series.dropName(), results[m]));
        }
    }

    private void limited(Group group, double[] param, Evaluation.Sink sink) throws QueryException {
        int[] given = new int[grid.size()];
        group.members.sort(Comparator.comparing(Series::labels));
        for (Series series : group.members) {
            double[] values = Series.nothing(grid.size());
            for (int i = 0; i < values.length; i++) {
                if (!Series.isAbsent(series.values()[i]) && given[i] < number(param[i])) {
                    given[i]++;
                    values[i] = series.values()[i];
                }
            }
            Series limited = new Series(series.labels(), series.dropName(), values);
            if (!limited.isEmpty()) {
                sink.take(limited);
            }
        }
    }

    private void countValues(Group group, Evaluation.Sink sink) throws QueryException {
        String label = ((Expr.Str) Evaluation.unwrap(expr.param().orElseThrow())).value();
        if (label.isEmpty()) {
            throw QueryException.execution("invalid label name " + Text.quote(label));
        }
        Map<Labels, double[]> counts = new LinkedHashMap<>();
        for (Series series : group.members) {
            for (int i = 0; i < grid.size(); i++) {
                double value = series.values()[i];
                if (!Series.isAbsent(value)) {
                    double[] ofValue = counts.computeIfAbsent(
                            group.labels.with(label, Numbers.plain(value)), key -> Series.nothing(grid.size()));
                    ofValue[i] = Series.isAbsent(ofValue[i]) ? 1 : ofValue[i] + 1;
                }
            }
        }
        for (Map.Entry<Labels, double[]> count : counts.entrySet()) {
            evaluation.hold(grid.size());
            sink.take(new Series(count.getKey(), false, count.getValue()));
        }
    }
}
