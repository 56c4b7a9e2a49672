package io.promgres.promql;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;

/** Evaluates calls of functions. */
final class Calls {

    private static final String BUCKET = "le";

    private final Evaluation evaluation;

    Calls(Evaluation evaluation) {
        this.evaluation = evaluation;
    }

    /** A call that gives a scalar. */
    double[] scalar(Expr.Call call, Grid grid) throws QueryException {
        double[] values = new double[grid.size()];
        switch (call.function().name()) {
            case "pi" -> Arrays.fill(values, Math.PI);
            case "step", "range", "start", "end" ->
                Arrays.fill(values, evaluation.ofQuery(call.function().name()));
            case "min_of", "max_of" -> {
                double[] a = evaluation.scalar(call.args().get(0), grid);
                double[] b = evaluation.scalar(call.args().get(1), grid);
                boolean most = call.function().name().equals("max_of");
                Arrays.setAll(values, i -> most ? Math.max(a[i], b[i]) : Math.min(a[i], b[i]));
            }
            case "time" -> Arrays.setAll(values, i -> grid.at(i) / 1000.0);
            default -> {
                int[] count = new int[values.length];
                evaluation.eval(call.args().get(0), grid, series -> {
                    for (int i = 0; i < values.length; i++) {
                        if (!Series.isAbsent(series.values()[i])) {
                            values[i] = series.values()[i];
                            count[i]++;
                        }
                    }
                });
                for (int i = 0; i < values.length; i++) {
                    values[i] = count[i] == 1 ? values[i] : Double.NaN;
                }
            }
        }
        return values;
    }

    /** A call that gives a vector. */
    void eval(Expr.Call call, Grid grid, Evaluation.Sink sink) throws QueryException {
        String name = call.function().name();
        RangeFunctions.Fold fold = RangeFunctions.named(name);
        DoubleUnaryOperator operator = ValueFunctions.named(name);
        if (fold != null) {
            range(call, fold, grid, sink);
        } else if (operator != null) {
            if (call.args().isEmpty()) {
                double[] times = new double[grid.size()];
                Arrays.setAll(times, i -> operator.applyAsDouble(grid.at(i) / 1000.0));
                sink.take(new Series(Labels.EMPTY, false, times));
            } else {
                map(call, grid, sink, (value, i) -> operator.applyAsDouble(value));
            }
        } else {
            other(call, grid, sink);
        }
    }

    private void other(Expr.Call call, Grid grid, Evaluation.Sink sink) throws QueryException {
        switch (call.function().name()) {
            case "vector" ->
                sink.take(new Series(
                        Labels.EMPTY, false, evaluation.scalar(call.args().get(0), grid)));
            case "timestamp" -> timestamp(call, grid, sink);
            case "absent" -> absent(call, grid, sink);
            case "absent_over_time" -> absentOverTime(call, grid, sink);
            case "round" -> {
                double[] nearest = optional(call, 1, grid, 1);
                map(call, grid, sink, (value, i) -> ValueFunctions.round(value, nearest[i]));
            }
            case "clamp" -> {
                double[] least = evaluation.scalar(call.args().get(1), grid);
                double[] most = evaluation.scalar(call.args().get(2), grid);
                map(
                        call,
                        grid,
                        sink,
                        (value, i) ->
                                most[i] < least[i] ? Series.ABSENT : Math.max(least[i], Math.min(most[i], value)));
            }
            case "clamp_min" -> {
                double[] least = evaluation.scalar(call.args().get(1), grid);
                map(call, grid, sink, (value, i) -> Math.max(least[i], value));
            }
            case "clamp_max" -> {
                double[] most = evaluation.scalar(call.args().get(1), grid);
                map(call, grid, sink, (value, i) -> Math.min(most[i], value));
            }
            case "label_replace" -> labelReplace(call, grid, sink);
            case "label_join" -> labelJoin(call, grid, sink);
            case "sort", "sort_desc", "sort_by_label", "sort_by_label_desc" -> sort(call, grid, sink);
            case "histogram_quantile", "histogram_fraction", "histogram_quantiles" -> classic(call, grid, sink);
            default -> {
                // Functions of native histograms: there are none of floats.
                evaluation.eval(call.args().get(0), grid, series -> {});
            }
        }
    }

    private double[] optional(Expr.Call call, int arg, Grid grid, double otherwise) throws QueryException {
        if (call.args().size() > arg) {
            return evaluation.scalar(call.args().get(arg), grid);
        }
        double[] values = new double[grid.size()];
        Arrays.fill(values, otherwise);
        return values;
    }

    /** Makes a value of a value. */
    @FunctionalInterface
    private interface Mapping {
        double of(double value, int i);
    }

    private void map(Expr.Call call, Grid grid, Evaluation.Sink sink, Mapping mapping) throws QueryException {
        Evaluation.Distinct distinct = new Evaluation.Distinct();
        evaluation.eval(call.args().get(0), grid, series -> {
            double[] values = new double[series.values().length];
            for (int i = 0; i < values.length; i++) {
                double value = series.values()[i];
                values[i] = Series.isAbsent(value) ? value : mapping.of(value, i);
            }
            give(evaluation.renamed(series.labels(), series.dropName(), true, values), distinct, sink);
        });
    }

    private void give(Series series, Evaluation.Distinct distinct, Evaluation.Sink sink) throws QueryException {
        if (!evaluation.delaysNameRemoval()) {
            distinct.check(series);
        }
        sink.take(series);
    }

    private void range(Expr.Call call, RangeFunctions.Fold fold, Grid grid, Evaluation.Sink sink)
            throws QueryException {
        String name = call.function().name();
        List<double[]> scalars = new ArrayList<>();
        Expr matrix = null;
        for (Expr arg : call.args()) {
            if (arg.type() == ValueType.MATRIX) {
                matrix = arg;
            } else {
                scalars.add(evaluation.scalar(arg, grid));
            }
        }
        checkArguments(call, scalars);
        boolean alwaysNow = name.equals("predict_linear");
        boolean counter = name.equals("rate") || name.equals("increase");
        Expr ranges = matrix;
        Evaluation.Distinct distinct = new Evaluation.Distinct();
        evaluation.ranges(ranges, grid, (labels, dropName, samples, windows) -> {
            double[] values = fold(fold, scalars, grid, samples, windows, alwaysNow);
            if (values == null) {
                return;
            }
            if (counter) {
                informOfCounter(labels.get(Labels.NAME), ranges.from());
            }
            give(evaluation.renamed(labels, dropName, !RangeFunctions.keepsName(name), values), distinct, sink);
        });
    }

    private void informOfCounter(String metric, int at) {
        if (!metric.isEmpty()
                && !metric.endsWith("_total")
                && !metric.endsWith("_sum")
                && !metric.endsWith("_count")
                && !metric.endsWith("_bucket")) {
            evaluation
                    .annotations()
                    .inform(
                            "metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "
                                    + Text.quote(metric),
                            at);
        }
    }

    private void checkArguments(Expr.Call call, List<double[]> scalars) throws QueryException {
        String name = call.function().name();
        if (name.equals("quantile_over_time")) {
            checkQuantile(scalars.get(0), call.args().get(0).from());
        }
        if (name.equals("double_exponential_smoothing")) {
            String[] words = {"smoothing", "trend"};
            for (int i = 0; i < words.length; i++) {
                double factor = scalars.get(i)[0];
                if (factor <= 0 || factor >= 1) {
                    throw QueryException.execution(String.format(
                            java.util.Locale.ROOT,
                            "invalid %s factor. Expected: 0 < %s < 1, got: %f",
                            words[i],
                            i == 0 ? "sf" : "tf",
                            factor));
                }
            }
        }
    }

    private void checkQuantile(double[] quantiles, int at) {
        for (double q : quantiles) {
            if (Double.isNaN(q) || q < 0 || q > 1) {
                evaluation
                        .annotations()
                        .warn("quantile value should be between 0 and 1, got " + Numbers.general(q), at);
            }
        }
    }

    /** Null if no range has a sample. */
    private static double[] fold(
            RangeFunctions.Fold fold,
            List<double[]> scalars,
            Grid grid,
            SampleSource.Samples samples,
            Evaluation.Windows windows,
            boolean alwaysNow) {
        double[] values = Series.nothing(grid.size());
        double[] args = new double[scalars.size()];
        Window window = new Window();
        window.times = samples.times();
        window.values = samples.values();
        window.range = windows.range();
        boolean any = false;
        for (int i = 0; i < values.length; i++) {
            long end = windows.ends()[i];
            while (window.to < samples.size() && window.times[window.to] <= end) {
                window.to++;
            }
            while (window.from < window.to && window.times[window.from] <= end - windows.range()) {
                window.from++;
            }
            if (window.from == window.to) {
                continue;
            }
            any = true;
            boolean same = i > 0 && end == windows.ends()[i - 1] && !alwaysNow && args.length == 0;
            if (same) {
                values[i] = values[i - 1];
                continue;
            }
            for (int arg = 0; arg < args.length; arg++) {
                args[arg] = scalars.get(arg)[i];
            }
            window.end = end;
            window.now = grid.at(i);
            values[i] = fold.of(window, args);
        }
        return any ? values : null;
    }

    private void timestamp(Expr.Call call, Grid grid, Evaluation.Sink sink) throws QueryException {
        Expr arg = Evaluation.unwrap(call.args().get(0));
        if (arg instanceof Expr.Vector vector) {
            Evaluation.Distinct distinct = new Evaluation.Distinct();
            evaluation.selector(
                    vector,
                    grid,
                    true,
                    series -> give(
                            evaluation.renamed(series.labels(), series.dropName(), true, series.values()),
                            distinct,
                            sink));
        } else {
            map(call, grid, sink, (value, i) -> grid.at(i) / 1000.0);
        }
    }

    private void absent(Expr.Call call, Grid grid, Evaluation.Sink sink) throws QueryException {
        boolean[] there = new boolean[grid.size()];
        evaluation.eval(call.args().get(0), grid, series -> {
            for (int i = 0; i < there.length; i++) {
                there[i] |= !Series.isAbsent(series.values()[i]);
            }
        });
        giveAbsent(call.args().get(0), there, sink);
    }

    private void absentOverTime(Expr.Call call, Grid grid, Evaluation.Sink sink) throws QueryException {
        boolean[] there = new boolean[grid.size()];
        evaluation.ranges(call.args().get(0), grid, (labels, dropName, samples, windows) -> {
            double[] present = fold((w, a) -> 1, List.of(), grid, samples, windows, false);
            for (int i = 0; i < there.length && present != null; i++) {
                there[i] |= !Series.isAbsent(present[i]);
            }
        });
        giveAbsent(call.args().get(0), there, sink);
    }

    private void giveAbsent(Expr arg, boolean[] there, Evaluation.Sink sink) throws QueryException {
        double[] values = Series.nothing(there.length);
        boolean any = false;
        for (int i = 0; i < there.length; i++) {
            if (!there[i]) {
                values[i] = 1;
                any = true;
            }
        }
        if (any) {
            sink.take(new Series(labelsOfAbsent(Evaluation.unwrap(arg)), false, values));
        }
    }

    private static Labels labelsOfAbsent(Expr arg) {
        Expr.Vector vector =
                arg instanceof Expr.Matrix matrix ? matrix.vector() : arg instanceof Expr.Vector plain ? plain : null;
        if (vector == null) {
            return Labels.EMPTY;
        }
        Map<String, String> labels = new HashMap<>();
        Set<String> seen = new HashSet<>();
        for (io.promgres.promql.Matcher matcher : vector.matchers()) {
            if (matcher.name().equals(Labels.NAME)) {
                continue;
            }
            if (matcher.operator().equals("=") && !seen.contains(matcher.name())) {
                labels.put(matcher.name(), matcher.value());
            } else {
                labels.remove(matcher.name());
            }
            seen.add(matcher.name());
        }
        return Labels.of(labels);
    }

    private static String text(Expr.Call call, int arg) {
        return ((Expr.Str) Evaluation.unwrap(call.args().get(arg))).value();
    }

    private void labelReplace(Expr.Call call, Grid grid, Evaluation.Sink sink) throws QueryException {
        String target = text(call, 1);
        String template = text(call, 2);
        String origin = text(call, 3);
        if (target.isEmpty()) {
            throw QueryException.execution("invalid destination label name in label_replace(): " + target);
        }
        Pattern pattern;
        try {
            pattern = Pattern.compile("^(?s:" + text(call, 4) + ")$");
        } catch (PatternSyntaxException e) {
            throw QueryException.execution("invalid regular expression in label_replace(): " + text(call, 4));
        }
        relabelled(
                call,
                grid,
                sink,
                labels -> {
                    Matcher matcher = pattern.matcher(labels.get(origin));
                    return matcher.matches() ? labels.with(target, expand(template, matcher)) : labels;
                },
                target.equals(Labels.NAME));
    }

    private void labelJoin(Expr.Call call, Grid grid, Evaluation.Sink sink) throws QueryException {
        String target = text(call, 1);
        if (target.isEmpty()) {
            throw QueryException.execution("invalid destination label name in label_join(): " + target);
        }
        String separator = text(call, 2);
        relabelled(
                call,
                grid,
                sink,
                labels -> {
                    List<String> values = new ArrayList<>();
                    for (int i = 3; i < call.args().size(); i++) {
                        values.add(labels.get(text(call, i)));
                    }
                    return labels.with(target, String.join(separator, values));
                },
                target.equals(Labels.NAME));
    }

    private void relabelled(
            Expr.Call call,
            Grid grid,
            Evaluation.Sink sink,
            java.util.function.UnaryOperator<Labels> change,
            boolean named)
            throws QueryException {
        Map<Labels, Series> results = new LinkedHashMap<>();
        for (Series series : evaluation.collect(call.args().get(0), grid)) {
            Labels labels = change.apply(series.labels());
            boolean drop = series.dropName() && !named;
            Series known = results.get(labels);
            if (known == null) {
                results.put(labels, new Series(labels, drop, series.values().clone()));
                continue;
            }
            for (int i = 0; i < grid.size(); i++) {
                double value = series.values()[i];
                if (!Series.isAbsent(value)) {
                    if (!Series.isAbsent(known.values()[i])) {
                        throw QueryException.execution("vector cannot contain metrics with the same labelset");
                    }
                    known.values()[i] = value;
                }
            }
        }
        for (Series series : results.values()) {
            sink.take(series);
        }
    }

    /** Replaces $1, ${1}, $name and ${name} by what has matched. */
    private static String expand(String template, Matcher matcher) {
        StringBuilder text = new StringBuilder();
        int at = 0;
        while (at < template.length()) {
            char c = template.charAt(at++);
            if (c != '$' || at == template.length()) {
                text.append(c);
                continue;
            }
            if (template.charAt(at) == '$') {
                text.append('$');
                at++;
                continue;
            }
            boolean braces = template.charAt(at) == '{';
            int from = braces ? at + 1 : at;
            int end = from;
            while (end < template.length()
                    && (Character.isLetterOrDigit(template.charAt(end)) || template.charAt(end) == '_')) {
                end++;
            }
            if (end == from || braces && (end == template.length() || template.charAt(end) != '}')) {
                text.append('$');
                continue;
            }
            text.append(group(matcher, template.substring(from, end)));
            at = braces ? end + 1 : end;
        }
        return text.toString();
    }

    private static String group(Matcher matcher, String name) {
        try {
            if (name.chars().allMatch(c -> c >= '0' && c <= '9')) {
                int number = Integer.parseInt(name);
                String found = number <= matcher.groupCount() ? matcher.group(number) : null;
                return found == null ? "" : found;
            }
            String found = matcher.group(name);
            return found == null ? "" : found;
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    private void sort(Expr.Call call, Grid grid, Evaluation.Sink sink) throws QueryException {
        List<Series> all = evaluation.collect(call.args().get(0), grid);
        String name = call.function().name();
        if (grid.size() == 1) {
            if (name.startsWith("sort_by_label")) {
                Comparator<Series> order = Comparator.comparing(Series::labels);
                for (int i = call.args().size() - 1; i > 0; i--) {
                    String label = text(call, i);
                    Comparator<Series> byLabel = (a, b) -> NaturalOrder.compare(
                            a.labels().get(label), b.labels().get(label));
                    order = byLabel.thenComparing(order);
                }
                all.sort(name.endsWith("_desc") ? order.reversed() : order);
            } else {
                boolean descending = name.endsWith("_desc");
                all.sort((a, b) -> order(a.values()[0], b.values()[0], descending));
            }
        }
        for (Series series : all) {
            sink.take(series);
        }
    }

    /** NaN comes last, whatever the order. */
    static int order(double a, double b, boolean descending) {
        if (Double.isNaN(a) || Double.isNaN(b)) {
            return Boolean.compare(Double.isNaN(a), Double.isNaN(b));
        }
        return a == b ? 0 : a < b == descending ? 1 : -1;
    }

    private void classic(Expr.Call call, Grid grid, Evaluation.Sink sink) throws QueryException {
        boolean several = call.function().name().equals("histogram_quantiles");
        List<double[]> params = new ArrayList<>();
        Expr vector = null;
        for (Expr arg : call.args()) {
            if (arg.type() == ValueType.VECTOR) {
                vector = arg;
            } else if (arg.type() == ValueType.SCALAR) {
                params.add(evaluation.scalar(arg, grid));
                if (!call.function().name().equals("histogram_fraction")) {
                    checkQuantile(params.get(params.size() - 1), arg.from());
                }
            }
        }
        Map<Labels, List<Series>> groups = buckets(vector, grid);
        Evaluation.Distinct distinct = new Evaluation.Distinct();
        for (Map.Entry<Labels, List<Series>> group : groups.entrySet()) {
            for (int q = 0; q < (several ? params.size() : 1); q++) {
                double[] values = Series.nothing(grid.size());
                boolean fraction = call.function().name().equals("histogram_fraction");
                for (int i = 0; i < values.length; i++) {
                    double upper = fraction ? params.get(1)[i] : Double.NaN;
                    values[i] = at(i, group.getValue(), fraction, params.get(q)[i], upper, vector);
                }
                Labels labels = several
                        ? group.getKey().with(text(call, 1), Numbers.general(params.get(q)[0]))
                        : group.getKey();
                give(evaluation.renamed(labels, false, true, values), distinct, sink);
            }
        }
    }

    private Map<Labels, List<Series>> buckets(Expr vector, Grid grid) throws QueryException {
        Map<Labels, List<Series>> groups = new LinkedHashMap<>();
        for (Series series : evaluation.collect(vector, grid)) {
            String bound = series.labels().get(BUCKET);
            if (Numbers.parse(bound).isEmpty()) {
                evaluation
                        .annotations()
                        .warn(
                                "bucket label \"le\" is missing or has a malformed value of " + Text.quote(bound)
                                        + metricOf(series.labels()),
                                vector.from());
                continue;
            }
            Labels group = series.labels().filter(label -> !label.equals(BUCKET));
            groups.computeIfAbsent(group, key -> new ArrayList<>()).add(series);
        }
        return groups;
    }

    private static String metricOf(Labels labels) {
        String metric = labels.get(Labels.NAME);
        return metric.isEmpty() ? "" : " for metric name " + Text.quote(metric);
    }

    private double at(int i, List<Series> buckets, boolean fraction, double param, double upper, Expr vector) {
        ClassicHistogram histogram = new ClassicHistogram();
        boolean any = false;
        for (Series bucket : buckets) {
            double count = bucket.values()[i];
            if (!Series.isAbsent(count)) {
                any = true;
                histogram.add(Numbers.parse(bucket.labels().get(BUCKET)).getAsDouble(), count);
            }
        }
        if (!any) {
            return Series.ABSENT;
        }
        double value = fraction ? histogram.fraction(param, upper) : histogram.quantile(param);
        if (!fraction && histogram.corrected()) {
            evaluation
                    .annotations()
                    .inform(
                            "input to histogram_quantile needed to be fixed for monotonicity (see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)"
                                    + metricOf(buckets.get(0).labels()),
                            vector.from());
        }
        return value;
    }
}
