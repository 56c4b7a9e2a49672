package io.promgres.bench.peers;

import io.promgres.bench.Cleanup;
import io.promgres.bench.DatabaseServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * What a daemon costs that takes nothing in, or what hosts send in a real clock's time, with all that is on by default and its database: CPU by thread and by process of the
 * database, transactions and bytes of the log a minute, and memory. Needs Linux and a node exporter on the PATH.
 *
 * <pre>{@code mvn -q -Pbench package exec:exec -Dbench="idle --hosts=10"}</pre>
 */
public final class IdleBenchmark {

    private static final Duration AGO = Duration.ofHours(5);
    private static final Duration INTERVAL = Duration.ofSeconds(15);
    private static final Duration WINDOW = Duration.ofMinutes(1);
    private static final int RECORDED = 20;
    private static final double LEAST_SHOWN = 0.001;

    private static final String TRANSACTIONS =
            "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database()";
    private static final String BACKENDS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()";

    private final PromgresPeer peer;

    private record Reading(
            double daemon,
            double database,
            Map<String, Double> threads,
            Map<String, Double> processes,
            long transactions,
            long log) {}

    private IdleBenchmark(PromgresPeer peer) {
        this.peer = peer;
    }

    public static void run(IdleOptions options) throws Exception {
        Path work = options.work();
        Cleanup.delete(work);
        Files.createDirectories(work);
        try (Cleanup cleanup = Cleanup.atShutdown()) {
            cleanup.add(() -> Cleanup.delete(work));
            Recording recording = Recording.ofNodeExporter(RECORDED, work.resolve("exporter.log"));
            Instant begin = Instant.now()
                    .minus(AGO)
                    .truncatedTo(ChronoUnit.HOURS)
                    .minus(INTERVAL.multipliedBy(options.scrapes()));
            Fleet fleet = new Fleet(recording, options.hosts(), begin, INTERVAL, options.scrapes());
            PromgresPeer peer = new PromgresPeer(options.jar(), options.jvm(), work, cleanup);
            System.err.printf("%,d samples of %,d series%n", fleet.samples(), fleet.series());
            fleet.sendTo(peer.url());
            peer.tidy();
            Rest.await(peer, WINDOW);
            System.out.printf("%,d series of %,d samples%n%n", fleet.series(), fleet.samples());
            IdleBenchmark benchmark = new IdleBenchmark(peer);
            benchmark.measure("at rest", options.length(), () -> {});
            if (!options.live().isZero()) {
                benchmark.measure(
                        "at a clock's speed",
                        options.live(),
                        () -> new Fleet(recording, options.hosts(), Instant.now(), INTERVAL, 1).sendTo(peer.url()));
            }
        }
    }

    /** What is done every 15 seconds. */
    private interface Scrape {
        void run() throws Exception;
    }

    private void measure(String what, Duration length, Scrape scrape) throws Exception {
        Reading before = read();
        long begin = System.nanoTime();
        for (long i = 1; i <= length.dividedBy(INTERVAL); i++) {
            scrape.run();
            long passed = System.nanoTime() - begin;
            TimeUnit.NANOSECONDS.sleep(i * INTERVAL.toNanos() - passed);
        }
        Reading after = read();
        double minutes = length.toSeconds() / 60.0;
        System.out.println("\n| " + what + ", in a minute | |\n|---|---:|");
        line("CPU s of the daemon", (after.daemon - before.daemon) / minutes);
        print(before.threads, after.threads, minutes);
        line("CPU s of the database", (after.database - before.database) / minutes);
        print(before.processes, after.processes, minutes);
        line("transactions", (after.transactions - before.transactions) / minutes);
        line("KB of WAL", (after.log - before.log) / minutes / 1e3);
        line("MB of the daemon, resident", peer.daemon().residentBytes() / 1e6);
        line("MB of the database, shared once", peer.server().memoryBytes() / 1e6);
        line("sessions", DatabaseServer.number(peer.connection(), BACKENDS) - 1);
    }

    private Reading read() throws Exception {
        return new Reading(
                peer.daemon().cpuSeconds(),
                peer.server().cpuSeconds(),
                peer.daemon().cpuSecondsByThread(),
                named(peer.server().cpuSecondsByProcess()),
                DatabaseServer.number(peer.connection(), TRANSACTIONS),
                peer.logBytes());
    }

    /** What a session calls itself is not told apart by what it does just now. */
    private static Map<String, Double> named(Map<String, Double> processes) {
        Map<String, Double> named = new TreeMap<>();
        processes.forEach((name, seconds) -> named.put(
                name.replaceAll(" (idle in transaction|idle|SELECT|INSERT|COPY|UPDATE|BEGIN|COMMIT)(?= #)", ""),
                seconds));
        return named;
    }

    private static void print(Map<String, Double> before, Map<String, Double> after, double minutes) {
        after.forEach((name, seconds) -> {
            double used = (seconds - before.getOrDefault(name, 0.0)) / minutes;
            if (used >= LEAST_SHOWN) {
                line("– " + name, used);
            }
        });
    }

    private static void line(String what, double value) {
        System.out.printf("| %s | %,.3f |%n", what, value);
    }
}
