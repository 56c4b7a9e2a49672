package io.promgres.packing;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.packing.ExpectedRollups.Row;
import io.promgres.packing.RandomSeries.Sample;
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

/** Rollups are what all samples come to when they are computed anew, whatever has happened to the samples. */
class RollupsIT {

    private static final long HOUR = 3_600_000;
    private static final Map<String, Long> RESOLUTIONS = Map.of("5m", HOUR / 12, "1h", HOUR);

    private final Instant start = Instant.now().minus(Duration.ofHours(19)).truncatedTo(ChronoUnit.HOURS);
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
    void rollupsAreExactLandedPackedMixedLateAndDeleted() throws Exception {
        RandomSeries made = RandomSeries.of(new Random(1), 26, start, 16, 60_000);
        database.intern(made.labels());
        List<Sample> shuffled = new ArrayList<>(made.samples());
        Collections.shuffle(shuffled, new Random(2));
        database.write(database.fast(), shuffled.subList(0, shuffled.size() / 2));
        assertExact("landed");

        database.packAll();
        assertExact("packed");
        assertThat(rolledUp("5m")).isPositive();
        assertThat(rolledUp("1h")).isPositive();

        database.write(database.late(), shuffled.subList(0, shuffled.size() * 3 / 4));
        database.packAll();
        assertExact("late");

        Random random = new Random(3);
        for (int round = 0; round < 30; round++) {
            long from = start.toEpochMilli() + random.nextInt(16 * 3_600_000);
            database.delete("" + random.nextInt(26), from, from + random.nextInt(1 << random.nextInt(27)));
        }
        assertExact("deleted");

        database.write(database.late(), shuffled);
        database.packAll();
        assertExact("late again");
    }

    private long rolledUp(String resolution) throws SQLException {
        return database.count("_prom_rollup.\"" + resolution + '"');
    }

    private void assertExact(String when) throws SQLException {
        try (Connection connection = database.connect()) {
            assertExact(connection, when);
        }
    }

    /** In one snapshot. */
    private static void assertExact(Connection connection, String when) throws SQLException {
        Sql.execute(connection, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
        Map<String, TreeMap<Long, String>> samples = PackedDatabase.shown(connection);
        for (Map.Entry<String, Long> resolution : RESOLUTIONS.entrySet()) {
            TreeMap<String, Row> expected = ExpectedRollups.of(samples, resolution.getValue());
            TreeMap<String, Row> shown = ExpectedRollups.shown(connection, resolution.getKey());
            assertThat(shown.keySet()).as(when + ", " + resolution.getKey()).isEqualTo(expected.keySet());
            expected.forEach((bucket, row) -> assertThat(shown.get(bucket))
                    .as(when + ", " + resolution.getKey() + ", series " + bucket)
                    .matches(row::isLike, "like " + row));
        }
        Sql.execute(connection, "COMMIT");
    }
}
