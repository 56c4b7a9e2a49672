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
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rollups are what all samples come to when they are computed anew, whatever has happened to the samples. */
class RollupsIT {

    private final Instant start = Instant.now().minus(Duration.ofHours(19)).truncatedTo(ChronoUnit.HOURS);
    private PackedDatabase database;

    @BeforeEach
    void makeDatabase() throws SQLException {
        database = new PackedDatabase("5m,1h");
    }

    @AfterEach
    void dropDatabase() {
        database.close();
    }

    @Test
    void rollupsAreExactLandedPackedMixedLateAndDeleted() throws Exception {
        RandomSeries made = RandomSeries.of(new Random(1), 26, start, 16, 60_000);
        database.intern(made.labels());
        showRollups();
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

    @Test
    void rollupsAreExactWhereBlocksAreJoinedAndMoreComesLateForThem() throws Exception {
        Instant longAgo = Instant.now().minus(Duration.ofDays(3)).truncatedTo(ChronoUnit.DAYS);
        RandomSeries made = RandomSeries.of(new Random(8), 20, longAgo, 30, 120_000);
        database.intern(made.labels());
        showRollups();
        List<Sample> shuffled = new ArrayList<>(made.samples());
        Collections.shuffle(shuffled, new Random(9));
        database.write(database.fast(), shuffled.subList(0, shuffled.size() * 9 / 10));
        database.packAll();

        assertThat(database.join()).isPositive();
        assertExact("joined");

        database.write(database.late(), shuffled);
        database.packAll();
        assertExact("late");
        assertThat(database.join()).isPositive();
        assertExact("joined again");
        assertThat(database.shown()).isEqualTo(PackedDatabase.expected(made.samples()));
    }

    @Test
    void nothingIsMissingOrTwiceBetweenAnyTwoUnitsWhereBucketsReachOverBlocks() throws Exception {
        try (Connection connection = database.connect();
                Connection before = database.connect()) {
            Sql.value(connection, "SELECT prom_api.set_default_chunk_interval('50 minutes')");
            Instant yesterday = start.minus(Duration.ofHours(10));
            RandomSeries made = RandomSeries.of(new Random(4), 12, yesterday, 6, 60_000);
            database.intern(made.labels());
            showRollups();
            database.write(database.fast(), made.samples());
            Sql.execute(before, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
            TreeMap<String, Row> landed = ExpectedRollups.shown(before, "5m");
            List<Throwable> failures = new ArrayList<>();
            database.betweenUnits(() -> {
                try {
                    ExpectedRollups.assertShown(connection, "between units", "5m", "1h");
                } catch (SQLException | AssertionError e) {
                    failures.add(e);
                }
            });

            database.pack();

            assertThat(failures).isEmpty();
            assertThat(ExpectedRollups.shown(before, "5m")).isEqualTo(landed);
            assertExact("packed");
            assertThat(rolledUp("5m")).isPositive();
        }
    }

    @Test
    void samplesMayGoWhileRollupsStayUntilTheirOwnRetention() throws Exception {
        RandomSeries made = RandomSeries.of(new Random(5), 10, start.minus(Duration.ofHours(20)), 14, 60_000);
        database.intern(made.labels());
        database.write(database.fast(), made.samples());
        database.packAll();
        try (Connection connection = database.connect()) {
            TreeMap<String, Row> rolledUp = ExpectedRollups.shown(connection, "1h");
            Sql.value(connection, "SELECT prom_api.set_default_retention_period('1 hour')");
            expire(connection);
            assertThat(database.shown()).isEmpty();
            assertThat(ExpectedRollups.shown(connection, "1h")).isEqualTo(rolledUp);

            // What comes late for a time whose samples have expired cannot be added.
            database.write(database.late(), made.samples().subList(0, 10));
            database.packAll();
            expire(connection);
            assertThat(ExpectedRollups.shown(connection, "1h")).isEqualTo(rolledUp);

            Sql.value(connection, "SELECT prom_api.set_rollup_retention_period('5 minutes', '1 hour')");
            expire(connection);
            assertThat(rolledUp("5m")).isZero();
            assertThat(ExpectedRollups.shown(connection, "1h")).isEqualTo(rolledUp);

            Sql.value(connection, "SELECT prom_api.drop_metric('up')");
            assertThat(ExpectedRollups.shown(connection, "1h")).hasSizeLessThan(rolledUp.size());
            Sql.value(connection, "SELECT prom_api.set_rollup_retention_period('1 hour', '1 hour')");
            expire(connection);
            assertThat(rolledUp("1h")).isZero();
            assertThat(Sql.value(connection, "SELECT count(*) FROM _prom_catalog.rollup_span"))
                    .isEqualTo("0");
        }
    }

    /** As a packing of nothing does. */
    private void showRollups() throws Exception {
        database.pack();
    }

    private static void expire(Connection connection) throws SQLException {
        Sql.value(
                connection,
                "SELECT count(_prom_catalog.expire_metric(m.id)) FROM (SELECT id FROM _prom_catalog.metric OFFSET 0) m");
        Sql.value(
                connection,
                "SELECT count(_prom_catalog.remove_expired_series(m.id)) FROM (SELECT id FROM _prom_catalog.metric OFFSET 0) m");
        Sql.execute(connection, "SELECT _prom_catalog.expire_rollups()");
    }

    private long rolledUp(String resolution) throws SQLException {
        return database.count("_prom_rollup.\"" + resolution + '"');
    }

    private void assertExact(String when) throws SQLException {
        try (Connection connection = database.connect()) {
            ExpectedRollups.assertShown(connection, when, "5m", "1h");
        }
    }
}
