package io.promgres.bench.parts;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.promgres.bench.Cleanup;
import io.promgres.embedded.EmbeddedPostgres;
import io.promgres.model.LabelSet;
import io.promgres.model.LandingRows;
import io.promgres.packing.Packer;
import io.promgres.rollup.RollupUpkeep;
import io.promgres.rollup.Rollups;
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
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * What rollups cost and give: a counter and a gauge, a sample every 15 s, without rollups, with those of an hour, and with
 * those of 5 minutes, in turns. Prints how fast they are packed, the bytes of the rollups as packing all at once leaves them and without the
 * room of rows that were merged, and what a query for each hour of all days takes.
 *
 * <pre>{@code mvn -q -Pbench package exec:exec -Dbench="rollups --series=20 --days=30"}</pre>
 *
 * <p>Results: src/docs/rollups.md.
 */
public final class RollupsBenchmark {

    private static final int INTERVAL_MILLIS = 15_000;
    private static final Duration BLOCK = Duration.ofHours(2);
    private static final Path DIRECTORY = Path.of("target", "rollups");
    private static final int ROUNDS = 5;

    /** The first one warms the JVM up: its first line is slower than it should be. */
    private static final int TURNS = 3;

    private static final int ROWS = 1 << 14;
    private static final List<String> METRICS = List.of("requests_total", "temperature");

    private static final String ROLLUP_BYTES = "SELECT sum(total_size_bytes) FROM prom_info.rollup";

    private final Database database;
    private final String resolutions;
    private final int series;
    private final long begin;
    private final long end;

    private RollupsBenchmark(Database database, String resolutions, int series, int days) {
        this.database = database;
        this.resolutions = resolutions;
        this.series = series;
        this.end = System.currentTimeMillis() / 86_400_000 * 86_400_000;
        this.begin = end - days * 86_400_000L;
    }

    /** @param series of each of the two metrics */
    public static void run(int series, int days) throws Exception {
        System.out.println(
                "| rollups | packed samples/s | packed B/sample | rollups B/sample | merged | all series by hour ms | one series ms |");
        System.out.println("|---|---|---|---|---|---|---|");
        for (int turn = 0; turn < TURNS; turn++) {
            for (String resolutions : List.of("none", "1h", "5m")) {
                measure(resolutions, series, days);
            }
        }
        Cleanup.delete(DIRECTORY);
    }

    private static void measure(String resolutions, int series, int days) throws Exception {
        Cleanup.delete(DIRECTORY);
        try (EmbeddedPostgres server = EmbeddedPostgres.start(DIRECTORY, 0)) {
            new Migrations(server.uri()).migrate();
            try (Database database = new Database(server.uri(), 4, new SimpleMeterRegistry())) {
                new RollupsBenchmark(database, resolutions, series, days).measure();
            }
        }
    }

    private void measure() throws Exception {
        long samples = land();
        value("SELECT count(_prom_catalog.seal_partition(name)) FROM _prom_catalog.landing_partition WHERE NOT sealed");
        RollupUpkeep upkeep = new RollupUpkeep(database.background(), resolutions);
        Packer packer = new Packer(database.background(), BLOCK, new FailingListener(), unit -> {}, new Rollups());
        long start = System.nanoTime();
        upkeep.beforePacking();
        for (Packer.Partition partition : packer.seal(Duration.ZERO)) {
            packer.pack(partition);
        }
        double packing = (System.nanoTime() - start) / 1e9;
        upkeep.afterPacking(true);
        value("VACUUM ANALYZE");
        long packedBytes = number("SELECT sum(pg_total_relation_size(oid)) FROM pg_class"
                + " WHERE relnamespace = 'prom_data'::regnamespace AND relkind IN ('r', 'm')");
        long rollupBytes = number(ROLLUP_BYTES);
        value("VACUUM (FULL, ANALYZE) _prom_rollup.\"1h\", _prom_rollup.\"5m\"");
        System.out.printf(
                Locale.ROOT,
                "| %s | %,.0f | %.2f | %.3f | %.3f | %.1f | %.1f |%n",
                resolutions,
                samples / packing,
                (double) packedBytes / samples,
                (double) rollupBytes / samples,
                (double) number(ROLLUP_BYTES) / samples,
                median(""),
                median("{instance=\"host-1\"}"));
    }

    private long land() throws SQLException, RerouteException {
        SeriesStore store = new SeriesStore(database.pool());
        long[] addresses = store.intern(METRICS.stream()
                        .flatMap(metric -> IntStream.range(0, series)
                                .mapToObj(n -> LabelSet.ofSorted("__name__", metric, "instance", "host-" + n)))
                        .toList())
                .addresses();
        ViewStore views = new ViewStore(database.pool());
        views.make(views.stale(), Duration.ofSeconds(10));
        LandingWriter writer = new LandingWriter(database.pool(), BLOCK);
        LandingRows rows = new LandingRows(ROWS);
        Random random = new Random(1);
        double[] values = new double[addresses.length];
        long samples = 0;
        for (long time = begin; time < end; time += INTERVAL_MILLIS) {
            for (int i = 0; i < addresses.length; i++) {
                values[i] = i < series
                        ? values[i] + random.nextInt(100)
                        : Math.round(2000 + 500 * random.nextGaussian()) / 100.0;
                rows.add(addresses[i], time, Double.doubleToRawLongBits(values[i]));
            }
            if (rows.size() > ROWS - 2 * addresses.length || time % BLOCK.toMillis() == 0) {
                writer.write(rows, store.places());
                samples += rows.samples();
                rows.clear();
            }
        }
        writer.write(rows, store.places());
        return samples + rows.samples();
    }

    private double median(String matchers) throws SQLException {
        String query = "SELECT count(*), sum(avg) FROM prom_api.rollup_over('temperature" + matchers
                + "', NULL, to_timestamp(" + begin / 1000 + "), to_timestamp(" + end / 1000 + "), '1h')";
        double[] millis = new double[ROUNDS];
        for (int round = -1; round < ROUNDS; round++) {
            long start = System.nanoTime();
            value(query);
            if (round >= 0) {
                millis[round] = (System.nanoTime() - start) / 1e6;
            }
        }
        Arrays.sort(millis);
        return millis[ROUNDS / 2];
    }

    private long number(String query) throws SQLException {
        return Long.parseLong(value(query));
    }

    /** The first column of the first row, null if there is none. */
    private String value(String sql) throws SQLException {
        try (Connection connection = database.background().getConnection();
                Statement statement = connection.createStatement()) {
            if (!statement.execute(sql)) {
                return null;
            }
            try (ResultSet row = statement.getResultSet()) {
                return row.next() ? row.getString(1) : null;
            }
        }
    }
}
