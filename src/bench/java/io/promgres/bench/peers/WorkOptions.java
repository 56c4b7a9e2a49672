package io.promgres.bench.peers;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The options of every benchmark that starts the packaged daemon beside a real node exporter's scrapes. */
final class WorkOptions {

    @Option(names = "--hosts", defaultValue = "10", description = "That expose what a node exporter does.")
    private int hosts;

    @Option(names = "--jar", defaultValue = "target/promgres.jar", description = "The packaged daemon.")
    private Path jar;

    @Option(names = "--directory", defaultValue = "target/bench", description = "To work in.")
    private Path directory;

    int hosts() {
        return hosts;
    }

    Path jar() {
        return jar;
    }

    /** A directory of the benchmark that is made, and deleted at the end. */
    Path work(String benchmark) {
        return directory.resolve(benchmark);
    }
}
