package io.promgres.bench;

import io.promgres.config.DatabaseUri;
import io.promgres.remotewrite.WriteRequestEncoder;
import io.promgres.testing.Sender;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The memory of a daemon whose series come and go: each minute pods with names that were never there before, which end with it. A
 * minute takes as long as the daemon needs for it. Afterwards the database has millions of places that were taken from series, and
 * the daemon is started anew.
 *
 * <pre>{@code mvn -q -Pbench package exec:exec -Dbench="churn --pods=1000 --minutes=1440"}</pre>
 */
final class ChurnBenchmark {

    private static final int SERIES_OF_A_POD = 2;
    private static final int PODS_OF_A_REQUEST = 500;
    private static final int MINUTE_MILLIS = 60_000;
    private static final int LOOKS = 8;

    private final DatabaseUri database;
    private final DaemonOptions options;
    private final Path log;
    private final int pods;

    private ChurnBenchmark(DatabaseUri database, DaemonOptions options, Path log, int pods) {
        this.database = database;
        this.options = options;
        this.log = log;
        this.pods = pods;
    }

    /**
     * @param options the packaged daemon and its heap
     * @param work a directory that it makes, and deletes at the end
     * @param pods that come in a minute
     * @param minutes of the data
     * @param removed places that are taken from series before the restart
     */
    static void run(DaemonOptions options, Path work, int pods, int minutes, int removed) throws Exception {
        Cleanup.delete(work);
        Files.createDirectories(work);
        try (Cleanup cleanup = Cleanup.atShutdown()) {
            cleanup.add(() -> Cleanup.delete(work));
            DatabaseServer server = cleanup.add(new DatabaseServer(work.resolve("database")));
            ChurnBenchmark churn =
                    new ChurnBenchmark(server.create("churn"), options, work.resolve("daemon.log"), pods);
            churn.comeAndGo(minutes);
            churn.startWith(removed);
        }
    }

    private void comeAndGo(int minutes) throws Exception {
        System.out.println("| minute of the data | series | s | live heap MiB | resident MiB |");
        System.out.println("|---:|---:|---:|---:|---:|");
        long begin = System.nanoTime();
        long now = System.currentTimeMillis() - (long) minutes * MINUTE_MILLIS;
        try (DaemonProcess daemon = new DaemonProcess(options, database, log)) {
            Sender sender = new Sender(daemon.url());
            for (int minute = 1; minute <= minutes; minute++) {
                send(sender, minute, now + (long) minute * MINUTE_MILLIS);
                if (minute % Math.max(1, minutes / LOOKS) == 0) {
                    System.out.printf(
                            "| %,d | %,d | %.0f | %d | %d |%n",
                            minute,
                            (long) minute * pods * SERIES_OF_A_POD,
                            (System.nanoTime() - begin) / 1e9,
                            daemon.liveBytes() >> 20,
                            daemon.residentBytes() >> 20);
                }
            }
        }
    }

    private void send(Sender sender, int minute, long time) throws Exception {
        for (int pod = 0; pod < pods; pod += PODS_OF_A_REQUEST) {
            WriteRequestEncoder request = new WriteRequestEncoder();
            for (int i = pod; i < Math.min(pods, pod + PODS_OF_A_REQUEST); i++) {
                for (int series = 0; series < SERIES_OF_A_POD; series++) {
                    TreeMap<String, String> labels = new TreeMap<>(Map.of(
                            "__name__", "container_metric_" + series,
                            "instance", "node-" + i % 100 + ":10250",
                            "job", "kubelet",
                            "namespace", "namespace-" + i % 20,
                            "pod", "job-" + minute + "-" + i));
                    request.add(labels, time, i);
                }
            }
            sender.store(request.encode());
        }
    }

    private void startWith(int removed) throws Exception {
        try (Connection connection = DatabaseServer.connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO _prom_catalog.removed_series (epoch, group_id, slot)"
                    + " SELECT e.epoch, 1000000000 + i / 64, 1 + i % 64 FROM generate_series(0, " + (removed - 1)
                    + ") i,"
                    + " (SELECT max(epoch) AS epoch FROM _prom_catalog.place_epoch) e");
        }
        try (DaemonProcess daemon = new DaemonProcess(options, database, log)) {
            long begin = System.nanoTime();
            send(new Sender(daemon.url()), 0, System.currentTimeMillis());
            System.out.printf(
                    "with %,d places taken from series: started in %.1f s, the first minute stored %.1f s later, live heap %d MiB%n",
                    removed, daemon.startSeconds(), (System.nanoTime() - begin) / 1e9, daemon.liveBytes() >> 20);
        }
    }

    /** The daemon as a user starts it, with a heap. */
    static DaemonOptions options(Path jar, String xmx) {
        return new DaemonOptions(
                jar, xmx, List.of(), Map.of("energy.enabled", "true", "self-monitoring.interval", "15s"));
    }
}
