package io.promgres.promql;

import io.promgres.promql.data.Labels;
import io.promgres.promql.data.Matcher;
import io.promgres.promql.syntax.Literals;
import io.promgres.promql.syntax.Parser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A script of Prometheus' engine tests, read. The folder's README has the format. */
final class Script {

    /** A command of a script. */
    sealed interface Command {

        int line();
    }

    record Clear(int line) implements Command {}

    /**
     * @param interval between samples in milliseconds
     * @param custom whether classic histograms are loaded as native ones with custom buckets too
     */
    record Load(int line, long interval, boolean custom, List<Series> series) implements Command {}

    /** @param startTimes relative to the time of each sample, in seconds; empty if none are given */
    record Series(Labels labels, List<Points.Point> points, List<Points.Point> startTimes) {}

    /** @param step null for an instant query */
    record Eval(
            int line,
            String query,
            long start,
            long end,
            Long step,
            List<Expectation> expectations,
            List<String> values)
            implements Command {}

    /**
     * What is expected beside values.
     *
     * @param kind fail, warn, info, no_warn, no_info, ordered, string or range
     * @param message null if any will do
     * @param regex whether the message is a regular expression
     */
    record Expectation(String kind, String message, boolean regex) {}

    private static final java.util.regex.Pattern RANGE = java.util.regex.Pattern.compile(
            "eval(?:_(fail|warn|info))? range from (\\S+) to (\\S+) step (\\S+)\\s+(.+)");
    private static final java.util.regex.Pattern INSTANT =
            java.util.regex.Pattern.compile("eval(?:_(fail|warn|info|ordered))? instant at (\\S+)\\s+(.+)");

    private final List<String> lines;
    private final List<Command> commands = new ArrayList<>();
    private int at;

    private Script(List<String> lines) {
        this.lines = lines;
    }

    static List<Command> read(Path file) throws IOException {
        Script script = new Script(Files.readAllLines(file));
        while (script.at < script.lines.size()) {
            script.command();
        }
        return script.commands;
    }

    private void command() {
        int number = at + 1;
        String line = lines.get(at++).strip();
        if (line.isEmpty() || line.startsWith("#")) {
            return;
        }
        if (line.equals("clear")) {
            commands.add(new Clear(number));
        } else if (line.startsWith("load")) {
            String[] words = line.split("\\s+");
            commands.add(new Load(number, Literals.duration(words[1]), words[0].equals("load_with_nhcb"), loaded()));
        } else {
            eval(number, line);
        }
    }

    private List<String> indented() {
        List<String> block = new ArrayList<>();
        while (at < lines.size()
                && !lines.get(at).isEmpty()
                && Character.isWhitespace(lines.get(at).charAt(0))) {
            String line = lines.get(at++).strip();
            if (line.isEmpty()) {
                break;
            }
            if (!line.startsWith("#")) {
                block.add(line);
            }
        }
        return block;
    }

    private List<Series> loaded() {
        List<Series> series = new ArrayList<>();
        Map<String, String> startTimes = new TreeMap<>();
        for (String line : indented()) {
            int split = endOfMetric(line);
            String metric = line.substring(0, split).strip();
            if (metric.endsWith("@st")) {
                startTimes.put(metric.substring(0, metric.length() - 3), line.substring(split));
            } else {
                String starts = startTimes.remove(metric);
                series.add(new Series(
                        labels(metric),
                        Points.read(line.substring(split)),
                        starts == null ? List.of() : Points.read(starts)));
            }
        }
        return series;
    }

    /** Where the labels end and the points begin. */
    static int endOfMetric(String line) {
        boolean quoted = false;
        boolean braces = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (quoted && c == '\\') {
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (!quoted && c == '{' && !line.startsWith("{{", i)) {
                braces = true;
            } else if (!quoted && c == '}') {
                braces = false;
            } else if (!quoted && !braces && Character.isWhitespace(c)) {
                return i;
            }
        }
        return line.length();
    }

    static Labels labels(String metric) {
        if (metric.equals("{}")) {
            return Labels.EMPTY;
        }
        Map<String, String> labels = new TreeMap<>();
        for (Matcher matcher : Parser.parseSelector(metric)) {
            labels.put(matcher.name(), matcher.value());
        }
        return Labels.of(labels);
    }

    private void eval(int number, String line) {
        java.util.regex.Matcher range = RANGE.matcher(line);
        java.util.regex.Matcher instant = INSTANT.matcher(line);
        List<Expectation> expectations = new ArrayList<>();
        List<String> values = new ArrayList<>();
        boolean isRange = range.matches();
        if (!isRange && !instant.matches()) {
            throw new IllegalArgumentException("line " + number + ": " + line);
        }
        String kind = isRange ? range.group(1) : instant.group(1);
        if (kind != null) {
            expectations.add(new Expectation(kind, null, false));
        }
        for (String row : indented()) {
            if (row.startsWith("expect ") || row.startsWith("expected_fail")) {
                expectations.add(expectation(row));
            } else {
                values.add(row);
            }
        }
        long start = millis(isRange ? range.group(2) : instant.group(2));
        commands.add(
                isRange
                        ? new Eval(
                                number,
                                range.group(5),
                                start,
                                millis(range.group(3)),
                                millis(range.group(4)),
                                expectations,
                                values)
                        : new Eval(number, instant.group(3), start, start, null, expectations, values));
    }

    private static long millis(String text) {
        return Math.round(Points.number(text) * 1000);
    }

    private static Expectation expectation(String row) {
        String[] words = row.split("\\s+", 3);
        if (words[0].startsWith("expected_fail")) {
            return new Expectation("fail", row.substring(words[0].length()).strip(), words[0].endsWith("regexp"));
        }
        String rest = words.length > 2 ? words[2] : "";
        if (words[1].equals("string") || words[1].equals("range")) {
            return new Expectation(words[1], rest, false);
        }
        if (rest.startsWith("msg:")) {
            return new Expectation(words[1], rest.substring(4).strip(), false);
        }
        return rest.startsWith("regex:")
                ? new Expectation(words[1], rest.substring(6).strip(), true)
                : new Expectation(words[1], null, false);
    }
}
