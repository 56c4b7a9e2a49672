package io.promgres.bench.peers;

import io.promgres.bench.Cleanup;
import io.promgres.bench.PromqlQuery;
import io.promgres.bench.Quantiles;
import io.promgres.testing.QueryClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Plays scrapes of a real node exporter to promgres, to a Prometheus and, where it is installed, to VictoriaMetrics, one after the
 * other: CPU, bytes, memory, then the same queries in PromQL of all of them in turns. Needs Linux and a node exporter on the PATH.
 *
 * <pre>{@code mvn -q -Pbench package exec:exec -Dbench="peers --hosts=10 --hours=6" -Dbench.java="-Dtest.prometheus3=$(.ci/prometheus-3)"}</pre>
 *
 * <p>Without the property it is the Prometheus that is installed.
 */
public final class PeersBenchmark {

    /** So long ago the samples end that no peer waits for more of the same blocks of two hours. */
    private static final Duration AGO = Duration.ofHours(5);

    private static final Duration INTERVAL = Duration.ofSeconds(15);
    private static final int ROUNDS = 9;

    private static final List<PromqlQuery> QUERIES = List.of(
            PromqlQuery.at("node_load1"),
            PromqlQuery.at("count({job=\"node\"})"),
            PromqlQuery.at("100 * (1 - avg by (instance) (rate(node_cpu_seconds_total{mode=\"idle\"}[5m])))"),
            new PromqlQuery("node_memory_MemAvailable_bytes{instance=\"10.0.0.1:9100\"}", 3600, 15),
            new PromqlQuery("sum by (mode) (rate(node_cpu_seconds_total[5m]))", 3600, 15),
            new PromqlQuery("sum by (mode) (rate(node_cpu_seconds_total[5m]))", 10800, 60),
            new PromqlQuery("topk(5, rate(node_network_receive_bytes_total[5m]))", 10800, 60),
            new PromqlQuery("avg_over_time(node_load1[1h])", 10800, 300),
            new PromqlQuery("max by (instance) (node_filesystem_size_bytes - node_filesystem_avail_bytes)", 10800, 60),
            new PromqlQuery("count by (__name__) ({__name__=~\"node_network_.+\"})", 3600, 60));

    /** What a peer needed. Seconds and bytes of everything that was sent. */
    private record Cost(
            Peer peer,
            double sendSeconds,
            double cpuSeconds,
            double restCpuSeconds,
            long stored,
            long log,
            long memory,
            double idleCpuSeconds) {}

    private final PeersOptions options;
    private final Fleet fleet;
    private final List<Cost> costs = new ArrayList<>();

    private PeersBenchmark(PeersOptions options, Fleet fleet) {
        this.options = options;
        this.fleet = fleet;
    }

    public static void run(PeersOptions options) throws Exception {
        Path work = options.work();
        Cleanup.delete(work);
        Files.createDirectories(work);
        try (Cleanup cleanup = Cleanup.atShutdown()) {
            cleanup.add(() -> Cleanup.delete(work));
            Recording recording = Recording.ofNodeExporter(options.recorded(), work.resolve("exporter.log"));
            Instant begin =
                    Instant.now().minus(AGO).truncatedTo(ChronoUnit.HOURS).minus(options.length());
            int scrapes = (int) options.length().dividedBy(INTERVAL);
            PeersBenchmark benchmark =
                    new PeersBenchmark(options, new Fleet(recording, options.hosts(), begin, INTERVAL, scrapes));
            for (Peer peer : peers(options, cleanup)) {
                benchmark.measure(peer);
            }
            benchmark.print();
        }
    }

    private static List<Peer> peers(PeersOptions options, Cleanup cleanup) throws Exception {
        Path work = options.work();
        List<Peer> peers = new ArrayList<>();
        Path own = Files.createDirectories(work.resolve("promgres"));
        peers.add(new PromgresPeer(options.jar(), options.xmx(), own, cleanup));
        peers.add(new PrometheusPeer(work.resolve("prometheus"), cleanup));
        if (VictoriaMetricsPeer.isInstalled()) {
            peers.add(new VictoriaMetricsPeer(work.resolve("victoria-metrics"), cleanup));
        }
        return peers;
    }

    private void measure(Peer peer) throws Exception {
        System.err.printf("%s: %,d samples of %,d series%n", peer.name(), fleet.samples(), fleet.series());
        long log = peer.logBytes();
        double cpu = peer.cpuSeconds();
        long begin = System.nanoTime();
        fleet.sendTo(peer.url());
        double seconds = (System.nanoTime() - begin) / 1e9;
        double sent = peer.cpuSeconds() - cpu;
        peer.tidy();
        double tidied = peer.cpuSeconds() - cpu;
        Rest rest = Rest.await(peer, options.rest());
        long written = log < 0 ? -1 : peer.logBytes() - log;
        costs.add(new Cost(
                peer,
                seconds,
                sent,
                tidied + Math.max(0, rest.afterwards()),
                peer.storedBytes(),
                written,
                peer.memoryBytes(),
                rest.seconds()));
    }

    private void print() throws IOException, InterruptedException {
        System.out.printf(
                "%,d series of %d hosts, %,d samples, a scrape every %d s; %d processors; ratios to %s%n%n",
                fleet.series(),
                fleet.hosts(),
                fleet.samples(),
                INTERVAL.toSeconds(),
                Runtime.getRuntime().availableProcessors(),
                costs.get(1).peer().name());
        line("", cost -> cost.peer().name());
        System.out.println("|---|" + "---:|".repeat(costs.size()));
        double millions = fleet.samples() / 1e6;
        ratios("CPU s for a million samples until they are acknowledged", cost -> cost.cpuSeconds() / millions);
        ratios("the same until all is packed or compacted", cost -> cost.restCpuSeconds() / millions);
        ratios("B a sample on disk, in the final form", cost -> (double) cost.stored() / fleet.samples());
        ratios("B of WAL a sample", cost -> (double) cost.log() / fleet.samples());
        ratios("MB of memory afterwards", cost -> cost.memory() / 1e6);
        ratios(
                "CPU s in a minute at rest",
                cost -> cost.idleCpuSeconds() * 60 / options.rest().toSeconds());
        ratios("seconds to send all, the senders' own work included", Cost::sendSeconds);
        for (PromqlQuery query : QUERIES) {
            double[] medians = medians(query);
            ratios(name(query), cost -> medians[costs.indexOf(cost)]);
        }
    }

    private static String name(PromqlQuery query) {
        String range = query.seconds() == 0 ? "" : ", " + query.seconds() / 60 + " min by " + query.step() + " s";
        return "ms of `" + query.promql() + "`" + range;
    }

    private interface Text {
        String of(Cost cost);
    }

    private interface Figure {
        double of(Cost cost);
    }

    private void ratios(String what, Figure figure) {
        double base = figure.of(costs.get(1));
        line(what, cost -> {
            double value = figure.of(cost);
            String ratio = base > 0 && cost != costs.get(1) ? " (%.2f)".formatted(value / base) : "";
            return value < 0 ? "" : "%,.2f".formatted(value) + ratio;
        });
    }

    private void line(String what, Text text) {
        System.out.println(
                "| " + what + " | " + costs.stream().map(text::of).collect(Collectors.joining(" | ")) + " |");
    }

    /** Of each peer, asked in turns. */
    private double[] medians(PromqlQuery query) throws IOException, InterruptedException {
        List<QueryClient> clients =
                costs.stream().map(cost -> new QueryClient(cost.peer().url())).toList();
        double[][] times = new double[costs.size()][ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            for (int i = 0; i < costs.size(); i++) {
                long begin = System.nanoTime();
                String answer = query.ask(clients.get(i), fleet.end().getEpochSecond());
                times[i][round] = (System.nanoTime() - begin) / 1e6;
                if (answer.contains("\"result\":[]")) {
                    throw new IOException(costs.get(i).peer().name() + " finds nothing: " + query.promql());
                }
            }
        }
        return Arrays.stream(times).mapToDouble(Quantiles::median).toArray();
    }
}
