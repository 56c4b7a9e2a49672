package io.promgres.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a target exposes, written down in short: a line for each metric, {@code motion name label=value,value;label=value,...}.
 * Braces in a name stand for several metrics: {@code node_{a,b}_total}. A series for each combination of label values.
 */
final class Exposition {

    private final List<Line> lines;

    private record Line(Motion motion, List<String> metrics, List<Map<String, String>> labels) {}

    private Exposition(List<Line> lines) {
        this.lines = lines;
    }

    static Exposition parse(String text) {
        return new Exposition(text.lines().map(Exposition::line).toList());
    }

    private static Line line(String text) {
        String[] words = text.split(" ");
        List<Map<String, String>> labels = List.of(Map.of());
        if (words.length > 2) {
            for (String label : words[2].split(";")) {
                labels = each(labels, label);
            }
        }
        return new Line(Motion.valueOf(words[0].toUpperCase()), expand(words[1]), labels);
    }

    private static List<Map<String, String>> each(List<Map<String, String>> labels, String label) {
        int equals = label.indexOf('=');
        List<Map<String, String>> more = new ArrayList<>();
        for (Map<String, String> before : labels) {
            for (String value : label.substring(equals + 1).split(",")) {
                Map<String, String> with = new TreeMap<>(before);
                with.put(label.substring(0, equals), value);
                more.add(with);
            }
        }
        return more;
    }

    private static List<String> expand(String name) {
        int open = name.indexOf('{');
        if (open < 0) {
            return List.of(name);
        }
        int close = name.indexOf('}', open);
        List<String> names = new ArrayList<>();
        for (String middle : name.substring(open + 1, close).split(",")) {
            names.addAll(expand(name.substring(0, open) + middle + name.substring(close + 1)));
        }
        return names;
    }

    /** How many series there are. */
    int size() {
        return lines.stream()
                .mapToInt(line -> line.metrics().size() * line.labels().size())
                .sum();
    }

    /** Somebody who wants the series, metric by metric. */
    interface Consumer {
        /** @param labels with the name, not yet with those of the target */
        void series(Motion motion, Map<String, String> labels);
    }

    void forEach(Consumer consumer) {
        for (Line line : lines) {
            for (String metric : line.metrics()) {
                for (Map<String, String> labels : line.labels()) {
                    Map<String, String> with = new TreeMap<>(labels);
                    with.put("__name__", metric);
                    consumer.series(line.motion(), with);
                }
            }
        }
    }

    /** Name, value, name, value, ... sorted by name. */
    static List<String> flat(Map<String, String> labels) {
        List<String> flat = new ArrayList<>(labels.size() * 2);
        new TreeMap<>(labels).forEach((name, value) -> {
            flat.add(name);
            flat.add(value);
        });
        return flat;
    }
}
