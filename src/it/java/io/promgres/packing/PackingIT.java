package io.promgres.packing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.promgres.model.LabelSet;
import io.promgres.model.LandingRows;
import io.promgres.schema.Migrations;
import io.promgres.store.CollectAgainException;
import io.promgres.store.Database;
import io.promgres.store.LandingWriter;
import io.promgres.store.LateWriter;
import io.promgres.store.RowWriter;
import io.promgres.store.SealedException;
import io.promgres.store.SeriesStore;
import io.promgres.store.ViewStore;
import io.promgres.testing.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is stored is shown the same before, while and after it is packed. */
class PackingIT {

    private static final Duration BLOCK = Duration.ofHours(2);
    private static final long STALE = 0x7ff0000000000002L;
    private static final String[] METRICS = {"up", "cpu_seconds_total", "memory_bytes", "temperature", "landing"};

    private record Sample(int series, long time, long bits) {}

    private final Instant start = Instant.now().minus(Duration.ofHours(9)).truncatedTo(ChronoUnit.HOURS);
    private final List<String> failures = new ArrayList<>();
    private TestDatabase testDatabase;
    private Database database;
    private LandingWriter fast;
    private LateWriter late;
    private long[] addresses;
    private int mismatches;
    private long orphaned;

    @BeforeEach
    void makeDatabase() throws SQLException {
        testDatabase = TestDatabase.fresh();
        new Migrations(testDatabase.uri()).migrate();
        database = new Database(testDatabase.uri(), 6, new SimpleMeterRegistry());
        fast = new LandingWriter(database.pool(), BLOCK);
        late = new LateWriter(database.pool(), BLOCK);
    }

    @AfterEach
    void dropDatabase() {
        database.close();
        testDatabase.close();
    }

    @Test
    void samplesOfAllKindsAreTheSameAfterPacking() throws Exception {
        List<Sample> samples = samples(new Random(1), 40, 4);
        write(fast, samples);
        Map<String, TreeMap<Long, String>> before = shown();
        assertThat(before).isEqualTo(expected(samples));

        long packed = packAll();

        assertThat(failures).isEmpty();
        assertThat(mismatches).isZero();
        assertThat(packed).isEqualTo(samples.size());
        assertThat(shown()).isEqualTo(before);
        assertThat(count("prom_data.landing")).isZero();
        assertThat(count("_prom_catalog.landing_partition")).isZero();
    }

    @Test
    void lateSamplesAreShownOnceAndFoldedIn() throws Exception {
        Random random = new Random(2);
        List<Sample> samples = samples(random, 30, 4);
        List<Sample> shuffled = new ArrayList<>(samples);
        Collections.shuffle(shuffled, random);
        List<Sample> first = shuffled.subList(0, shuffled.size() / 2);
        write(fast, first);
        packAll();

        // The rest, and half of what is packed already, which must not be shown twice.
        List<Sample> rest = new ArrayList<>(shuffled.subList(shuffled.size() / 4, shuffled.size()));
        Collections.shuffle(rest, random);
        for (int from = 0; from < rest.size(); from += 5_000) {
            write(late, rest.subList(from, Math.min(rest.size(), from + 5_000)));
        }
        assertThat(shown()).isEqualTo(expected(samples));

        packAll();

        assertThat(failures).isEmpty();
        assertThat(mismatches).isZero();
        assertThat(shown()).isEqualTo(expected(samples));
        assertThat(count("prom_data.landing")).isZero();
        assertThat(count("prom_data.vector v WHERE v.runs <= 0")).isZero();
        assertThat(count("prom_data.tick t WHERE NOT EXISTS (SELECT FROM prom_data.vector v WHERE v.id = t.vector_id)"))
                .isZero();
    }

    @Test
    void aSealedPartitionRefusesTheFastWay() throws Exception {
        List<Sample> samples = samples(new Random(3), 4, 1);
        write(fast, samples);
        new Packer(database.pool(), BLOCK, listener(), unit -> {}).seal(Duration.ofMinutes(10));

        LandingRows rows = rows(List.of(new Sample(0, start.toEpochMilli() + 1, 0)));

        assertThatThrownBy(() -> fast.write(rows, 0)).isInstanceOf(SealedException.class);
    }

    @Test
    void samplesWhoseSeriesIsGoneAreLeftOutAndCounted() throws Exception {
        List<Sample> samples = samples(new Random(4), 4, 1);
        write(fast, samples);
        try (Connection connection = testDatabase.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("DELETE FROM _prom_catalog.series WHERE id = (SELECT min(id) FROM _prom_catalog.series)");
        }

        long packed = packAll();

        assertThat(failures).isEmpty();
        assertThat(orphaned).isPositive();
        assertThat(packed + orphaned).isEqualTo(samples.size());
    }

    private long packAll() throws SQLException, InterruptedException {
        Packer packer = new Packer(database.pool(), BLOCK, listener(), unit -> {});
        long packed = 0;
        for (Packer.Partition partition : packer.seal(Duration.ofMinutes(10))) {
            packed += packer.pack(partition);
        }
        return packed;
    }

    private Packer.Listener listener() {
        return new Packer.Listener() {
            @Override
            public void packed(long samples, long withoutSeries, Duration duration) {
                orphaned += withoutSeries;
            }

            @Override
            public void failed(String reason) {
                failures.add(reason);
            }

            @Override
            public void mismatch() {
                mismatches++;
            }
        };
    }

    /** Regular, jittered, gappy and short-lived series of counters, gauges, constants, decimals and special values. */
    private List<Sample> samples(Random random, int series, int hours) throws SQLException {
        List<LabelSet> labels = new ArrayList<>();
        List<Sample> samples = new ArrayList<>();
        for (int n = 0; n < series; n++) {
            String target = "host" + n % 3;
            labels.add(LabelSet.ofSorted(
                    "__name__", METRICS[n % METRICS.length], "instance", target, "job", "node", "n", "" + n));
            long step = n % 7 == 0 ? 1_000L * 60 : 15_000;
            long offset = n % 3 * 1_111;
            double value = random.nextInt(1000);
            long from = n % 5 == 4 ? random.nextInt(hours * 3_600) * 1_000L : 0;
            for (long at = from; at < hours * 3_600_000L; at += step) {
                if (n % 4 == 1 && random.nextInt(10) == 0) {
                    continue;
                }
                long jitter = n % 11 == 10 ? random.nextInt(500) : 0;
                value = next(random, n % 8, value);
                samples.add(
                        new Sample(n, start.toEpochMilli() + at + offset + jitter, Double.doubleToRawLongBits(value)));
            }
            samples.add(new Sample(n, start.toEpochMilli() + hours * 3_600_000L + offset, STALE));
        }
        addresses = new SeriesStore(database.pool()).intern(labels).addresses();
        ViewStore views = new ViewStore(database.pool());
        assertThat(views.make(views.stale(), Duration.ofSeconds(1))).isEmpty();
        return samples;
    }

    private static double next(Random random, int kind, double value) {
        return switch (kind) {
            case 0 -> 1;
            case 1 -> random.nextInt(500) == 0 ? 0 : value + random.nextInt(20);
            case 2 -> Math.rint((value + random.nextDouble()) * 100) / 100;
            case 3 -> random.nextGaussian();
            case 4 -> random.nextInt(100) == 0 ? Double.POSITIVE_INFINITY : random.nextInt() * 1e3;
            case 5 -> random.nextBoolean() ? -0.0 : 0.0;
            case 6 -> Double.longBitsToDouble(random.nextLong());
            default -> random.nextInt(50) == 0 ? Double.MIN_VALUE : 20 + random.nextInt(100) / 10.0;
        };
    }

    private void write(RowWriter writer, List<Sample> samples) throws SQLException, CollectAgainException {
        LandingRows rows = new LandingRows(1 << 14);
        for (Sample sample : samples) {
            if (!rows.add(addresses[sample.series()], sample.time(), sample.bits())) {
                writer.write(rows, 0);
                rows.clear();
                rows.add(addresses[sample.series()], sample.time(), sample.bits());
            }
        }
        writer.write(rows, 0);
    }

    private LandingRows rows(List<Sample> samples) {
        LandingRows rows = new LandingRows(1 << 10);
        samples.forEach(sample -> rows.add(addresses[sample.series()], sample.time(), sample.bits()));
        return rows;
    }

    private static Map<String, TreeMap<Long, String>> expected(List<Sample> samples) {
        Map<String, TreeMap<Long, String>> expected = new HashMap<>();
        for (Sample sample : samples) {
            expected.computeIfAbsent("" + sample.series(), n -> new TreeMap<>())
                    .put(sample.time(), String.format("\\x%016x", sample.bits()));
        }
        return expected;
    }

    private Map<String, TreeMap<Long, String>> shown() throws SQLException {
        Map<String, TreeMap<Long, String>> shown = new HashMap<>();
        try (Connection connection = testDatabase.connect();
                Statement statement = connection.createStatement()) {
            List<String> views = new ArrayList<>();
            try (ResultSet rows =
                    statement.executeQuery("SELECT format('prom_metric.%I', table_name) FROM prom_info.metric")) {
                while (rows.next()) {
                    views.add(rows.getString(1));
                }
            }
            for (String view : views) {
                try (ResultSet rows = statement.executeQuery(
                        "SELECT prom_api.val(n_id), (extract(epoch FROM time) * 1000)::bigint, float8send(value)::text FROM "
                                + view)) {
                    while (rows.next()) {
                        String twice = shown.computeIfAbsent(rows.getString(1), n -> new TreeMap<>())
                                .put(rows.getLong(2), rows.getString(3));
                        assertThat(twice).as("shown twice").isNull();
                    }
                }
            }
        }
        return shown;
    }

    private long count(String from) throws SQLException {
        try (Connection connection = testDatabase.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT count(*) FROM " + from)) {
            row.next();
            return row.getLong(1);
        }
    }
}
