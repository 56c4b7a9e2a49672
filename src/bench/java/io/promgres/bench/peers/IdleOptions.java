package io.promgres.bench.peers;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of the benchmark of a daemon at rest, as the command line has them. */
public final class IdleOptions {

    @Mixin
    private WorkOptions shared;

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

    int hosts() {
        return shared.hosts();
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
        return shared.jar();
    }

    /** A directory that is made, and deleted at the end. */
    Path work() {
        return shared.work("idle");
    }
}
