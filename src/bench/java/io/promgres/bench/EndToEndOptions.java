package io.promgres.bench;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** The options of the benchmark of the whole daemon, as the command line has them. */
final class EndToEndOptions {

    @Option(names = "--jar", defaultValue = "target/promgres.jar", description = "The packaged daemon.")
    private Path jar;

    @Option(
            names = "--directory",
            defaultValue = "target/bench",
            description = "For the results, and for what is deleted at the end.")
    private Path directory;

    @Option(names = "--workloads", split = ",", defaultValue = "a,b,c,d,e,f", description = "Letters a to f.")
    private List<Workload> workloads;

    @Option(
            names = "--series",
            split = ",",
            defaultValue = "100000",
            description = "Numbers of series, a run for each.")
    private List<Integer> series;

    @Option(names = "--protocol", split = ",", defaultValue = "1,2", description = "Versions of remote write, 1 and 2.")
    private List<String> protocols;

    @Option(names = "--rounds", defaultValue = "5", description = "How often everything takes its turn.")
    private int rounds;

    @Option(names = "--seconds", defaultValue = "5", description = "How long a turn is.")
    private double seconds;

    @Option(
            names = "--warm-up",
            defaultValue = "15",
            description = "Seconds of the daemon's first turn, which is not counted.")
    private double warmUp;

    @Option(names = "--xmx", defaultValue = "512m", description = "Heap of the daemon, as -Xmx takes it.")
    private String xmx;

    @Option(
            names = "--jvm",
            defaultValue = "",
            description = "Further options of the daemon's JVM, separated by blanks.")
    private String jvm;

    @Option(
            names = "--settings",
            defaultValue = "",
            description = "Settings of the daemon: key=value, separated by blanks.")
    private String settings;

    @Option(
            names = "--stored",
            defaultValue = "0",
            description = "Days of history, a scrape an hour, packed, that the database has at the begin.")
    private int stored;

    @Option(
            names = "--compare",
            defaultValue = "",
            description =
                    "Settings of a second daemon, key=value, separated by blanks, to compare with it in short turns.")
    private String compare;

    @Option(
            names = "--rate",
            defaultValue = "0",
            description = "Samples a second in a comparison, or while queries run; 0 for as many as possible, or half.")
    private double rate;

    @Option(names = "--queries", description = "Measures queries while samples come in, and nothing else.")
    private boolean queries;

    @Option(names = "--packing", description = "Packs what has landed, and measures that.")
    private boolean packing;

    /** @throws IllegalArgumentException names what is wrong */
    Options options() {
        DaemonOptions daemon = new DaemonOptions(jar, xmx, words(jvm).toList(), settings(settings));
        return new Options(
                daemon,
                directory,
                workloads,
                series,
                protocols.stream().map(Protocol::of).toList(),
                atLeast(1, rounds, "--rounds"),
                atLeast(0.1, seconds, "--seconds"),
                atLeast(0.1, warmUp, "--warm-up"),
                atLeast(0, stored, "--stored"),
                settings(compare),
                atLeast(0, rate, "--rate"),
                queries,
                packing);
    }

    private static int atLeast(int least, int number, String name) {
        return (int) atLeast((double) least, number, name);
    }

    private static double atLeast(double least, double number, String name) {
        if (number < least) {
            throw new IllegalArgumentException(name + " is at least " + least + ": " + number);
        }
        return number;
    }

    private static Map<String, String> settings(String text) {
        Map<String, String> settings = new TreeMap<>();
        words(text).forEach(word -> {
            String[] parts = word.split("=", 2);
            if (parts.length == 1) {
                throw new IllegalArgumentException("settings are key=value, separated by blanks: " + word);
            }
            settings.put(parts[0], parts[1]);
        });
        return settings;
    }

    private static Stream<String> words(String text) {
        return Arrays.stream(text.split(" ")).filter(word -> !word.isEmpty());
    }
}
