package io.promgres.bench;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What to measure.
 *
 * @param jar the packaged daemon
 * @param directory for the results, and for what is deleted at the end
 * @param series numbers of series, one run for each
 * @param rounds how often everything takes its turn
 * @param seconds how long a turn takes
 * @param warmUp how long the daemon's first turn takes, seconds
 * @param xmx heap of the daemon, as -Xmx takes it
 * @param jvm further options of the daemon's JVM
 * @param settings of the daemon, by their keys in promgres.yaml
 * @param stored days of history that the database has at the begin
 * @param compare settings that a second daemon has beside these; not empty to compare the two
 * @param rate samples a second that are sent in a comparison, or while queries run; 0 for as many as possible, or half of them
 * @param queries whether to measure queries while samples come in, and nothing else
 * @param packing whether to pack what has landed, and measure that
 */
record Options(
        Path jar,
        Path directory,
        List<Workload> workloads,
        List<Integer> series,
        List<Protocol> protocols,
        int rounds,
        double seconds,
        double warmUp,
        String xmx,
        List<String> jvm,
        Map<String, String> settings,
        int stored,
        Map<String, String> compare,
        double rate,
        boolean queries,
        boolean packing) {

    /**
     * @param arguments {@code --name=value}
     * @throws IllegalArgumentException says what is wrong
     */
    static Options parse(String[] arguments) {
        Map<String, String> values = new HashMap<>();
        for (String argument : arguments) {
            String[] parts = argument.replaceFirst("^--", "").split("=", 2);
            values.put(parts[0], parts.length == 1 ? "" : parts[1].strip());
        }
        return new Options(
                Path.of(needed(values, "jar")),
                Path.of(needed(values, "directory")),
                list(values, "workloads").stream().map(Workload::of).toList(),
                list(values, "series").stream()
                        .map(text -> (int) number(text, "series", 1))
                        .toList(),
                list(values, "protocol").stream().map(Protocol::of).toList(),
                (int) number(needed(values, "rounds"), "rounds", 1),
                number(needed(values, "seconds"), "seconds", 0.1),
                number(values.getOrDefault("warm-up", "15"), "warm-up", 0.1),
                needed(values, "xmx"),
                words(values, "jvm").toList(),
                settings(values, "settings"),
                (int) number(values.getOrDefault("stored", "0"), "stored", 0),
                settings(values, "compare"),
                number(values.getOrDefault("rate", "0"), "rate", 0),
                Boolean.parseBoolean(values.get("queries")),
                Boolean.parseBoolean(values.get("packing")));
    }

    /** The same with some of the daemon's settings changed. */
    Options with(Map<String, String> changed) {
        Map<String, String> all = new HashMap<>(settings);
        all.putAll(changed);
        return new Options(
                jar, directory, workloads, series, protocols, rounds, seconds, warmUp, xmx, jvm, all, stored, compare,
                rate, queries, packing);
    }

    private static Map<String, String> settings(Map<String, String> values, String name) {
        Map<String, String> settings = new TreeMap<>();
        words(values, name).forEach(word -> {
            String[] parts = word.split("=", 2);
            if (parts.length == 1) {
                throw new IllegalArgumentException(name + " are key=value, separated by blanks: " + word);
            }
            settings.put(parts[0], parts[1]);
        });
        return settings;
    }

    private static Stream<String> words(Map<String, String> values, String name) {
        return Arrays.stream(values.getOrDefault(name, "").split(" ")).filter(word -> !word.isEmpty());
    }

    private static String needed(Map<String, String> values, String name) {
        return Optional.ofNullable(values.get(name))
                .filter(value -> !value.isEmpty())
                .orElseThrow(() -> new IllegalArgumentException("--" + name + "=... is missing"));
    }

    private static List<String> list(Map<String, String> values, String name) {
        return List.of(needed(values, name).split(","));
    }

    private static double number(String text, String name, double least) {
        double number;
        try {
            number = Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + " is not a number: " + text, e);
        }
        if (number < least) {
            throw new IllegalArgumentException(name + " is at least " + least + ": " + text);
        }
        return number;
    }
}
