package io.promgres.packing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promgres.model.LabelSet;
import io.promgres.packing.RandomSeries.Sample;
import io.promgres.store.LandingWriter;
import io.promgres.store.SealedException;
import io.promgres.testing.Packed;
import io.promgres.testing.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is stored is shown the same before and after it is packed. While it is packed: {@link PackingWhileUsedIT}. */
class PackingIT {

    private static final String LOOKS_AT_HOLES = "definition LIKE '%sample_with_holes%'";

    private final Instant start = Instant.now().minus(Duration.ofHours(9)).truncatedTo(ChronoUnit.HOURS);
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
    void samplesOfAllKindsAreTheSameAfterPacking() throws Exception {
        List<Sample> samples = samples(new Random(1), 40, 4);
        database.write(database.fast(), samples);
        Map<String, TreeMap<Long, String>> before = database.shown();
        assertThat(before).isEqualTo(PackedDatabase.expected(samples));

        long packed = database.packAll();

        assertThat(packed).isEqualTo(samples.size());
        assertThat(database.shown()).isEqualTo(before);
        assertThat(textViewsShowOthers()).isZero();
        assertThat(database.count("prom_data.landing")).isZero();
        assertThat(database.kindsOfRuns()).containsExactly(0, 1, 2, 3, 4, 8, 9, 10, 11, 12);
        assertThat(database.count(Packed.of("up") + " AND b.present IS NOT NULL"))
                .isPositive();
        assertThat(database.packedSamples()).isEqualTo(samples.size());
    }

    /** So many samples are in one of the views of a metric, and not the same in the other. */
    private long textViewsShowOthers() throws SQLException {
        long others = 0;
        try (Connection connection = database.connect()) {
            for (String view :
                    Sql.rows(connection, "SELECT prom_api.make_text_view(metric_name) FROM prom_info.metric")) {
                String text = "SELECT time, float8send(value), series_id FROM " + view;
                String ids = text.replace("prom_text.", "prom_metric.");
                others += database.count(
                        "((" + text + " EXCEPT " + ids + ") UNION ALL (" + ids + " EXCEPT " + text + ")) d");
            }
        }
        return others;
    }

    @Test
    void deliveriesInPartsFromSeveralWritersPartlyTwiceArePackedAsOthers() throws Exception {
        List<Sample> samples = samples(new Random(2), 40, 4);
        List<Sample> mixed = new ArrayList<>(samples);
        Collections.shuffle(mixed, new Random(3));
        List<LandingWriter> writers = List.of(database.fast(), database.fast());
        int part = 500;
        for (int from = 0; from < mixed.size(); from += part) {
            // Each is begun within the one before.
            int begin = Math.max(0, from - part / 5);
            List<Sample> some = mixed.subList(begin, Math.min(mixed.size(), from + part));
            database.write(writers.get(from / part % 2), some);
        }
        assertThat(database.count("prom_data.landing WHERE part > 1")).isPositive();
        assertThat(database.shown()).isEqualTo(PackedDatabase.expected(samples));

        assertThat(database.packAll()).isEqualTo(samples.size());
        assertThat(database.shown()).isEqualTo(PackedDatabase.expected(samples));
    }

    @Test
    void runsWithHolesTakeFewerRowsThanSamplesOfASparseSeries() throws Exception {
        List<LabelSet> labels = new ArrayList<>();
        List<Sample> samples = new ArrayList<>();
        Random random = new Random(6);
        long block = PackedDatabase.BLOCK.toMillis();
        long begin = start.toEpochMilli() / block * block;
        for (int n = 0; n < 64; n++) {
            labels.add(LabelSet.ofSorted("__name__", "up", "instance", "a", "job", "node", "n", "" + n));
            for (int step = 0; step < 400; step++) {
                if (random.nextInt(10) == 0) {
                    long bits = Double.doubleToRawLongBits(random.nextInt(100));
                    samples.add(new Sample(n, begin + step * 15_000L, bits));
                }
            }
        }
        database.intern(labels);
        database.write(database.fast(), samples);

        database.packAll();

        assertThat(database.shown()).isEqualTo(PackedDatabase.expected(samples));
        assertThat(database.count(Packed.of("up"))).isEqualTo(64);
        assertThat(database.count("prom_data.tick")).isLessThanOrEqualTo(400);
    }

    @Test
    void onlyViewsOfMetricsThatHaveHolesLookAtThem() throws Exception {
        List<LabelSet> labels = new ArrayList<>();
        List<Sample> samples = new ArrayList<>();
        Random random = new Random(8);
        for (int n = 0; n < 40; n++) {
            String metric = n < 20 ? "up" : "load";
            labels.add(LabelSet.ofSorted("__name__", metric, "instance", "a", "job", "node", "n", "" + n));
            for (int step = 0; step < 400; step++) {
                if (n >= 20 || random.nextInt(8) == 0) {
                    samples.add(new Sample(n, start.toEpochMilli() + step * 15_000L, step));
                }
            }
        }
        database.intern(labels);
        database.write(database.fast(), samples);

        database.packAll();

        assertThat(database.shown()).isEqualTo(PackedDatabase.expected(samples));
        assertThat(database.count(
                        "pg_views WHERE schemaname = 'prom_metric' AND viewname = 'up' AND " + LOOKS_AT_HOLES))
                .isEqualTo(1);
        assertThat(database.count(
                        "pg_views WHERE schemaname = 'prom_metric' AND viewname = 'load' AND " + LOOKS_AT_HOLES))
                .isZero();
    }

    @Test
    void whereAReaderHoldsOnToAViewItsMetricIsPackedWithoutHoles() throws Exception {
        List<Sample> samples = samples(new Random(9), 12, 2);
        database.write(database.fast(), samples);
        try (Connection reader = database.connect()) {
            reader.setAutoCommit(false);
            PackedDatabase.shown(reader);

            assertThat(database.pack()).isEqualTo(samples.size());

            assertThat(PackedDatabase.shown(reader).equals(PackedDatabase.expected(samples)))
                    .as("all is shown")
                    .isTrue();
            reader.rollback();
        }
        assertThat(database.count("_prom_catalog.metric WHERE has_holes")).isZero();
        database.packAll();
        assertThat(database.shown()).isEqualTo(PackedDatabase.expected(samples));
    }

    @Test
    void theFirstPackingOfMetricsDoesNotWaitForReadersOfTheirViews() throws Exception {
        List<Sample> samples = samples(new Random(10), 12, 2);
        database.write(database.fast(), samples);
        try (Connection reader = database.connect()) {
            reader.setAutoCommit(false);
            reader.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            Map<String, TreeMap<Long, String>> before = PackedDatabase.shown(reader);

            assertThat(database.pack()).isEqualTo(samples.size());

            assertThat(PackedDatabase.shown(reader)).isEqualTo(before).isEqualTo(PackedDatabase.expected(samples));
            reader.rollback();
        }
        assertThat(database.shown()).isEqualTo(PackedDatabase.expected(samples));
    }

    @Test
    void deletedTimesLeaveTheOtherSamplesOfARunAsTheyWere() throws Exception {
        Random random = new Random(5);
        List<Sample> samples = samples(random, 40, 4);
        database.write(database.fast(), samples);
        database.packAll();
        List<Sample> left = new ArrayList<>(samples);

        for (int round = 0; round < 60; round++) {
            int n = random.nextInt(40);
            long from = start.toEpochMilli() + random.nextInt(4 * 3_600_000);
            long to = from + (long) Math.exp(random.nextDouble() * Math.log(3_600_000));
            // To the end, so that what stands alone behind the others of a run goes, or is all that stays.
            long end =
                    round % 3 == 0 ? start.toEpochMilli() + Duration.ofHours(4).toMillis() : to;
            long deleted = database.delete("" + n, from, end);

            int before = left.size();
            left.removeIf(sample -> sample.series() == n && sample.time() >= from && sample.time() <= end);
            assertThat(deleted).isEqualTo(before - left.size());
        }

        assertThat(database.shown()).isEqualTo(PackedDatabase.expected(left));
        assertThat(database.packedSamples()).isEqualTo(left.size());
        // What is left can be read by the packer: it takes the runs of late samples apart.
        database.write(database.late(), samples);
        assertThat(database.shown()).isEqualTo(PackedDatabase.expected(samples));
        database.packAll();
        assertThat(database.shown()).isEqualTo(PackedDatabase.expected(samples));
    }

    @Test
    void lateSamplesAreShownOnceAndFoldedIn() throws Exception {
        Random random = new Random(2);
        List<Sample> samples = samples(random, 30, 4);
        List<Sample> shuffled = new ArrayList<>(samples);
        Collections.shuffle(shuffled, random);
        database.write(database.fast(), shuffled.subList(0, shuffled.size() / 2));
        database.packAll();

        // The rest, and half of what is packed already, which must not be shown twice.
        List<Sample> rest = new ArrayList<>(shuffled.subList(shuffled.size() / 4, shuffled.size()));
        Collections.shuffle(rest, random);
        for (int from = 0; from < rest.size(); from += 5_000) {
            database.write(database.late(), rest.subList(from, Math.min(rest.size(), from + 5_000)));
        }
        assertThat(database.shown()).isEqualTo(PackedDatabase.expected(samples));

        database.packAll();

        assertThat(database.shown()).isEqualTo(PackedDatabase.expected(samples));
        assertThat(database.count("prom_data.landing")).isZero();
        assertThat(database.count("prom_data.vector v WHERE v.runs <= 0")).isZero();
        assertThat(database.count(
                        "prom_data.tick t WHERE NOT EXISTS (SELECT FROM prom_data.vector v WHERE v.id = t.vector_id)"))
                .isZero();
    }

    @Test
    void aSnapshotFromBeforePackingShowsTheSameAfterwards() throws Exception {
        List<Sample> samples = samples(new Random(4), 10, 4);
        database.write(database.fast(), samples);
        try (Connection reader = database.connect()) {
            reader.setAutoCommit(false);
            reader.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            // Takes the snapshot, and no lock on what is packed then.
            Sql.value(reader, "SELECT 1");

            assertThat(database.pack()).isEqualTo(samples.size());
            assertThat(database.pack()).isZero();

            assertThat(PackedDatabase.shown(reader).equals(PackedDatabase.expected(samples)))
                    .as("all is shown")
                    .isTrue();
        }
        database.packAll();
        assertThat(database.shown()).isEqualTo(PackedDatabase.expected(samples));
    }

    @Test
    void aSealedPartitionRefusesTheFastWay() throws Exception {
        database.write(database.fast(), samples(new Random(3), 4, 1));
        database.seal();

        List<Sample> refused = List.of(new Sample(0, start.toEpochMilli() + 1, 0));

        assertThatThrownBy(() -> database.write(database.fast(), refused)).isInstanceOf(SealedException.class);
    }

    @Test
    void samplesWhoseSeriesIsGoneAreLeftOutAndCounted() throws Exception {
        List<Sample> samples = samples(new Random(4), 4, 1);
        database.write(database.fast(), samples);
        try (Connection connection = database.connect()) {
            Sql.execute(
                    connection,
                    "DELETE FROM _prom_catalog.series WHERE id = (SELECT min(id) FROM _prom_catalog.series)");
        }

        long packed = database.packAll();

        assertThat(database.orphaned()).isPositive();
        assertThat(packed + database.orphaned()).isEqualTo(samples.size());
    }

    @Test
    void runsThatWerePackedBeforeTheViewsKnewHolesAreFoldedIn() throws Exception {
        List<Sample> samples = samples(new Random(7), 30, 4);
        List<Sample> shuffled = new ArrayList<>(samples);
        Collections.shuffle(shuffled, new Random(7));
        database.write(database.fast(), shuffled.subList(0, shuffled.size() / 2));
        try (Connection connection = database.connect()) {
            // Views that are to be made anew may not know runs with holes.
            Sql.execute(connection, "UPDATE _prom_catalog.metric SET views_positions = 0");
            database.packAll();
            assertThat(database.kindsOfRuns()).isSubsetOf(0, 1, 2, 3, 4);
        }
        database.makeViews();
        assertThat(database.shown()).isEqualTo(PackedDatabase.expected(shuffled.subList(0, shuffled.size() / 2)));

        database.write(database.late(), samples);
        assertThat(database.shown()).isEqualTo(PackedDatabase.expected(samples));
        database.packAll();
        assertThat(database.shown()).isEqualTo(PackedDatabase.expected(samples));
        assertThat(database.kindsOfRuns()).contains(8, 9, 10, 11, 12);
    }

    /** The planner goes by pages, of which packed samples have few. */
    @Test
    void aRollupOfWhatIsPackedIsSharedBySeveralProcesses() throws Exception {
        database.write(database.fast(), samples(new Random(8), 30, 4));
        database.packAll();
        try (Connection connection = database.connect()) {
            Sql.execute(connection, "ANALYZE");
            assertThat(
                            Sql.rows(
                                    connection,
                                    "SELECT attname FROM pg_stats WHERE schemaname = 'prom_data' AND tablename = 'packed' ORDER BY 1"))
                    .containsExactly("first", "kind", "last", "metric_id", "series_id", "vector_id");
            Sql.execute(connection, "SET parallel_setup_cost = 0");
            Sql.execute(connection, "SET parallel_tuple_cost = 0");
            String rollup = "EXPLAIN SELECT avg(value) FROM prom_metric.up";
            assertThat(Sql.rows(connection, rollup)).anyMatch(line -> line.matches(".*Parallel .* on packed .*"));

            Sql.execute(connection, "ALTER TABLE prom_data.packed RESET (parallel_workers)");
            assertThat(Sql.rows(connection, rollup)).noneMatch(line -> line.matches(".*Parallel .* on packed .*"));
        }
    }

    private List<Sample> samples(Random random, int series, int hours) throws SQLException {
        RandomSeries made = RandomSeries.of(random, series, start, hours);
        database.intern(made.labels());
        return made.samples();
    }
}
