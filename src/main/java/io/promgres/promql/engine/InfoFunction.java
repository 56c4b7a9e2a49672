package io.promgres.promql.engine;

import com.google.re2j.Pattern;
import io.promgres.promql.data.Labels;
import io.promgres.promql.data.Matcher;
import io.promgres.promql.data.QueryException;
import io.promgres.promql.data.SampleSeries;
import io.promgres.promql.data.SampleSource.Selection;
import io.promgres.promql.syntax.Expr;
import io.promgres.promql.syntax.Expr.Call;
import io.promgres.promql.syntax.Expr.Subquery;
import io.promgres.promql.syntax.Expr.Time;
import io.promgres.promql.syntax.Expr.VectorSelector;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** info(): adds the labels of info metrics of the same target to series. */
final class InfoFunction {

    private static final List<String> IDENTIFYING = List.of("instance", "job");

    private final Evaluator evaluator;
    private final Grid grid;

    InfoFunction(Evaluator evaluator) {
        this.evaluator = evaluator;
        this.grid = evaluator.grid;
    }

    List<StepSeries> evaluate(Call call) {
        List<StepSeries> base = evaluator.vector(call.arguments().get(0));
        List<Matcher> all = call.arguments().size() > 1
                ? ((VectorSelector) Evaluator.unwrap(call.arguments().get(1))).matchers()
                : List.of();
        List<Matcher> names = effectiveNames(all.stream()
                .filter(matcher -> matcher.name().equals(Labels.NAME))
                .toList());
        List<Matcher> data = all.stream()
                .filter(matcher -> !matcher.name().equals(Labels.NAME))
                .toList();
        Set<StepSeries> ignored = base.stream()
                .filter(series -> names.stream().allMatch(name -> name.matches(series.labels.metricName())))
                .collect(Collectors.toSet());
        List<Info> infos =
                infos(base, ignored, names, data, timeOf(call.arguments().get(0)));
        Map<Labels, StepSeries> results = new LinkedHashMap<>();
        for (int step = 0; step < grid.steps(); step++) {
            step(base, ignored, infos, data, results, step);
        }
        evaluator.release(base);
        return new ArrayList<>(results.values());
    }

    /** An info series with, at each step, the time of its sample in seconds. */
    private record Info(Labels labels, StepSeries times) {}

    /** Only metrics that say they are infos, unless a name is asked for. */
    private static List<Matcher> effectiveNames(List<Matcher> names) {
        boolean positive = names.stream()
                .anyMatch(name -> name.type() == Matcher.Type.EQUAL || name.type() == Matcher.Type.MATCHES);
        if (positive) {
            return names;
        }
        if (names.isEmpty()) {
            return List.of(new Matcher(Matcher.Type.EQUAL, Labels.NAME, "target_info"));
        }
        List<Matcher> effective = new ArrayList<>(names);
        effective.add(new Matcher(Matcher.Type.MATCHES, Labels.NAME, ".+_info"));
        return effective;
    }

    /** When the first selector of an expression looks. */
    private static Time timeOf(Expr expr) {
        return find(expr, 0, null);
    }

    private static Time find(Expr expr, long offset, Long at) {
        if (expr instanceof VectorSelector selector) {
            Time time = selector.time();
            return new Time(
                    time.offset() + (time.at() == null ? offset : 0), null, time.at() == null ? at : time.at(), null);
        }
        if (expr instanceof Subquery subquery) {
            Time time = subquery.time();
            return find(
                    subquery.expr(),
                    time.offset() + (time.at() == null ? offset : 0),
                    time.at() == null ? at : time.at());
        }
        for (Expr child : children(expr)) {
            Time found = find(child, offset, at);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private static List<Expr> children(Expr expr) {
        if (expr instanceof Expr.Paren paren) {
            return List.of(paren.expr());
        }
        if (expr instanceof Expr.Unary unary) {
            return List.of(unary.expr());
        }
        if (expr instanceof Expr.Binary binary) {
            return List.of(binary.left(), binary.right());
        }
        if (expr instanceof Expr.Aggregate aggregate) {
            return List.of(aggregate.expr());
        }
        if (expr instanceof Expr.MatrixSelector matrix) {
            return List.of(matrix.vector());
        }
        return expr instanceof Call call ? call.arguments() : List.of();
    }

    private List<Info> infos(
            List<StepSeries> base, Set<StepSeries> ignored, List<Matcher> names, List<Matcher> data, Time when) {
        Map<String, Set<String>> targets = new TreeMap<>();
        for (StepSeries series : base) {
            for (String label : IDENTIFYING) {
                String value = series.labels.get(label);
                if (!ignored.contains(series) && !value.isEmpty()) {
                    targets.computeIfAbsent(label, key -> new TreeSet<>()).add(value);
                }
            }
        }
        if (targets.isEmpty()) {
            return List.of();
        }
        List<Matcher> matchers = new ArrayList<>(names);
        matchers.addAll(data);
        targets.forEach((label, values) -> matchers.add(new Matcher(
                Matcher.Type.MATCHES, label, values.stream().map(Pattern::quote).collect(Collectors.joining("|")))));
        Time time = when == null ? new Time(0, null, null, null) : when;
        Selectors selectors = evaluator.selectors();
        List<SampleSeries> selected = evaluator.execution.source.select(new Selection(
                matchers,
                selectors.reference(time, 0) - evaluator.execution.options.lookback() + 1,
                selectors.reference(time, grid.steps() - 1),
                0,
                grid.steps() == 1 ? 0 : grid.step(),
                "info",
                false));
        List<Info> infos = new ArrayList<>();
        for (SampleSeries series : selected) {
            if (series.histograms() != null) {
                throw QueryException.execution("this should be an info metric, with float samples: " + series.labels());
            }
            infos.add(new Info(series.labels(), selectors.onGrid(series, time, true, false)));
        }
        return infos;
    }

    private void step(
            List<StepSeries> base,
            Set<StepSeries> ignored,
            List<Info> infos,
            List<Matcher> data,
            Map<Labels, StepSeries> results,
            int step) {
        Map<Labels, Map<String, Info>> newest = newest(infos, step);
        for (StepSeries series : base) {
            if (!series.has(step)) {
                continue;
            }
            Labels labels = series.labels;
            if (!ignored.contains(series)) {
                Collection<Info> found = newest.getOrDefault(series.labels.keep(IDENTIFYING), Map.of())
                        .values();
                if (found.isEmpty() && !data.stream().allMatch(matcher -> matcher.matches(""))) {
                    continue;
                }
                labels = withInfos(series.labels, found, data);
            }
            StepSeries result = results.computeIfAbsent(labels, key -> new StepSeries(key, grid.steps()));
            if (result.has(step)) {
                throw QueryException.execution(Evaluator.DUPLICATE);
            }
            result.dropName = series.dropName;
            result.copy(step, series);
        }
    }

    /** By target and metric, the info series with the newest sample. */
    private Map<Labels, Map<String, Info>> newest(List<Info> infos, int step) {
        Map<Labels, Map<String, Info>> newest = new LinkedHashMap<>();
        for (Info info : infos) {
            if (!info.times.has(step)) {
                continue;
            }
            Map<String, Info> ofTarget = newest.computeIfAbsent(info.labels.keep(IDENTIFYING), key -> new TreeMap<>());
            Info before = ofTarget.get(info.labels.metricName());
            double time = info.times.values[step];
            if (before != null && before.times.values[step] == time) {
                throw QueryException.execution("found duplicate series for info metric: existing " + before.labels
                        + " @ " + Math.round(time * 1000) + ", new " + info.labels + " @ "
                        + Math.round(time * 1000));
            }
            if (before == null || before.times.values[step] < time) {
                ofTarget.put(info.labels.metricName(), info);
            }
        }
        return newest;
    }

    private static Labels withInfos(Labels base, Collection<Info> infos, List<Matcher> data) {
        Set<String> wanted = data.stream().map(Matcher::name).collect(Collectors.toCollection(HashSet::new));
        Labels.Builder added = new Labels.Builder(Labels.EMPTY);
        for (Info info : infos) {
            for (int i = 0; i < info.labels.size(); i++) {
                String name = info.labels.name(i);
                String value = info.labels.value(i);
                if (name.equals(Labels.NAME) || !wanted.isEmpty() && !wanted.contains(name)) {
                    continue;
                }
                String before = added.get(name);
                if (!before.isEmpty() && !before.equals(value)) {
                    throw QueryException.execution("conflicting label: " + name);
                }
                if (base.get(name).isEmpty()) {
                    added.set(name, value);
                }
            }
        }
        Labels labels = added.build();
        Labels.Builder result = new Labels.Builder(base);
        for (int i = 0; i < labels.size(); i++) {
            result.set(labels.name(i), labels.value(i));
        }
        return result.build();
    }
}
