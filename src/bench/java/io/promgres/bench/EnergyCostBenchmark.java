package io.promgres.bench;

import io.promgres.config.DatabaseUri;
import io.promgres.remotewrite.WriteRequestEncoder;
import io.promgres.testing.Sender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * What energy costs a site at a real clock's speed: node exporters of 64 series of {@code node_cpu_seconds_total} (8 CPUs, 8
 * modes), each scraped every 15 s at its own moment. Energy switched off and on, with none of the labels that energy needs,
 * and with machine, project and sessions.
 *
 * <pre>{@code mvn -q -Pbench package exec:exec -Dbench="energy-cost --minutes=5"}</pre>
 *
 * Prints WAL and CPU of a minute, of the daemon and of the database, and their ratios to energy switched off.
 */
final class EnergyCostBenchmark {

    private static final int MACHINES = 63;
    private static final int CPUS = 8;
    private static final List<String> MODES =
            List.of("idle", "iowait", "irq", "nice", "softirq", "steal", "system", "user");
    private static final Duration SCRAPE = Duration.ofSeconds(15);

    /** Longer than the interval of facts: what is written once for series, sessions and machines that are new is before. */
    private static final int WARM_UP_SCRAPES = 10;

    private static final int USERS = 20;
    private static final int PROJECTS = 5;

    private final Path work;
    private final DatabaseServer server;
    private final Path jar;
    private final int scrapes;
    private final Labels labels;

    /** Which sites are measured. */
    enum Labels {
        WITH,
        WITHOUT,
        BOTH;

        private boolean have(Variant variant) {
            return this == BOTH || variant.labelled() == (this == WITH);
        }
    }

    private record Variant(String name, boolean enabled, boolean labelled) {}

    private record Cost(double walBytes, double cpuSeconds) {}

    private EnergyCostBenchmark(Path work, DatabaseServer server, Path jar, int scrapes, Labels labels) {
        this.work = work;
        this.server = server;
        this.jar = jar;
        this.scrapes = scrapes;
        this.labels = labels;
    }

    /**
     * @param jar the packaged daemon
     * @param work a directory that it makes, and deletes at the end
     * @param minutes of each measurement
     * @param labels with which labels sites are measured
     */
    static void run(Path jar, Path work, double minutes, Labels labels) throws Exception {
        int scrapes = (int) (minutes * 60 / SCRAPE.toSeconds());
        Cleanup.delete(work);
        Files.createDirectories(work);
        try (Cleanup cleanup = Cleanup.atShutdown()) {
            cleanup.add(() -> Cleanup.delete(work));
            DatabaseServer server = cleanup.add(new DatabaseServer(work.resolve("database")));
            new EnergyCostBenchmark(work, server, jar, scrapes, labels).measureAll();
        }
    }

    private void measureAll() throws Exception {
        System.out.println("| energy | WAL a minute | to off | CPU s a minute | to off |");
        System.out.println("|---|---:|---:|---:|---:|");
        Cost off = new Cost(1, 1);
        for (Variant variant : List.of(
                new Variant("off, no labels", false, false),
                new Variant("on, no labels", true, false),
                new Variant("off, with labels", false, true),
                new Variant("on, with labels", true, true))) {
            if (!labels.have(variant)) {
                continue;
            }
            Cost cost = measure(variant);
            off = variant.enabled() ? off : cost;
            System.out.printf(
                    "| %s | %,.0f | %.2f | %.2f | %.2f |%n",
                    variant.name(),
                    cost.walBytes(),
                    cost.walBytes() / off.walBytes(),
                    cost.cpuSeconds(),
                    cost.cpuSeconds() / off.cpuSeconds());
        }
    }

    private Cost measure(Variant variant) throws Exception {
        String name = "energy_" + variant.name().replaceAll("\\W+", "_");
        DatabaseUri database = server.create(name);
        DaemonOptions options = new DaemonOptions(
                jar, "256m", List.of(), Map.of("energy.enabled", Boolean.toString(variant.enabled())));
        try (DaemonProcess daemon = new DaemonProcess(options, database, work.resolve(name + ".log"));
                Connection connection = DatabaseServer.connect(database)) {
            Site site = new Site(daemon.port(), variant.labelled());
            site.scrape(WARM_UP_SCRAPES);
            // What autovacuum would do to new tables some time or other is done before, the same for all.
            try (Statement statement = connection.createStatement()) {
                statement.execute("VACUUM (FREEZE, ANALYZE)");
            }
            server.settle();
            site.scrape(1);
            long wal = Measured.walBytes(connection);
            double cpu = daemon.cpuSeconds() + server.cpuSeconds();
            site.scrape(scrapes);
            double minutes = scrapes * SCRAPE.toSeconds() / 60.0;
            return new Cost(
                    (Measured.walBytes(connection) - wal) / minutes,
                    (daemon.cpuSeconds() + server.cpuSeconds() - cpu) / minutes);
        }
    }

    /** Node exporters, and one exporter of sessions. */
    private static final class Site {
        private final Sender client;
        private final boolean labelled;
        private final Random random = new Random(1);
        private final Map<String, Double> counters = new HashMap<>();

        Site(int port, boolean labelled) {
            this.client = new Sender("http://127.0.0.1:" + port);
            this.labelled = labelled;
        }

        void scrape(int times) throws IOException, InterruptedException {
            long next = System.nanoTime();
            for (int i = 0; i < times * MACHINES; i++) {
                machine(i % MACHINES);
                next += SCRAPE.toNanos() / MACHINES;
                // A real clock is what is measured.
                Thread.sleep(Math.max(0, next - System.nanoTime()) / 1_000_000);
            }
        }

        private void machine(int machine) throws IOException, InterruptedException {
            WriteRequestEncoder request = new WriteRequestEncoder();
            long now = System.currentTimeMillis();
            for (int cpu = 0; cpu < CPUS; cpu++) {
                for (String mode : MODES) {
                    TreeMap<String, String> labels = target(machine);
                    labels.put("__name__", "node_cpu_seconds_total");
                    labels.put("cpu", Integer.toString(cpu));
                    labels.put("mode", mode);
                    double grown = counters.merge(
                            machine + "/" + cpu + mode,
                            random.nextInt(mode.equals("idle") ? 1500 : 200) / 100.0,
                            Double::sum);
                    request.add(labels, now, Math.round(grown * 100) / 100.0);
                }
            }
            if (labelled) {
                TreeMap<String, String> session = target(machine);
                session.put("__name__", "workspace_info");
                session.put("workspace_id", "w" + machine);
                session.put("user_id", "user-" + machine % USERS);
                session.put("started_at", "2026-01-01T00:00:00Z");
                request.add(session, now, 1);
            }
            client.store(request.encode());
        }

        private TreeMap<String, String> target(int machine) {
            TreeMap<String, String> labels = new TreeMap<>();
            labels.put("job", "node");
            labels.put("instance", "10.0.0." + machine + ":9100");
            if (labelled) {
                labels.put("machine_name", "machine-" + machine);
                labels.put("cloud_project_name", "project-" + machine % PROJECTS);
            }
            return labels;
        }
    }
}
