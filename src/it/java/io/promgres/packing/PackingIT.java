package io.promgres.packing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promgres.packing.RandomSeries.Sample;
import io.promgres.store.SealedException;
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
        assertThat(database.count("prom_data.landing")).isZero();
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

    private List<Sample> samples(Random random, int series, int hours) throws SQLException {
        RandomSeries made = RandomSeries.of(random, series, start, hours);
        database.intern(made.labels());
        return made.samples();
    }
}
