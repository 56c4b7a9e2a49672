package io.promgres.promql;

import io.promgres.promql.data.Buckets;
import io.promgres.promql.data.FloatHistogram;
import io.promgres.promql.data.Labels;
import io.promgres.promql.data.QueryException;
import io.promgres.promql.data.SampleSource;
import io.promgres.promql.engine.Engine;
import io.promgres.promql.engine.EngineOptions;
import io.promgres.promql.engine.QueryResult;
import io.promgres.promql.syntax.ParserOptions;
import io.promgres.promql.syntax.ValueType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Runs the commands of a script against an engine, and says what came otherwise than expected. */
final class ScriptRunner {

    /** Where a script's samples go before its queries are asked. */
    interface Store {

        /** @param samples all that a script has loaded since the last clear */
        SampleSource sourceOf(MemorySource samples) throws Exception;
    }

    static final EngineOptions OPTIONS =
            new EngineOptions(300_000, 50_000_000, 100_000, 60_000, ParserOptions.ALL, true, true, false);

    private static final double RELATIVE = 1e-6;

    private final Engine engine;
    private final Store store;
    private final MemorySource samples = new MemorySource();
    private final List<String> failures = new ArrayList<>();
    private SampleSource source;
    private int queries;

    ScriptRunner(Store store, EngineOptions options) {
        this.store = store;
        this.engine = new Engine(options);
    }

    /** All features are on; labels of type and unit are in the script that is about them. */
    static EngineOptions optionsOf(Path script) {
        boolean typeAndUnit = script.endsWith("type_and_unit.test");
        return new EngineOptions(
                OPTIONS.lookback(),
                OPTIONS.maxSamples(),
                OPTIONS.timeoutMillis(),
                OPTIONS.subqueryStep(),
                OPTIONS.parser(),
                true,
                true,
                typeAndUnit);
    }

    int queries() {
        return queries;
    }

    List<String> failures() {
        return failures;
    }

    void run(List<Script.Command> commands) throws Exception {
        for (Script.Command command : commands) {
            if (command instanceof Script.Clear) {
                samples.clear();
                source = null;
            } else if (command instanceof Script.Load load) {
                load(load);
                source = null;
            } else {
                Script.Eval eval = (Script.Eval) command;
                queries++;
                source = source == null ? store.sourceOf(samples) : source;
                String failure = evaluate(eval);
                if (failure != null) {
                    failures.add("line " + eval.line() + ": " + eval.query() + "\n    " + failure);
                }
            }
        }
    }

    private void load(Script.Load load) {
        for (Script.Series series : load.series()) {
            for (int i = 0; i < series.points().size(); i++) {
                Points.Point point = series.points().get(i);
                if (point != null) {
                    long time = i * load.interval();
                    Points.Point start =
                            i < series.startTimes().size() ? series.startTimes().get(i) : null;
                    long startTime = start == null ? 0 : time + Math.round(start.value() * 1000);
                    samples.add(
                            series.labels(),
                            time,
                            new MemorySource.Sample(point.value(), point.histogram(), startTime));
                }
            }
        }
        if (load.custom()) {
            CustomBuckets.add(load, samples);
        }
    }

    private String evaluate(Script.Eval eval) {
        QueryResult result;
        try {
            result = eval.step() == null
                    ? engine.instant(eval.query(), eval.start(), source, () -> false)
                    : engine.range(eval.query(), eval.start(), eval.end(), eval.step(), source, () -> false);
        } catch (QueryException e) {
            return checkFailure(eval, e.getMessage());
        }
        if (eval.expectations().stream()
                .anyMatch(expectation -> expectation.kind().equals("fail"))) {
            return "expected to fail, gave " + describe(result);
        }
        for (Script.Expectation expectation : eval.expectations()) {
            String failure = checkAnnotation(expectation, result);
            if (failure != null) {
                return failure;
            }
        }
        return checkValues(eval, result);
    }

    private static String checkFailure(Script.Eval eval, String message) {
        for (Script.Expectation expectation : eval.expectations()) {
            if (expectation.kind().equals("fail")) {
                return expectation.message() == null || matches(expectation, message)
                        ? null
                        : "failed with " + message + ", expected " + expectation.message();
            }
        }
        return "failed: " + message;
    }

    private static boolean matches(Script.Expectation expectation, String message) {
        return expectation.regex()
                ? Pattern.compile(expectation.message()).matcher(message).find()
                : message.equals(expectation.message());
    }

    private static String checkAnnotation(Script.Expectation expectation, QueryResult result) {
        List<String> texts = expectation.kind().endsWith("warn") ? result.warnings() : result.infos();
        return switch (expectation.kind()) {
            case "no_warn", "no_info" -> texts.isEmpty() ? null : "unexpected " + texts;
            case "warn", "info" -> {
                boolean found = expectation.message() == null
                        ? !texts.isEmpty()
                        : texts.stream().anyMatch(text -> matches(expectation, text));
                yield found ? null : "expected " + expectation + ", got " + texts;
            }
            default -> null;
        };
    }

    private String checkValues(Script.Eval eval, QueryResult result) {
        Script.Expectation string = find(eval, "string");
        if (string != null) {
            String expected = string.message().substring(1, string.message().length() - 1);
            return expected.equals(result.text()) ? null : "gave " + result.text() + ", not " + expected;
        }
        if (result.type() == ValueType.SCALAR && eval.values().size() == 1 && eval.step() == null) {
            double expected = Points.number(eval.values().get(0));
            return close(expected, result.series().get(0).values()[0]) ? null : "gave " + describe(result);
        }
        Script.Expectation range = find(eval, "range");
        long start = eval.start();
        long step = eval.step() == null ? 1 : eval.step();
        if (range != null) {
            String[] words = range.message().split("\\s+");
            start = Math.round(Points.number(words[2]) * 1000);
            step = Math.round(Points.number(words[6]) * 1000);
        }
        return find(eval, "ordered") != null
                ? checkOrdered(eval, result, start, step)
                : checkSeries(eval, result, start, step);
    }

    private static Script.Expectation find(Script.Eval eval, String kind) {
        return eval.expectations().stream()
                .filter(expectation -> expectation.kind().equals(kind))
                .findFirst()
                .orElse(null);
    }

    private String checkOrdered(Script.Eval eval, QueryResult result, long start, long step) {
        List<Script.Series> expected =
                eval.values().stream().map(ScriptRunner::series).toList();
        if (expected.size() != result.series().size()) {
            return "gave " + describe(result);
        }
        for (int i = 0; i < expected.size(); i++) {
            QueryResult.Points points = result.series().get(i);
            if (!expected.get(i).labels().equals(points.labels())
                    || !samePoints(expected.get(i).points(), points, start, step)) {
                return "at " + i + ": gave " + describe(result);
            }
        }
        return null;
    }

    private static Script.Series series(String row) {
        int split = Script.endOfMetric(row);
        return new Script.Series(Script.labels(row.substring(0, split)), Points.read(row.substring(split)), List.of());
    }

    private String checkSeries(Script.Eval eval, QueryResult result, long start, long step) {
        Map<Labels, List<Points.Point>> expected = new TreeMap<>();
        for (String row : eval.values()) {
            if (result.type() == ValueType.MATRIX && !row.contains("{") && row.matches("[-+\\dNI].*")) {
                expected.put(Labels.EMPTY, Points.read(row));
            } else {
                Script.Series series = series(row);
                expected.put(series.labels(), series.points());
            }
        }
        expected.values().removeIf(points -> points.stream().allMatch(point -> point == null));
        List<QueryResult.Points> given = new ArrayList<>(result.series());
        given.sort(Comparator.comparing(QueryResult.Points::labels));
        if (given.size() != expected.size()) {
            return "expected " + expected.size() + " series, gave " + describe(result);
        }
        for (QueryResult.Points points : given) {
            List<Points.Point> wanted = expected.get(points.labels());
            if (wanted == null) {
                return "unexpected series " + points.labels() + ": gave " + describe(result);
            }
            if (!samePoints(wanted, points, start, step)) {
                return "expected " + text(wanted) + " for " + points.labels() + ", gave " + describe(result);
            }
        }
        return null;
    }

    private static String text(List<Points.Point> points) {
        List<String> texts = new ArrayList<>();
        for (Points.Point point : points) {
            texts.add(
                    point == null
                            ? "_"
                            : point.histogram() == null
                                    ? String.valueOf(point.value())
                                    : point.histogram() + (point.hinted() ? " " + point.histogram().hint : ""));
        }
        return texts.toString();
    }

    private static boolean samePoints(List<Points.Point> expected, QueryResult.Points given, long start, long step) {
        int at = 0;
        for (int i = 0; i < expected.size(); i++) {
            Points.Point point = expected.get(i);
            if (point == null) {
                continue;
            }
            if (at == given.size() || given.times()[at] != start + i * step && step != 1 || !same(point, given, at)) {
                return false;
            }
            at++;
        }
        return at == given.size();
    }

    private static boolean same(Points.Point expected, QueryResult.Points given, int at) {
        FloatHistogram histogram = given.histogram(at);
        if (expected.histogram() == null || histogram == null) {
            return expected.histogram() == null && histogram == null && close(expected.value(), given.values()[at]);
        }
        return close(expected.histogram(), histogram)
                && (!expected.hinted() || expected.histogram().hint == histogram.hint);
    }

    private static boolean close(FloatHistogram a, FloatHistogram b) {
        if (a.schema != b.schema
                || a.bounds.length != b.bounds.length
                || !close(a.count, b.count)
                || !close(a.sum, b.sum)
                || !close(a.zeroCount, b.zeroCount)
                || !close(a.zeroThreshold, b.zeroThreshold)) {
            return false;
        }
        for (int i = 0; i < a.bounds.length; i++) {
            if (!close(a.bounds[i], b.bounds[i])) {
                return false;
            }
        }
        return close(a.positive, b.positive) && close(a.negative, b.negative);
    }

    private static boolean close(Buckets a, Buckets b) {
        Map<Integer, Double> counts = new TreeMap<>();
        for (int i = 0; i < a.size(); i++) {
            counts.put(a.indices[i], a.counts[i]);
        }
        for (int i = 0; i < b.size(); i++) {
            Double expected = counts.remove(b.indices[i]);
            if (!close(expected == null ? 0 : expected, b.counts[i])) {
                return false;
            }
        }
        return counts.values().stream().allMatch(count -> close(count, 0));
    }

    static boolean close(double expected, double given) {
        if (Double.isNaN(expected) || Double.isNaN(given)) {
            return Double.isNaN(expected) && Double.isNaN(given);
        }
        double difference = Math.abs(expected - given);
        double sum = Math.abs(expected) + Math.abs(given);
        if (expected == given) {
            return true;
        }
        if (expected == 0 || given == 0 || sum < Double.MIN_NORMAL) {
            return difference < RELATIVE * Double.MIN_NORMAL;
        }
        return difference / Math.min(sum, Double.MAX_VALUE) < RELATIVE;
    }

    private static String describe(QueryResult result) {
        StringBuilder text = new StringBuilder();
        for (QueryResult.Points points : result.series()) {
            text.append('\n').append("        ").append(points.labels());
            for (int i = 0; i < points.size(); i++) {
                text.append(String.format(
                        Locale.ROOT,
                        " %s@%d",
                        points.histogram(i) == null
                                ? String.valueOf(points.values()[i])
                                : points.histogram(i) + " " + points.histogram(i).hint,
                        points.times()[i] / 1000));
            }
        }
        return text.isEmpty() ? "nothing" : text + "\n        " + result.warnings() + result.infos();
    }
}
