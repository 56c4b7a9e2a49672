package io.promgres.bench.parts;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.promgres.bench.Cleanup;
import io.promgres.bench.DaemonOptions;
import io.promgres.bench.DaemonProcess;
import io.promgres.bench.DatabaseServer;
import io.promgres.bench.PromqlQuery;
import io.promgres.bench.Quantiles;
import io.promgres.config.DatabaseUri;
import io.promgres.remoteread.PrometheusServer;
import io.promgres.store.Database;
import io.promgres.testing.PackedFiller;
import io.promgres.testing.PrometheusRelease;
import io.promgres.testing.QueryClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;

/**
 * The same expressions to promgres, whose samples are packed, and to a Prometheus with the same samples, in turns: medians in
 * milliseconds, and CPU of the processes, on the side of promgres those of the daemon and of the database. Needs promtool.
 *
 * <p>Run: {@code mvn -q -Pbench package exec:exec -Dbench="promql --series 1000 --hours 24"
 * -Dbench.java="-Dtest.prometheus3=$(.ci/prometheus-3)"}; without the property it is the Prometheus that is installed.
 */
public final class PromqlBenchmark {

    private static final int ROUNDS = 9;

    /** Until the JVM has compiled what a query needs, and what it reads is in the caches. */
    private static final int ROUNDS_BEFORE = 20;

    private static final int SAMPLES_OF_AN_HOUR = 240;
    private static final int POINTS = 240;

    /** A server that is asked, and the seconds of CPU that it has used. */
    private record Asked(QueryClient client, DoubleSupplier cpu) {}

    private record Cost(double[] millis, double cpuSeconds) {

        double median() {
            return Quantiles.median(millis);
        }

        double cpuMillis() {
            return cpuSeconds * 1000 / millis.length;
        }
    }

    private PromqlBenchmark() {}

    /** @param hours that the samples are of, one every 15 seconds */
    public static void run(DaemonOptions options, int series, int hours) throws Exception {
        Path directory = Files.createTempDirectory("promql");
        try (DatabaseServer server = new DatabaseServer(directory.resolve("postgres"))) {
            DatabaseUri uri = server.create("promql");
            try (DaemonProcess daemon = new DaemonProcess(options, uri, directory.resolve("daemon.log"));
                    Database database = new Database(uri, 2, new SimpleMeterRegistry());
                    Connection connection = server.connectTo("promql")) {
                long end = Instant.now().getEpochSecond();
                PackedFiller.fill(database, (long) series * hours * SAMPLES_OF_AN_HOUR, series, 1, end);
                Path home = Files.createDirectories(directory.resolve("prometheus"));
                PrometheusServer.makeBlocks(home, BesidePrometheus.export(connection, home.resolve("samples")));
                try (PrometheusServer prometheus =
                        PrometheusServer.start(PrometheusRelease.newest(), home, "global: {}\n")) {
                    Asked ours =
                            new Asked(new QueryClient(daemon.url()), () -> daemon.cpuSeconds() + server.cpuSeconds());
                    Asked theirs = new Asked(new QueryClient(prometheus.url()), prometheus::cpuSeconds);
                    print(ours, theirs, BesidePrometheus.last(connection).getEpochSecond(), hours);
                }
            }
        } finally {
            Cleanup.delete(directory);
        }
    }

    private static List<PromqlQuery> queries(int hours) {
        List<PromqlQuery> queries = new ArrayList<>(List.of(
                PromqlQuery.at("filled{instance=\"host-7\"}"),
                PromqlQuery.at("sum(rate(filled[5m]))"),
                PromqlQuery.at("topk(10, rate(filled[5m]))")));
        for (int length : new int[] {1, hours}) {
            for (String promql : List.of(
                    "filled{instance=\"host-7\"}",
                    "filled",
                    "sum by (job) (rate(filled[5m]))",
                    "sum by (instance) (rate(filled[5m]))",
                    "topk(10, rate(filled[5m]))",
                    "quantile(0.9, avg_over_time(filled[5m]))")) {
                queries.add(new PromqlQuery(promql, length * 3600, length * 3600 / POINTS));
            }
        }
        return queries;
    }

    private static void print(Asked ours, Asked theirs, long end, int hours) throws Exception {
        System.out.println(
                "| query | over | promgres ms | Prometheus ms | promgres CPU ms | Prometheus CPU ms | ratio of CPU |");
        System.out.println("|---|---|---:|---:|---:|---:|---:|");
        for (PromqlQuery query : queries(hours)) {
            Cost[] costs = ask(query, end, ours, theirs);
            System.out.printf(
                    "| `%s` | %s | %.1f | %.1f | %.1f | %.1f | %.1f |%n",
                    query.promql(),
                    query.seconds() == 0 ? "now" : query.seconds() / 3600 + " h",
                    costs[0].median(),
                    costs[1].median(),
                    costs[0].cpuMillis(),
                    costs[1].cpuMillis(),
                    costs[0].cpuSeconds() / costs[1].cpuSeconds());
        }
    }

    private static Cost[] ask(PromqlQuery query, long end, Asked... servers) throws Exception {
        double[][] millis = new double[servers.length][ROUNDS];
        double[] cpu = new double[servers.length];
        for (int round = -ROUNDS_BEFORE; round < ROUNDS; round++) {
            for (int i = 0; i < servers.length; i++) {
                double before = servers[i].cpu().getAsDouble();
                long begin = System.nanoTime();
                query.ask(servers[i].client(), end);
                if (round >= 0) {
                    millis[i][round] = (System.nanoTime() - begin) / 1e6;
                    cpu[i] += servers[i].cpu().getAsDouble() - before;
                }
            }
        }
        return new Cost[] {new Cost(millis[0], cpu[0]), new Cost(millis[1], cpu[1])};
    }
}
