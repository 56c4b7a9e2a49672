package io.promgres.bench.parts;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.promgres.bench.Cleanup;
import io.promgres.bench.TypicalQueries;
import io.promgres.embedded.EmbeddedPostgres;
import io.promgres.model.LandingRows;
import io.promgres.model.PlaceEpoch;
import io.promgres.packing.Joiner;
import io.promgres.packing.Packer;
import io.promgres.schema.Migrations;
import io.promgres.store.Database;
import io.promgres.store.LandingWriter;
import io.promgres.store.RerouteException;
import io.promgres.store.SeriesStore;
import io.promgres.store.ViewStore;
import io.promgres.testing.FailingListener;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.sql.DataSource;

/**
 * Packs what node exporters of a fleet sent, and prints the bytes per sample of each tier, the speed, and the times of
 * typical queries; beside it the same data as rows, a table per metric with a unique index.
 *
 * <pre>{@code mvn -q -Pbench package exec:exec -Dbench="packing --hosts=20 --hours=24"}</pre>
 *
 * <p>Results: src/docs/measurements/packing.md.
 */
public final class PackingBenchmark {

    private static final int INTERVAL_MILLIS = 15_000;
    private static final Duration BLOCK = Duration.ofHours(2);
    private static final Path DIRECTORY = Path.of("target", "packing");
    private static final int QUERY_ROUNDS = 5;
    private static final String METRIC = HostFleet.metricName(60);

    private final DataSource database;
    private final HostFleet fleet;
    private final int hours;
    private final long begin;
    private long samples;

    private PackingBenchmark(DataSource database, HostFleet fleet, int hours) {
        this.database = database;
        this.fleet = fleet;
        this.hours = hours;
        long now = System.currentTimeMillis() / INTERVAL_MILLIS * INTERVAL_MILLIS;
        this.begin = now - hours * 3_600_000L;
    }

    public static void run(int hosts, int hours) throws Exception {
        Cleanup.delete(DIRECTORY);
        try (EmbeddedPostgres server = EmbeddedPostgres.start(DIRECTORY, 0)) {
            new Migrations(server.uri()).migrate();
            try (Database database = new Database(server.uri(), 4, new SimpleMeterRegistry())) {
                HostFleet fleet = new HostFleet(new SeriesStore(database.pool()), hosts);
                ViewStore views = new ViewStore(database.pool());
                views.make(views.stale(), Duration.ofSeconds(10));
                new PackingBenchmark(database.background(), fleet, hours).measure();
            }
        }
        Cleanup.delete(DIRECTORY);
    }

    private void measure() throws Exception {
        long empty = diskBytes();
        land();
        execute("VACUUM ANALYZE");
        long landed = diskBytes() - empty;
        rowsToo();
        execute("VACUUM ANALYZE");
        Map<String, long[]> times = new LinkedHashMap<>();
        queries("prom_metric", "landing", times);
        long walBefore = walBytes();
        long start = System.nanoTime();
        pack();
        double seconds = (System.nanoTime() - start) / 1e9;
        long packingWal = walBytes() - walBefore;
        execute("VACUUM ANALYZE");
        long rows = bytesOf("yardstick");
        long packed = diskBytes() - empty - rows;
        new PackedBytes(database, samples).print("packed");
        queries("prom_metric", "packed", times);
        start = System.nanoTime();
        walBefore = walBytes();
        join();
        double joinSeconds = (System.nanoTime() - start) / 1e9;
        long joiningWal = walBytes() - walBefore;
        execute("VACUUM ANALYZE");
        long joinedWithRoom = diskBytes() - empty - rows;
        vacuumFull();
        long joined = diskBytes() - empty - rows;
        new PackedBytes(database, samples).print("joined");
        queries("prom_metric", "joined", times);
        queries("yardstick", "rows", times);

        System.out.printf(
                Locale.ROOT,
                "%d hosts, %d series, %d hours, %,d samples, %d processors, Java %d%n%n",
                fleet.series() / HostFleet.SERIES_OF_A_HOST,
                fleet.series(),
                hours,
                samples,
                Runtime.getRuntime().availableProcessors(),
                Runtime.version().feature());
        System.out.println("| form | disk B/sample, indexes and ticks included | of rows |");
        System.out.println("|---|---|---|");
        size("landing", landed, rows);
        size("packed", packed, rows);
        size("joined by day, with the room that was freed", joinedWithRoom, rows);
        size("joined by day, that room used again", joined, rows);
        size("rows", rows, rows);
        System.out.printf(
                Locale.ROOT,
                "%npacking: %,.0fk samples/s, %.1f B of WAL a sample; joining: %,.0fk samples/s, %.1f B%n%n",
                samples / seconds / 1000,
                (double) packingWal / samples,
                samples / joinSeconds / 1000,
                (double) joiningWal / samples);
        System.out.println(
                "| query | landing ms | packed ms | joined ms | rows ms | packed : rows | joined : packed |");
        System.out.println("|---|---|---|---|---|---|---|");
        times.forEach((query, t) -> System.out.printf(
                Locale.ROOT,
                "| %s | %.1f | %.1f | %.1f | %.1f | %.2f | %.2f |%n",
                query,
                t[0] / 1e6,
                t[1] / 1e6,
                t[2] / 1e6,
                t[3] / 1e6,
                (double) t[1] / t[3],
                (double) t[2] / t[1]));
    }

    private void size(String form, long bytes, long rows) {
        System.out.printf(Locale.ROOT, "| %s | %.2f | %.3f |%n", form, (double) bytes / samples, (double) bytes / rows);
    }

    private void land() throws SQLException, RerouteException {
        LandingWriter writer = new LandingWriter(database, BLOCK);
        LandingRows rows = new LandingRows(1 << 14);
        PlaceEpoch places = new SeriesStore(database).places();
        for (long time = begin; time < begin + hours * 3_600_000L; time += INTERVAL_MILLIS) {
            rows.clear();
            for (int series = 0; series < fleet.series(); series++) {
                long offset = series / HostFleet.SERIES_OF_A_HOST * 37L % INTERVAL_MILLIS;
                rows.add(fleet.address(series), time + offset, fleet.next(series));
            }
            writer.write(rows, places);
            samples += rows.samples();
        }
    }

    /** The same samples as rows, read from the views, so that both hold the same. */
    private void rowsToo() throws SQLException {
        execute("CREATE SCHEMA yardstick");
        for (int metric = 0; metric < HostFleet.METRICS; metric++) {
            String name = HostFleet.metricName(metric);
            execute("CREATE TABLE yardstick." + name + " (time timestamptz NOT NULL, value double precision NOT NULL,"
                    + " series_id bigint NOT NULL, UNIQUE (series_id, time))");
            execute("INSERT INTO yardstick." + name + " SELECT time, value, series_id FROM prom_metric." + name
                    + " ORDER BY time");
        }
    }

    private void pack() throws SQLException, InterruptedException {
        Packer packer = new Packer(database, BLOCK, new FailingListener(), unit -> {});
        // All of it, as if the last block had closed.
        execute("SELECT _prom_catalog.seal_partition(name) FROM _prom_catalog.landing_partition WHERE NOT sealed");
        for (Packer.Partition partition : packer.seal(Duration.ZERO)) {
            packer.pack(partition);
        }
    }

    /** All of it, as if the day had been over for long. */
    private void join() throws SQLException, InterruptedException {
        new Joiner(database, BLOCK, Duration.ofDays(-1), new FailingListener(), unit -> {}).join(true);
    }

    /** As if later samples had taken the room of the runs that were joined. */
    private void vacuumFull() throws SQLException {
        execute("VACUUM FULL prom_data.packed");
        execute("VACUUM FULL prom_data.tick");
        execute("VACUUM FULL prom_data.vector");
        execute("VACUUM ANALYZE");
    }

    private void queries(String schema, String form, Map<String, long[]> times) throws SQLException {
        int column = List.of("landing", "packed", "joined", "rows").indexOf(form);
        String one = "(SELECT min(series_id) FROM prom_series." + METRIC + ")";
        String view = schema + "." + METRIC;
        String literal = "timestamptz '" + Instant.ofEpochMilli(begin + hours * 1_800_000L) + "'";
        Map<String, String> queries = TypicalQueries.of(view, one, "now()", literal);
        for (Map.Entry<String, String> query : queries.entrySet()) {
            times.computeIfAbsent(query.getKey(), key -> new long[4])[column] = median(query.getValue());
        }
    }

    private long median(String query) throws SQLException {
        long[] nanos = new long[QUERY_ROUNDS];
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            for (int round = -1; round < QUERY_ROUNDS; round++) {
                long start = System.nanoTime();
                try (ResultSet rows = statement.executeQuery(query)) {
                    while (rows.next()) {
                        rows.getObject(1);
                    }
                }
                if (round >= 0) {
                    nanos[round] = System.nanoTime() - start;
                }
            }
        }
        Arrays.sort(nanos);
        return nanos[QUERY_ROUNDS / 2];
    }

    private long diskBytes() throws SQLException {
        return number("SELECT pg_database_size(current_database())");
    }

    private long walBytes() throws SQLException {
        return number("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint");
    }

    private long bytesOf(String schema) throws SQLException {
        return number("SELECT sum(pg_total_relation_size(oid))::bigint FROM pg_class WHERE relkind = 'r'"
                + " AND relnamespace = '" + schema + "'::regnamespace");
    }

    private long number(String sql) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
