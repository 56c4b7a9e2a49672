package io.promgres.promql;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A script of Prometheus' engine tests: commands, each with the indented lines below it. */
final class Script {

    /** A sample that is not there. */
    static final double NOTHING = Series.ABSENT;

    private static final Pattern EVAL = Pattern.compile(
            "eval(_fail|_warn|_info|_ordered)?\\s+(?:instant\\s+(?:at\\s+(\\S+)\\s+)?|range\\s+from\\s+(\\S+)\\s+to\\s+(\\S+)\\s+step\\s+(\\S+)\\s+)(.*)");

    /** A command and what is below it. */
    record Command(int line, String text, List<String> below) {}

    private Script() {}

    static List<Command> read(Path file) throws IOException {
        List<Command> commands = new ArrayList<>();
        int number = 0;
        for (String raw : Files.readAllLines(file)) {
            number++;
            String line = raw.stripTrailing();
            if (line.isBlank() || line.stripLeading().startsWith("#")) {
                continue;
            }
            if (Character.isWhitespace(line.charAt(0)) && !commands.isEmpty()) {
                commands.get(commands.size() - 1).below().add(line.strip());
            } else {
                commands.add(new Command(number, line.strip(), new ArrayList<>()));
            }
        }
        return commands;
    }

    /** An evaluation: at a time, or from a time to a time in steps; milliseconds. */
    record Eval(String kind, boolean range, long start, long end, long step, String query) {

        static Eval of(String text) {
            Matcher matcher = EVAL.matcher(text);
            if (!matcher.matches()) {
                throw new IllegalArgumentException("no evaluation: " + text);
            }
            String kind = matcher.group(1) == null ? "" : matcher.group(1);
            if (matcher.group(3) == null) {
                long at = matcher.group(2) == null ? 0 : time(matcher.group(2));
                return new Eval(kind, false, at, at, 1, matcher.group(6));
            }
            return new Eval(
                    kind,
                    true,
                    time(matcher.group(3)),
                    time(matcher.group(4)),
                    time(matcher.group(5)),
                    matcher.group(6));
        }
    }

    static long time(String text) {
        if (text.matches("-?[0-9.]+([eE][+-]?\\d+)?")) {
            return Math.round(Double.parseDouble(text) * 1000);
        }
        return text.startsWith("-") ? -Text.parseDuration(text.substring(1)) : Text.parseDuration(text);
    }

    /** A series and its points, in steps; null if there is a native histogram among them. */
    record Line(Labels labels, List<Double> points) {

        static Line of(String text) throws QueryException {
            int end = endOfSeries(text);
            String points = text.substring(end).strip();
            if (points.contains("{{")) {
                return null;
            }
            List<Double> values = new ArrayList<>();
            for (String word : points.split("\\s+")) {
                if (!word.isEmpty()) {
                    add(word, values);
                }
            }
            return new Line(Script.labels(text.substring(0, end).strip()), values);
        }
    }

    private static int endOfSeries(String text) {
        int brace = text.indexOf('{');
        int blank = 0;
        while (blank < text.length() && !Character.isWhitespace(text.charAt(blank))) {
            blank++;
        }
        blank = blank == text.length() ? -1 : blank;
        if (brace < 0
                || blank >= 0 && blank < brace && !text.substring(blank).strip().startsWith("{")) {
            return blank < 0 ? text.length() : blank;
        }
        if (text.startsWith("{{", brace)) {
            return blank;
        }
        boolean quoted = false;
        for (int i = brace; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' && text.charAt(i - 1) != '\\') {
                quoted = !quoted;
            }
            if (c == '}' && !quoted) {
                return i + 1;
            }
        }
        throw new IllegalArgumentException("no series: " + text);
    }

    static Labels labels(String text) throws QueryException {
        Map<String, String> labels = new LinkedHashMap<>();
        List<Token> tokens = Lexer.read(text);
        int at = 0;
        if (tokens.get(0).kind() == Token.Kind.IDENTIFIER) {
            labels.put(Labels.NAME, tokens.get(at++).text());
        }
        if (tokens.get(at).is("{")) {
            at++;
            while (!tokens.get(at).is("}")) {
                String name = tokens.get(at++).text();
                if (tokens.get(at).is("=")) {
                    labels.put(name, tokens.get(at + 1).text());
                    at += 2;
                } else {
                    labels.put(Labels.NAME, name);
                }
                at += tokens.get(at).is(",") ? 1 : 0;
            }
        }
        return Labels.of(labels);
    }

    private static final Pattern SEQUENCE = Pattern.compile(
            "([+-]?(?:Inf|NaN|[0-9.]+(?:[eE][+-]?\\d+)?))(?:([+-][0-9.]+(?:[eE][+-]?\\d+)?))?(?:x(\\d+))?",
            Pattern.CASE_INSENSITIVE);

    private static void add(String word, List<Double> values) {
        if (word.startsWith("_")) {
            int times = word.length() > 1 ? Integer.parseInt(word.substring(2)) : 1;
            for (int i = 0; i < times; i++) {
                values.add(null);
            }
            return;
        }
        if (word.equals("stale")) {
            values.add(NOTHING);
            return;
        }
        Matcher matcher = SEQUENCE.matcher(word);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("no points: " + word);
        }
        double value = Numbers.parse(matcher.group(1)).orElseThrow();
        double step = matcher.group(2) == null ? 0 : Double.parseDouble(matcher.group(2));
        int more = matcher.group(3) == null ? 0 : Integer.parseInt(matcher.group(3));
        values.add(value);
        for (int i = 0; i < more; i++) {
            value += step;
            values.add(value);
        }
    }
}
