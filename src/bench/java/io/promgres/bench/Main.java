package io.promgres.bench;

import io.promgres.bench.parts.BesidePrometheus;
import io.promgres.bench.parts.PackingBenchmark;
import io.promgres.bench.parts.PromqlBenchmark;
import io.promgres.bench.parts.QueriesBenchmark;
import io.promgres.bench.parts.RollupsBenchmark;
import io.promgres.bench.parts.ShapesBenchmark;
import io.promgres.bench.parts.StreamedReadBenchmark;
import io.promgres.bench.parts.WritePathBenchmark;
import io.promgres.bench.peers.IdleBenchmark;
import io.promgres.bench.peers.IdleOptions;
import io.promgres.bench.peers.PeersBenchmark;
import io.promgres.bench.peers.PeersOptions;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * The benchmarks, a subcommand for each.
 *
 * <pre>{@code mvn -q -Pbench package exec:exec -Dbench="packing --hosts=20"}</pre>
 *
 * <p>Without {@code -Dbench} it lists them; {@code -Dbench="help packing"} shows the options of one.
 */
@Command(name = "bench", description = "Measures promgres.", subcommands = HelpCommand.class)
public final class Main implements Runnable {

    private static final String JAR = "target/promgres.jar";
    private static final String DIRECTORY = "target/bench";

    @Spec
    private CommandSpec spec;

    public static void main(String[] arguments) {
        System.exit(run(new PrintWriter(System.err, true), arguments));
    }

    /**
     * @param err for what went wrong
     * @return 0 if the benchmark ran to its end and found no fault
     */
    static int run(PrintWriter err, String... arguments) {
        return new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setErr(err)
                .execute(arguments);
    }

    @Override
    public void run() {
        spec.commandLine().usage(System.out);
    }

    @Command(name = "end-to-end", description = "The whole daemon beside yardsticks on the same data.")
    void endToEnd(@Mixin EndToEndOptions options) throws Exception {
        EndToEndBenchmark.run(options.options());
    }

    @Command(name = "first-seen", description = "Interning of new series, beside what PostgreSQL needs to keep them.")
    void firstSeen(
            @Option(names = "--series", defaultValue = "1000000", description = "Number of series.") int series,
            @Option(names = "--workload", defaultValue = "a", description = "Whose series they are: a, b or c.")
                    Workload workload,
            @Option(names = "--directory", defaultValue = DIRECTORY, description = "To work in.") Path directory)
            throws Exception {
        FirstSeenBenchmark.run(series, workload, directory.resolve("first-seen"));
    }

    @Command(name = "energy-cost", description = "WAL and CPU of energy at a real clock's speed.")
    void energyCost(
            @Option(names = "--minutes", defaultValue = "5", description = "How long each measurement takes.")
                    double minutes,
            @Option(names = "--labels", defaultValue = "both", description = "with, without or both.")
                    EnergyCostBenchmark.Labels labels,
            @Option(names = "--jar", defaultValue = JAR, description = "The packaged daemon.") Path jar,
            @Option(names = "--directory", defaultValue = DIRECTORY, description = "To work in.") Path directory)
            throws Exception {
        EnergyCostBenchmark.run(jar, directory.resolve("energy-cost"), minutes, labels);
    }

    @Command(name = "energy-site", description = "Facts, totals and the dashboard of a large site's energy.")
    void energySite(
            @Option(names = "--machines", defaultValue = "500", description = "Of 64 series.") int machines,
            @Option(names = "--days", defaultValue = "30", description = "Of facts every 5 minutes.") int days,
            @Option(names = "--jar", defaultValue = JAR, description = "The packaged daemon.") Path jar,
            @Option(names = "--directory", defaultValue = DIRECTORY, description = "To work in.") Path directory)
            throws Exception {
        EnergySiteBenchmark.run(jar, directory.resolve("energy-site"), machines, days);
    }

    @Command(name = "many-metrics", description = "New metrics that come all at once, and a database that has many.")
    void manyMetrics(
            @Option(names = "--storm", defaultValue = "5000", description = "Metrics that come at once.") int storm,
            @Option(names = "--metrics", defaultValue = "5000", description = "Metrics in the end.") int metrics,
            @Option(names = "--jar", defaultValue = JAR, description = "The packaged daemon.") Path jar,
            @Option(names = "--directory", defaultValue = DIRECTORY, description = "To work in.") Path directory)
            throws Exception {
        ManyMetricsBenchmark.run(jar, directory.resolve("many-metrics"), storm, metrics);
    }

    @Command(name = "packing", description = "Bytes per sample, speed and query times of a fleet of node exporters.")
    void packing(
            @Option(names = "--hosts", defaultValue = "20", description = "Of 500 series.") int hosts,
            @Option(names = "--hours", defaultValue = "24", description = "Of a sample every 15 seconds.") int hours)
            throws Exception {
        PackingBenchmark.run(hosts, hours);
    }

    @Command(
            name = "rollups",
            description = "What rollups cost packing, their bytes, and what a month by the hour takes.")
    void rollups(
            @Option(names = "--series", defaultValue = "20", description = "Of each of two metrics.") int series,
            @Option(names = "--days", defaultValue = "30", description = "Of a sample every 15 seconds.") int days)
            throws Exception {
        RollupsBenchmark.run(series, days);
    }

    @Command(name = "shapes", description = "Bytes per sample and query times of what is not a fleet.")
    void shapes(
            @Option(
                            names = "--only",
                            defaultValue = "all",
                            description = "all, month, day, or how a shape's name begins.")
                    String only,
            @Option(names = "--cold", description = "Measures queries on data that is in no cache too; needs GNU dd.")
                    boolean cold)
            throws Exception {
        ShapesBenchmark.run(only, cold);
    }

    @Command(name = "queries", description = "The SQL interface over 110,000 series, and the plans of the matchers.")
    void queries() throws Exception {
        QueriesBenchmark.run();
    }

    @Command(name = "beside-prometheus", description = "Queries in SQL beside a Prometheus with the same samples.")
    void besidePrometheus() throws Exception {
        BesidePrometheus.run();
    }

    @Command(
            name = "promql",
            description = "PromQL of promgres beside a Prometheus with the same samples: time and CPU.")
    void promql(
            @Option(names = "--jar", defaultValue = "target/promgres.jar", description = "The daemon's jar.") Path jar,
            @Option(names = "--xmx", defaultValue = "1g", description = "Heap of the daemon, as -Xmx takes it.")
                    String xmx,
            @Option(names = "--series", defaultValue = "1000", description = "Number of series.") int series,
            @Option(names = "--hours", defaultValue = "24", description = "Length of the samples, one every 15 s.")
                    int hours)
            throws Exception {
        PromqlBenchmark.run(new DaemonOptions(jar, xmx, List.of(), Map.of()), series, hours);
    }

    @Command(name = "idle", description = "CPU, WAL and memory of a daemon that takes nothing in, and of its database.")
    void idle(@Mixin IdleOptions options) throws Exception {
        IdleBenchmark.run(options);
    }

    @Command(name = "peers", description = "The same scrapes to Prometheus and VictoriaMetrics: CPU, bytes, queries.")
    void peers(@Mixin PeersOptions options) throws Exception {
        PeersBenchmark.run(options);
    }

    @Command(name = "streamed-read", description = "Memory of a daemon that answers a streamed remote read.")
    int streamedRead(
            @Option(names = "--samples", defaultValue = "50000000", description = "Number of samples.") long samples,
            @Option(names = "--series", defaultValue = "200", description = "Of how many series.") int series,
            @Option(
                            names = "--divisor",
                            defaultValue = "1",
                            description = "What whole numbers are divided by: 1 compresses well in a chunk, 7 hardly.")
                    int divisor,
            @Option(names = "--xmx", defaultValue = "128m", description = "Heap of the daemon, as -Xmx takes it.")
                    String xmx)
            throws Exception {
        return StreamedReadBenchmark.run(samples, series, divisor, xmx) ? 0 : 1;
    }

    @Command(name = "write-path", description = "The writer against the database, without HTTP and decoding.")
    void writePath(
            @Option(names = "--rounds", defaultValue = "3", description = "How often each workload takes its turn.")
                    int rounds)
            throws Exception {
        WritePathBenchmark.run(rounds);
    }
}
