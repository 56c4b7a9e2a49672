package io.promgres.testing;

import io.promgres.model.LabelSet;
import io.promgres.store.Database;
import io.promgres.store.SeriesStore;
import io.promgres.store.ViewStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Makes packed samples by SQL, in the form in which packing leaves them: for reading much, where writing it is not measured. */
public final class PackedFiller {

    /** What is filled. */
    public static final String METRIC = "filled";

    private static final int SAMPLES_OF_A_RUN = 480;
    private static final int STEP_SECONDS = 15;

    private static final Duration VIEWS = Duration.ofSeconds(30);

    private static final String TICK_PARTITIONS = """
            SELECT _prom_catalog.ensure_tick_partition(m)
            FROM generate_series(date_trunc('month', to_timestamp(%d), 'UTC'), to_timestamp(%d), interval '1 month') m""";

    private static final String VECTORS = """
            INSERT INTO prom_data.vector (block, upper, runs)
            SELECT b, b + %1$d * interval '1 second', %4$d
            FROM generate_series(to_timestamp(%2$d), to_timestamp(%2$d + (%3$d - 1) * %1$d), %1$d * interval '1 second') b""";

    private static final String TICKS = """
            INSERT INTO prom_data.tick (vector_id, idx, time)
            SELECT v.id, n, v.block + (n - 1) * %d * interval '1 second'
            FROM prom_data.vector v, generate_series(1, %d) n""";

    /** A gauge that moves, in 32 bits a value. */
    private static final String RUNS = """
            INSERT INTO prom_data.packed (metric_id, vector_id, series_id, base, scale, first, last, kind, i4)
            SELECT s.metric_id, v.id, s.id, 1000000, %2$d, 1, %1$d, 2, i.i4
            FROM _prom_catalog.series s, prom_data.vector v,
                 LATERAL (SELECT array_agg((s.id + v.id * n %% 9973)::bigint::bit(20)::int) AS i4
                          FROM generate_series(1, %1$d) n) i""";

    private PackedFiller() {}

    /**
     * Fills an empty database.
     *
     * @param series among which they are divided
     * @param divisor of whole numbers, which are the values: 1 for some that compress well in a chunk, 7 for some that hardly do
     * @param endSeconds of the samples, since the epoch
     * @return the number of samples, at least {@code samples}
     */
    public static long fill(Database database, long samples, int series, int divisor, long endSeconds)
            throws SQLException {
        List<LabelSet> labels = new ArrayList<>();
        for (int i = 0; i < series; i++) {
            labels.add(LabelSet.ofSorted("__name__", METRIC, "instance", "host-" + i, "job", "filled"));
        }
        new SeriesStore(database.pool()).intern(labels);
        ViewStore views = new ViewStore(database.pool());
        views.make(views.stale(), VIEWS);
        long samplesOfABlock = (long) series * SAMPLES_OF_A_RUN;
        long blocks = (samples + samplesOfABlock - 1) / samplesOfABlock;
        try (Connection connection = database.background().getConnection();
                Statement statement = connection.createStatement()) {
            long seconds = (long) SAMPLES_OF_A_RUN * STEP_SECONDS;
            long start = (endSeconds / seconds - blocks) * seconds;
            statement.execute(TICK_PARTITIONS.formatted(start, endSeconds));
            statement.execute(VECTORS.formatted(seconds, start, blocks, series));
            statement.execute(TICKS.formatted(STEP_SECONDS, SAMPLES_OF_A_RUN));
            statement.execute(RUNS.formatted(SAMPLES_OF_A_RUN, divisor));
            statement.execute("VACUUM ANALYZE");
        }
        return blocks * samplesOfABlock;
    }
}
