package io.promgres.bench;

import io.promgres.config.DatabaseUri;
import io.promgres.remotewrite.WriteRequestEncoder;
import io.promgres.testing.GrafanaDashboard;
import io.promgres.testing.GrafanaQuery;
import io.promgres.testing.Sender;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Energy of a large site: machines of 64 series of {@code node_cpu_seconds_total}, each with a session of one of 200 users, in 40
 * projects. The facts of the days before, every 5 minutes, are inserted by SQL as the projector would write them; the series of
 * the last 20 minutes are sent to the packaged daemon, a scrape each 15 s.
 *
 * <pre>{@code mvn -q -Pbench package exec:exec -Dbench="energy-site --machines=500 --days=30"}</pre>
 *
 * Prints what a pass of the projector takes, what it takes to sum up the hours, and each total and panel: the first time and
 * the median of five.
 */
final class EnergySiteBenchmark {

    private static final int USERS = 200;
    private static final int PROJECTS = 40;
    private static final int GROUPS = 10;
    private static final int CPUS = 8;
    private static final List<String> MODES =
            List.of("idle", "iowait", "irq", "nice", "softirq", "steal", "system", "user");
    private static final int SCRAPES = 80;

    /** Machines of a request, which then has some 2,000 samples, as those of a Prometheus. */
    private static final int TOGETHER = 30;

    private static final int TIMES = 5;

    private final int machines;
    private final int days;
    private final Instant end = Instant.now();

    private EnergySiteBenchmark(int machines, int days) {
        this.machines = machines;
        this.days = days;
    }

    /**
     * @param jar the packaged daemon
     * @param work a directory that it makes, and deletes at the end
     */
    static void run(Path jar, Path work, int machines, int days) throws Exception {
        Cleanup.delete(work);
        Files.createDirectories(work);
        try (Cleanup cleanup = Cleanup.atShutdown()) {
            cleanup.add(() -> Cleanup.delete(work));
            DatabaseServer server = cleanup.add(new DatabaseServer(work.resolve("database")));
            DatabaseUri database = server.create("site");
            DaemonOptions options = new DaemonOptions(
                    jar, "512m", List.of(), Map.of("energy.enabled", "true", "energy.interval", "10m"));
            EnergySiteBenchmark site = new EnergySiteBenchmark(machines, days);
            try (DaemonProcess daemon = new DaemonProcess(options, database, work.resolve("daemon.log"))) {
                site.scrape(new Sender(daemon.url()));
            }
            try (Connection connection = DatabaseServer.connect(database)) {
                site.fill(connection);
                site.pass(connection);
                site.read(connection);
            }
        }
    }

    private void scrape(Sender daemon) throws Exception {
        long begin = System.nanoTime();
        for (int scrape = 0; scrape < SCRAPES; scrape++) {
            long time = end.toEpochMilli() - (SCRAPES - scrape) * 15_000L;
            for (int machine = 0; machine < machines; machine += TOGETHER) {
                WriteRequestEncoder request = new WriteRequestEncoder();
                for (int one = machine; one < Math.min(machines, machine + TOGETHER); one++) {
                    addScraped(request, one, scrape, time);
                }
                daemon.store(request.encode());
            }
        }
        print("%,d samples sent", begin, (long) SCRAPES * machines * (CPUS * MODES.size() + 1));
    }

    private static void addScraped(WriteRequestEncoder request, int machine, int scrape, long time) {
        for (int cpu = 0; cpu < CPUS; cpu++) {
            for (String mode : MODES) {
                TreeMap<String, String> labels = target(machine, "node_cpu_seconds_total");
                labels.put("cpu", Integer.toString(cpu));
                labels.put("mode", mode);
                // A machine is half idle.
                double grown = mode.equals("idle") ? 7.5 : 1.07;
                request.add(labels, time, Math.round((machine + scrape * grown) * 100) / 100.0);
            }
        }
        TreeMap<String, String> session = target(machine, "workspace_info");
        session.put("workspace_id", "w" + machine);
        session.put("user_id", "user-" + (1 + machine % USERS));
        session.put("group_name", "group-" + (1 + machine % GROUPS));
        session.put("started_at", "2026-01-01T00:00:00Z");
        request.add(session, time, 1);
    }

    private static TreeMap<String, String> target(int machine, String name) {
        TreeMap<String, String> labels = new TreeMap<>();
        labels.put("__name__", name);
        labels.put("job", "node");
        labels.put("instance", "10.0." + machine / 250 + "." + machine % 250 + ":9100");
        labels.put("machine_name", "machine-" + (1 + machine));
        labels.put("cloud_project_name", "project-" + (1 + machine % PROJECTS));
        return labels;
    }

    /** A day at a time, as time passes, until the last bucket that is closed before what was sent. */
    private void fill(Connection connection) throws SQLException {
        long begin = System.nanoTime();
        execute(
                connection,
                "INSERT INTO energy.dim_group (group_name) SELECT 'group-' || i FROM generate_series(1, " + GROUPS
                        + ") i ON CONFLICT DO NOTHING");
        execute(
                connection,
                "INSERT INTO energy.dim_user (user_id, group_id, origin)"
                        + " SELECT 'user-' || i, 1 + i % " + GROUPS + ", 'samples' FROM generate_series(1, " + USERS
                        + ") i ON CONFLICT DO NOTHING");
        execute(
                connection,
                "INSERT INTO energy.dim_project (cloud_project_name)"
                        + " SELECT 'project-' || i FROM generate_series(1, " + PROJECTS + ") i ON CONFLICT DO NOTHING");
        execute(
                connection,
                "INSERT INTO energy.dim_machine (machine_name)" + " SELECT 'machine-' || i FROM generate_series(1, "
                        + machines + ") i ON CONFLICT DO NOTHING");
        for (int day = days; day > 0; day--) {
            execute(connection, """
                    INSERT INTO energy.fact_usage (scope, ts, project_id, machine_id, user_id, busy_cpu_seconds_total,
                        idle_cpu_seconds_total, busy_kwh, idle_kwh, busy_gco2eq, idle_gco2eq, estimated_kwh, origin)
                    SELECT k.scope, t.ts, k.project_id, k.machine_id, k.user_id, x.busy, 2400 - x.busy, x.busy * 12 / 3600000,
                           (2400 - x.busy) / 3600000, x.busy * 12 * 230 / 3600000, (2400 - x.busy) * 230 / 3600000,
                           (x.busy * 11 + 2400) / 3600000, 'samples'
                    FROM generate_series(date_bin('5 minutes', '%1$s', 'epoch') - interval '1 day',
                                         date_bin('5 minutes', '%1$s', 'epoch') - interval '1 microsecond',
                                         interval '5 minutes') t(ts),
                         (SELECT 'ada', NULL::int, NULL::int, NULL UNION ALL
                          SELECT 'project', project_id, NULL, NULL FROM energy.dim_project UNION ALL
                          SELECT 'machine', NULL, machine_id, NULL FROM energy.dim_machine UNION ALL
                          SELECT 'user', NULL, NULL, user_id FROM energy.dim_user) k(scope, project_id, machine_id, user_id),
                         LATERAL (SELECT round(random(0, 240000)::numeric / 100, 2) WHERE t.ts IS NOT NULL AND k.scope IS NOT NULL) x(busy)
                    ON CONFLICT DO NOTHING""".formatted(end.minus(Duration.ofMinutes(25)).minus(Duration.ofDays(day - 1))));
        }
        print("%,d facts inserted", begin, DatabaseServer.number(connection, "SELECT count(*) FROM energy.fact_usage"));
        execute(connection, "VACUUM (ANALYZE)");
        begin = System.nanoTime();
        long hours = 0;
        for (long summed = 12; summed == 12; hours += summed) {
            summed = DatabaseServer.number(connection, "SELECT _energy.sum_hours(12, now() - interval '15 minutes')");
        }
        print("%,d hours summed up", begin, hours);
        execute(connection, "VACUUM (ANALYZE)");
    }

    /** What the daemon does for the open bucket once in an interval, and for all that were sent the first time. */
    private void pass(Connection connection) throws SQLException {
        for (String buckets : List.of("interval '20 minutes'", "interval '0'", "interval '0'")) {
            long touched = DatabaseServer.number(
                    connection,
                    "WITH t AS (INSERT INTO _energy.touched (rule_id, bucket)"
                            + " SELECT r.id, b FROM _energy.rule r, generate_series(_energy.bucket_of('"
                            + end.minusSeconds(15)
                            + "'::timestamptz - " + buckets + ", r.bucket), '" + end.minusSeconds(15) + "', r.bucket) b"
                            + " WHERE r.name = 'node-cpu' RETURNING 1) SELECT count(*) FROM t");
            long begin = System.nanoTime();
            execute(connection, "SELECT _energy.take(48)");
            execute(connection, "SELECT _energy.project(48, pg_current_snapshot(), true)");
            print("a pass of %,d buckets", begin, touched);
        }
    }

    private void read(Connection connection) throws Exception {
        GrafanaQuery query = new GrafanaQuery(connection, end.minus(Duration.ofDays(days)), end, Duration.ofHours(1));
        GrafanaDashboard dashboard = GrafanaDashboard.named("energy");
        for (GrafanaDashboard.Query variable : dashboard.variables()) {
            query.withAll(variable);
        }
        System.out.println("| total or panel | first ms | median ms |");
        System.out.println("|---|---:|---:|");
        for (String view : List.of("project", "machine", "group", "user")) {
            time("v_" + view + "_totals", query, "SELECT * FROM v_" + view + "_totals");
        }
        for (GrafanaDashboard.Panel panel : dashboard.panels()) {
            time(panel.title(), query, panel.sql());
        }
    }

    private static void time(String what, GrafanaQuery query, String sql) throws SQLException {
        double[] millis = new double[TIMES];
        for (int i = 0; i < TIMES; i++) {
            long begin = System.nanoTime();
            query.run(sql);
            millis[i] = (System.nanoTime() - begin) / 1e6;
        }
        double first = millis[0];
        Arrays.sort(millis);
        System.out.printf("| %s | %.0f | %.0f |%n", what, first, millis[TIMES / 2]);
    }

    private static void print(String what, long begin, long count) {
        System.out.printf("%s: %.2f s%n", what.formatted(count), (System.nanoTime() - begin) / 1e9);
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
