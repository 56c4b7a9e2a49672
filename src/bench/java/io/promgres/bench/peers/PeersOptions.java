package io.promgres.bench.peers;

import java.nio.file.Path;
import java.time.Duration;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of the benchmark beside peers, as the command line has them. */
public final class PeersOptions {

    @Mixin
    private WorkOptions shared;

    @Option(names = "--hours", defaultValue = "6", description = "Of a scrape every 15 seconds.")
    private int hours;

    @Option(
            names = "--recorded",
            defaultValue = "120",
            description = "Scrapes of the node exporter, half a second apart, that are played back.")
    private int recorded;

    @Option(
            names = "--rest",
            defaultValue = "65",
            description = "Seconds that a peer has to be at rest; Prometheus compacts once a minute.")
    private int rest;

    @Option(names = "--xmx", defaultValue = "512m", description = "Heap of the daemon, as -Xmx takes it.")
    private String xmx;

    int hosts() {
        return shared.hosts();
    }

    Duration length() {
        return Duration.ofHours(hours);
    }

    int recorded() {
        return recorded;
    }

    Duration rest() {
        return Duration.ofSeconds(rest);
    }

    String xmx() {
        return xmx;
    }

    Path jar() {
        return shared.jar();
    }

    /** A directory that is made, and deleted at the end. */
    Path work() {
        return shared.work("peers");
    }
}
