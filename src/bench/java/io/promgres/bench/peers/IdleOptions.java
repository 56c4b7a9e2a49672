package io.promgres.bench.peers;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Option;

/** The options of the benchmark of a daemon at rest, as the command line has them. */
public final class IdleOptions {

    @Option(names = "--hosts", defaultValue = "10", description = "That exposed what a node exporter does.")
    private int hosts;

    @Option(names = "--scrapes", defaultValue = "480", description = "Of each host, 15 seconds apart.")
    private int scrapes;

    @Option(names = "--minutes", defaultValue = "5", description = "How long is measured.")
    private int minutes;

    @Option(
            names = "--live",
            defaultValue = "0",
            description = "Minutes that are measured afterwards, while each host is scraped every 15 seconds.")
    private int live;

    @Option(names = "--jvm", split = " ", description = "Options of the daemon's JVM.")
    private List<String> jvm = List.of();

    @Option(names = "--jar", defaultValue = "target/promgres.jar", description = "The packaged daemon.")
    private Path jar;

    @Option(names = "--directory", defaultValue = "target/bench", description = "To work in.")
    private Path directory;

    int hosts() {
        return hosts;
    }

    int scrapes() {
        return scrapes;
    }

    Duration length() {
        return Duration.ofMinutes(minutes);
    }

    Duration live() {
        return Duration.ofMinutes(live);
    }

    List<String> jvm() {
        return jvm;
    }

    Path jar() {
        return jar;
    }

    /** A directory that is made, and deleted at the end. */
    Path work() {
        return directory.resolve("idle");
    }
}
