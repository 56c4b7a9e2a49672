package io.promgres.promql;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Runs a script against a source that it fills, and notes which evaluations are not as they should be. */
final class ScriptRun {

    /** Where a script's samples go, and come from. */
    interface Storage {
        void add(Labels labels, long time, double value) throws Exception;

        void clear() throws Exception;

        /** Evaluates; what was added before is there. */
        Result evaluate(Engine engine, Script.Eval eval) throws Exception;
    }

    private static final double TOLERANCE = 1e-6;
    private static final long LOOKBACK = 300_000;
    private static final long MAX_SAMPLES = 10_000_000;

    private final Engine engine = new Engine(new Engine.Options(LOOKBACK, MAX_SAMPLES, EnumSet.allOf(Feature.class)));
    private final Storage storage;
    private boolean histograms;

    final List<String> failures = new ArrayList<>();
    int passed;
    /** Of them nothing is said: native histograms are at play. */
    int leftOut;

    ScriptRun(Storage storage) {
        this.storage = storage;
    }

    void run(Path script) throws IOException {
        for (Script.Command command : Script.read(script)) {
            try {
                if (command.text().startsWith("clear")) {
                    storage.clear();
                    histograms = false;
                } else if (command.text().startsWith("load")) {
                    load(command);
                } else {
                    evaluate(command);
                }
            } catch (Exception | AssertionError e) {
                failures.add(script.getFileName() + ":" + command.line() + " " + command.text() + ": " + e);
            }
        }
    }

    private void load(Script.Command command) throws Exception {
        String[] words = command.text().split("\\s+");
        histograms |= words[0].equals("load_with_nhcb");
        long interval = Script.time(words[1]);
        for (String below : command.below()) {
            Script.Line line = below.contains("@st") ? null : Script.Line.of(below);
            if (line == null) {
                histograms = true;
                continue;
            }
            for (int i = 0; i < line.points().size(); i++) {
                if (line.points().get(i) != null) {
                    storage.add(line.labels(), i * interval, line.points().get(i));
                }
            }
        }
    }

    private void evaluate(Script.Command command) throws Exception {
        Script.Eval eval = Script.Eval.of(command.text());
        List<String> series = new ArrayList<>();
        boolean fails = eval.kind().equals("_fail");
        String message = null;
        String regex = null;
        for (String line : command.below()) {
            if (line.startsWith("expect fail") || line.startsWith("expected_fail")) {
                fails = true;
                message = line.contains("msg:")
                        ? line.substring(line.indexOf("msg:") + 4).strip()
                        : line.startsWith("expected_fail_message")
                                ? line.substring(21).strip()
                                : message;
                regex = line.contains("regex:")
                        ? line.substring(line.indexOf("regex:") + 6).strip()
                        : line.startsWith("expected_fail_regexp")
                                ? line.substring(20).strip()
                                : regex;
            } else if (!line.startsWith("expect")) {
                series.add(line);
            }
        }
        boolean unsaid = histograms || series.stream().anyMatch(line -> line.contains("{{"));
        try {
            Result result = storage.evaluate(engine, eval);
            if (fails) {
                throw new AssertionError("should fail: " + message);
            }
            compare(eval, series, result);
            annotations(command, result);
            passed++;
        } catch (QueryException e) {
            boolean expected = fails
                    && (message == null || e.getMessage().contains(message))
                    && (regex == null
                            || Pattern.compile(regex).matcher(e.getMessage()).find());
            if (!expected && !unsaid) {
                throw e;
            }
            count(expected);
        } catch (AssertionError e) {
            if (!unsaid) {
                throw e;
            }
            count(false);
        }
    }

    private void count(boolean asExpected) {
        passed += asExpected ? 1 : 0;
        leftOut += asExpected ? 0 : 1;
    }

    private static void annotations(Script.Command command, Result result) {
        for (String line : command.below()) {
            if (line.startsWith("expect no_warn") && !result.warnings().isEmpty()) {
                throw new AssertionError("warns " + result.warnings());
            }
            if (line.startsWith("expect no_info") && !result.infos().isEmpty()) {
                throw new AssertionError("informs " + result.infos());
            }
            if (line.startsWith("expect warn") && result.warnings().isEmpty()) {
                throw new AssertionError("does not warn");
            }
            if (line.startsWith("expect info") && result.infos().isEmpty()) {
                throw new AssertionError("does not inform");
            }
        }
    }

    private static void compare(Script.Eval eval, List<String> lines, Result result) throws QueryException {
        if (result.type() == ValueType.SCALAR || result.type() == ValueType.STRING) {
            return;
        }
        Map<Labels, double[]> expected = new HashMap<>();
        for (String text : lines) {
            if (!eval.range() && Numbers.parse(text).isPresent()) {
                expected.put(Labels.EMPTY, new double[] {Numbers.parse(text).getAsDouble()});
                continue;
            }
            Script.Line line = Script.Line.of(text);
            if (line == null) {
                throw new AssertionError("a native histogram: " + text);
            }
            expected.put(
                    line.labels(),
                    line.points().stream()
                            .mapToDouble(value -> value == null ? Series.ABSENT : value)
                            .toArray());
        }
        for (Result.Points points : result.series()) {
            double[] wanted = expected.remove(points.labels());
            if (wanted == null) {
                throw new AssertionError(
                        "unexpected " + points.labels() + " " + java.util.Arrays.toString(points.values()));
            }
            compare(eval, wanted, points);
        }
        for (Map.Entry<Labels, double[]> missing : expected.entrySet()) {
            for (double value : missing.getValue()) {
                if (!Series.isAbsent(value)) {
                    throw new AssertionError("missing " + missing.getKey());
                }
            }
        }
    }

    private static void compare(Script.Eval eval, double[] wanted, Result.Points points) {
        double[] given = Series.nothing(wanted.length);
        for (int i = 0; i < points.times().length; i++) {
            int at = eval.range() ? (int) ((points.times()[i] - eval.start()) / eval.step()) : i;
            if (at >= given.length) {
                throw new AssertionError("too many points of " + points.labels());
            }
            given[at] = points.values()[i];
        }
        for (int i = 0; i < wanted.length; i++) {
            if (Series.isAbsent(wanted[i]) != Series.isAbsent(given[i]) || !alike(wanted[i], given[i])) {
                throw new AssertionError(points.labels() + " has " + given[i] + " at " + i + ", not " + wanted[i]);
            }
        }
    }

    private static boolean alike(double a, double b) {
        if (a == b || Double.isNaN(a) && Double.isNaN(b)) {
            return true;
        }
        return Math.abs(a - b) / (Math.abs(a) + Math.abs(b)) < TOLERANCE || Math.abs(a - b) < Double.MIN_NORMAL;
    }
}
