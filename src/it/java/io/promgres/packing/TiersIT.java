package io.promgres.packing;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.packing.RandomSeries.Sample;
import io.promgres.testing.Sql;
import io.promgres.tiers.KnownVectors;
import io.promgres.tiers.StoredSeries;
import io.promgres.tiers.TierReader;
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

/** What is read as arrays is what the views show, to the bit and in order. */
class TiersIT {

    private static final long EVER = Long.MAX_VALUE / 4;

    private final Instant start = Instant.now().minus(Duration.ofHours(9)).truncatedTo(ChronoUnit.HOURS);
    private final KnownVectors vectors = new KnownVectors(1 << 20);
    private PackedDatabase database;

    @BeforeEach
    void makeDatabase() throws SQLException {
        database = new PackedDatabase();
    }

    @AfterEach
    void dropDatabase() {
        database.close();
    }

    @Test
    void arraysAreWhatTheViewsShowLandedPackedAndMixed() throws Exception {
        RandomSeries made = RandomSeries.of(new Random(1), 40, start, 4);
        database.intern(made.labels());
        List<Sample> shuffled = new ArrayList<>(made.samples());
        Collections.shuffle(shuffled, new Random(2));
        database.write(database.fast(), shuffled.subList(0, shuffled.size() / 2));
        assertThat(read(-EVER, EVER)).isEqualTo(database.shown());

        database.packAll();
        assertThat(read(-EVER, EVER)).isEqualTo(database.shown());

        database.write(database.late(), shuffled);
        assertThat(read(-EVER, EVER)).isEqualTo(PackedDatabase.expected(made.samples()));

        database.packAll();
        assertThat(database.kindsOfRuns()).containsExactly(0, 1, 2, 3, 4, 8, 9, 10, 11, 12);
        assertThat(read(-EVER, EVER)).isEqualTo(PackedDatabase.expected(made.samples()));
    }

    @Test
    void joinedBlocksAreReadAsTheViewsShowThem() throws Exception {
        Instant longAgo = Instant.now().minus(Duration.ofDays(3)).truncatedTo(ChronoUnit.DAYS);
        RandomSeries made = RandomSeries.of(new Random(8), 40, longAgo, 30, 300_000);
        database.intern(made.labels());
        database.write(database.fast(), made.samples());
        database.packAll();
        read(-EVER, EVER);

        assertThat(database.join()).isPositive();

        assertThat(read(-EVER, EVER)).isEqualTo(PackedDatabase.expected(made.samples()));
        long from = longAgo.toEpochMilli() + 5 * 3_600_000;
        List<Sample> within = made.samples().stream()
                .filter(sample -> sample.time() >= from && sample.time() <= from + 7 * 3_600_000)
                .toList();
        assertThat(read(from, from + 7 * 3_600_000)).isEqualTo(PackedDatabase.expected(within));
    }

    @Test
    void aRangeHasBothOfItsEndsAndNothingBeyondThem() throws Exception {
        RandomSeries made = RandomSeries.of(new Random(3), 40, start, 4);
        database.intern(made.labels());
        List<Sample> samples = made.samples();
        database.write(database.fast(), samples.subList(0, samples.size() * 9 / 10));
        database.packAll();
        database.write(database.late(), samples);
        Random random = new Random(4);
        for (int round = 0; round < 30; round++) {
            long from = samples.get(random.nextInt(samples.size())).time();
            long to = round % 5 == 0 ? from : from + random.nextInt(2 * 3_600_000);

            List<Sample> within = samples.stream()
                    .filter(sample -> sample.time() >= from && sample.time() <= to)
                    .toList();
            assertThat(read(from, to)).as("%s to %s", from, to).isEqualTo(PackedDatabase.expected(within));
        }
        assertThat(read(samples.get(0).time() + 1, samples.get(0).time())).isEmpty();
    }

    @Test
    void deletedTimesAreNotRead() throws Exception {
        RandomSeries made = RandomSeries.of(new Random(5), 40, start, 4);
        database.intern(made.labels());
        database.write(database.fast(), made.samples());
        database.packAll();
        Random random = new Random(6);
        for (int round = 0; round < 40; round++) {
            long from = start.toEpochMilli() + random.nextInt(4 * 3_600_000);
            database.delete("" + random.nextInt(40), from, from + random.nextInt(3_600_000));
            read(from, from + 60_000);
        }

        assertThat(read(-EVER, EVER)).isEqualTo(database.shown());
    }

    @Test
    void readingNeedsNoMoreThanAReadOnlyTransaction() throws Exception {
        RandomSeries made = RandomSeries.of(new Random(7), 10, start, 3);
        database.intern(made.labels());
        database.write(database.fast(), made.samples());
        try (Connection connection = database.connect()) {
            List<StoredSeries> series = series(connection);
            Sql.execute(connection, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
            Sql.value(connection, "SELECT 1");
            // Moved while it is read: the snapshot decides.
            assertThat(database.pack()).isEqualTo(made.samples().size());

            Map<String, TreeMap<Long, String>> shown = read(connection, series, -EVER, EVER);
            assertThat(shown.equals(PackedDatabase.expected(made.samples())))
                    .as("all is read")
                    .isTrue();
        }
    }

    private Map<String, TreeMap<Long, String>> read(long from, long to) throws SQLException {
        try (Connection connection = database.connect()) {
            return read(connection, series(connection), from, to);
        }
    }

    private Map<String, TreeMap<Long, String>> read(
            Connection connection, List<StoredSeries> series, long from, long to) throws SQLException {
        Map<String, TreeMap<Long, String>> read = new HashMap<>();
        new TierReader(connection, vectors).read(series, from, to, (index, samples, histograms) -> {
            TreeMap<Long, String> ofSeries = new TreeMap<>();
            for (int i = 0; i < samples.size(); i++) {
                assertThat(i == 0 || samples.times()[i - 1] < samples.times()[i])
                        .as("in order")
                        .isTrue();
                long bits = Double.doubleToRawLongBits(samples.values()[i]);
                ofSeries.put(samples.times()[i], String.format("\\x%016x", bits));
            }
            if (samples.size() > 0) {
                read.put(label(series.get(index).id()), ofSeries);
            }
        });
        return read;
    }

    private final Map<Long, String> labels = new HashMap<>();

    private String label(long id) {
        return labels.get(id);
    }

    private List<StoredSeries> series(Connection connection) throws SQLException {
        List<StoredSeries> series = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT s.id, s.metric_id, m.table_name, coalesce(s.group_id, 0), s.slot,"
                                + " prom_api.jsonb(s.labels) ->> 'n' FROM _prom_catalog.series s"
                                + " JOIN _prom_catalog.metric m ON m.id = s.metric_id ORDER BY s.id")) {
            while (rows.next()) {
                long id = rows.getLong(1);
                series.add(new StoredSeries(
                        id, rows.getInt(2), rows.getString(3), rows.getLong(4), rows.getInt(5), false));
                labels.put(id, rows.getString(6));
            }
        }
        return series;
    }
}
