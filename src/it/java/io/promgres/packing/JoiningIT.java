package io.promgres.packing;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.model.LabelSet;
import io.promgres.packing.RandomSeries.Sample;
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

/** Blocks that are joined to longer ones show what they did, in fewer rows; what comes late or goes later is as in other blocks. */
class JoiningIT {

    private static final long MINUTE = 60_000;
    private static final long STEP = 5 * MINUTE;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;

    private final Instant today = Instant.now().truncatedTo(ChronoUnit.DAYS);
    private final Instant start = today.minus(Duration.ofDays(3));
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
    void samplesOfAllKindsAreTheSameAfterTheirBlocksAreJoined() throws Exception {
        List<Sample> samples = packed(new Random(1), 40, 30, STEP);
        long runs = runs();
        long vectors = database.count("prom_data.vector");
        Map<String, TreeMap<Long, String>> before = database.shown();

        assertThat(database.join()).isEqualTo(samples.size());

        assertThat(database.shown()).isEqualTo(before).isEqualTo(PackedDatabase.expected(samples));
        assertThat(runs()).isLessThan(runs / 2);
        assertThat(database.count("prom_data.vector")).isLessThan(vectors / 2);
        assertThat(database.kindsOfRuns()).containsExactly(0, 1, 2, 3, 4, 8, 9, 10, 11, 12);
        assertNothingIsLeftOver(samples.size());
        assertThat(database.takeFailures()).isEmpty();
    }

    @Test
    void whatIsJoinedIsNotJoinedAgainAndNothingYoungerIsJoined() throws Exception {
        packed(new Random(2), 10, 8, STEP);
        // The newest day whose time to be joined has not come, whatever the hour is.
        Instant youngest = Instant.now().minus(PackedDatabase.REST).truncatedTo(ChronoUnit.DAYS);
        RandomSeries young = RandomSeries.of(new Random(2), 10, youngest, 2, STEP);
        database.write(database.late(), young.samples());
        database.packAll();
        database.join();
        List<String> vectors = vectors();

        assertThat(database.join()).isZero();

        assertThat(vectors()).isEqualTo(vectors);
        assertThat(database.count("prom_data.vector WHERE joined = 0 AND block >= '" + youngest + "'"))
                .isPositive();
    }

    @Test
    void whatComesLateForAJoinedBlockIsFoldedInAndJoinedWithIt() throws Exception {
        List<Sample> samples = samples(new Random(3), 30, 30, STEP);
        List<Sample> shuffled = new ArrayList<>(samples);
        Collections.shuffle(shuffled, new Random(3));
        database.write(database.fast(), shuffled.subList(0, shuffled.size() * 9 / 10));
        database.packAll();
        database.join();

        // Half of this is there already, and must not be shown twice.
        database.write(database.late(), shuffled.subList(shuffled.size() * 8 / 10, shuffled.size()));
        assertThat(database.shown()).isEqualTo(PackedDatabase.expected(samples));
        database.packAll();
        assertThat(database.shown()).isEqualTo(PackedDatabase.expected(samples));
        long runs = runs();

        assertThat(database.join()).isEqualTo(samples.size());

        assertThat(runs()).isLessThan(runs / 2);
        assertThat(database.shown()).isEqualTo(PackedDatabase.expected(samples));
        assertNothingIsLeftOver(samples.size());
    }

    @Test
    void deletedTimesOfAJoinedBlockStayDeletedAndLeaveTheOthers() throws Exception {
        Random random = new Random(4);
        List<Sample> samples = packed(random, 40, 30, STEP);
        database.join();
        List<Sample> left = new ArrayList<>(samples);
        for (int round = 0; round < 25; round++) {
            int n = random.nextInt(40);
            long from = start.toEpochMilli() + random.nextInt((int) (30 * HOUR));
            long to = from + (long) Math.exp(random.nextDouble() * Math.log(6 * HOUR));
            long deleted = database.delete("" + n, from, to);

            int before = left.size();
            left.removeIf(sample -> sample.series() == n && sample.time() >= from && sample.time() <= to);
            assertThat(deleted).isEqualTo(before - left.size());
        }
        assertThat(database.shown()).isEqualTo(PackedDatabase.expected(left));
        assertNothingIsLeftOver(left.size());

        // One sample comes late, so that its target is joined anew.
        database.write(database.late(), List.of(new Sample(0, start.toEpochMilli() + 7, 0)));
        left.add(new Sample(0, start.toEpochMilli() + 7, 0));
        database.packAll();
        assertThat(database.join()).isPositive();
        assertThat(database.shown()).isEqualTo(PackedDatabase.expected(left));
    }

    @Test
    void aDeletionThatIsUnderWayIsNotWaitedForAndComesToNothingLess() throws Exception {
        List<Sample> samples = packed(new Random(5), 20, 8, STEP);
        try (Connection deleting = database.connect()) {
            deleting.setAutoCommit(false);
            Sql.execute(
                    deleting,
                    "SELECT prom_api.delete_series_from_metric(metric_name, prom_api.matcher('{}'), "
                            + SqlTime.literal(start.toEpochMilli()) + ", "
                            + SqlTime.literal(start.toEpochMilli() + HOUR)
                            + ") FROM prom_info.metric");

            assertThat(database.join()).isZero();
            assertThat(database.takeFailures()).isEmpty();
            deleting.commit();
        }
        List<Sample> left = new ArrayList<>(samples);
        left.removeIf(sample -> sample.time() <= start.toEpochMilli() + HOUR);
        assertThat(database.join()).isEqualTo(left.size());
        assertThat(database.shown()).isEqualTo(PackedDatabase.expected(left));
    }

    @Test
    void connectionsThatBreakAtAnyMomentLeaveOneFormOrTheOther() throws Exception {
        List<Sample> samples = packed(new Random(7), 20, 30, STEP);
        Map<String, TreeMap<Long, String>> expected = PackedDatabase.expected(samples);
        try (Connection connection = database.connect()) {
            // A sequence counts on where a transaction is rolled back.
            Sql.execute(connection, "CREATE SEQUENCE public.steps");
            Sql.execute(connection, """
                    CREATE FUNCTION public.break_off() RETURNS trigger LANGUAGE plpgsql AS
                    'BEGIN IF nextval(''public.steps'') IN (1, 3, 6, 10, 15, 21, 28, 36, 45) THEN
                               PERFORM pg_terminate_backend(pg_backend_pid()); END IF; RETURN NULL; END'""");
            for (String table : List.of("packed", "vector")) {
                Sql.execute(
                        connection,
                        "CREATE TRIGGER broken AFTER INSERT OR DELETE ON prom_data." + table
                                + " FOR EACH STATEMENT EXECUTE FUNCTION public.break_off()");
            }
        }
        int broken = 0;
        while (!joinOrBreak()) {
            broken++;
            assertThat(database.shown()).isEqualTo(expected);
        }

        assertThat(broken).isPositive();
        assertThat(database.shown()).isEqualTo(expected);
        assertThat(database.count("prom_data.vector WHERE joined = 0")).isZero();
        assertNothingIsLeftOver(samples.size());
    }

    private boolean joinOrBreak() throws InterruptedException {
        try {
            database.join();
            return database.takeFailures().isEmpty();
        } catch (SQLException e) {
            return false;
        }
    }

    @Test
    void whatDoesNotReadBackAsItWasStaysInItsBlocks() throws Exception {
        List<Sample> samples = packed(new Random(6), 10, 8, STEP);
        List<String> vectors = vectors();
        database.execute(
                """
                CREATE FUNCTION public.spoil() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN NEW.series_id := NEW.series_id + 1; RETURN NEW; END'""",
                "CREATE TRIGGER spoilt BEFORE INSERT ON prom_data.packed FOR EACH ROW EXECUTE FUNCTION public.spoil()");

        assertThat(database.join()).isZero();

        assertThat(database.takeMismatches()).isPositive();
        assertThat(vectors()).isEqualTo(vectors);
        assertThat(database.shown()).isEqualTo(PackedDatabase.expected(samples));

        database.execute("DROP TRIGGER spoilt ON prom_data.packed");
        assertThat(database.join()).isEqualTo(samples.size());
        assertThat(database.shown()).isEqualTo(PackedDatabase.expected(samples));
    }

    @Test
    void aRunWhoseLastTickIsNotThatOfItsLastValueIsNotKept() throws Exception {
        List<Sample> samples = packed(new Random(9), 40, 30, STEP);
        database.execute(
                """
                CREATE FUNCTION public.spoil() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN NEW.last := NEW.last - (NEW.present IS NOT NULL)::int; RETURN NEW; END'""",
                "CREATE TRIGGER spoilt BEFORE INSERT ON prom_data.packed FOR EACH ROW EXECUTE FUNCTION public.spoil()");

        database.join();

        assertThat(database.takeFailures()).isNotEmpty().allMatch(failure -> failure.contains("ends at tick"));
        assertThat(database.count("prom_data.vector WHERE joined = 0")).isPositive();
        assertThat(database.shown()).isEqualTo(PackedDatabase.expected(samples));
    }

    @Test
    void ofHourlySamplesAWeekIsARun() throws Exception {
        List<LabelSet> labels = new ArrayList<>();
        List<Sample> samples = new ArrayList<>();
        long week = 7 * DAY;
        long begin = (today.toEpochMilli() - 8 * HOUR) / week * week - 2 * week;
        for (int n = 0; n < 20; n++) {
            labels.add(LabelSet.ofSorted("__name__", "up", "instance", "a", "job", "node", "n", "" + n));
            for (long at = begin; at < begin + 2 * week; at += HOUR) {
                samples.add(new Sample(n, at, Double.doubleToRawLongBits(n + (at - begin) / 1e6)));
            }
        }
        database.intern(labels);
        database.write(database.fast(), samples);
        database.packAll();
        assertThat(runs()).isEqualTo(20 * 14 * 12);

        database.join();

        assertThat(runs()).isEqualTo(20 * 2);
        assertThat(database.count("prom_data.vector WHERE joined = 2")).isEqualTo(2);
        assertThat(database.shown()).isEqualTo(PackedDatabase.expected(samples));
        assertNothingIsLeftOver(samples.size());
    }

    @Test
    void aSeriesThatEndedStaysOnTheTimesOfOthersWhoseBlocksAreFull() throws Exception {
        List<LabelSet> labels = new ArrayList<>();
        List<Sample> samples = new ArrayList<>();
        for (int n = 0; n < 5; n++) {
            labels.add(LabelSet.ofSorted("__name__", "up", "instance", "a", "job", "node", "n", "" + n));
            for (long at = 0; at < (n == 0 ? HOUR / 3 : 4 * HOUR); at += MINUTE / 4) {
                samples.add(new Sample(n, start.toEpochMilli() + at, n));
            }
        }
        database.intern(labels);
        database.write(database.fast(), samples);
        database.packAll();
        List<String> vectors = vectors();

        assertThat(database.join()).isZero();

        assertThat(vectors()).isEqualTo(vectors);
        assertThat(database.count("prom_data.vector WHERE joined = 0")).isZero();
    }

    @Test
    void ratesAndNewestAndLatestSamplesAreWhatTheyWere() throws Exception {
        Random random = new Random(8);
        List<LabelSet> labels = new ArrayList<>();
        List<Sample> samples = new ArrayList<>();
        for (int n = 0; n < 24; n++) {
            labels.add(LabelSet.ofSorted("__name__", "up", "instance", "a" + n % 3, "job", "node", "n", "" + n));
            double value = 0;
            // Four end early, some restart.
            for (long at = 0; at < (n % 7 == 0 ? 5 : 10) * HOUR; at += MINUTE) {
                value = random.nextInt(300) == 0 ? 0 : value + random.nextInt(n + 1);
                samples.add(new Sample(n, start.toEpochMilli() + at, Double.doubleToRawLongBits(value)));
            }
        }
        database.intern(labels);
        database.write(database.fast(), samples);
        database.packAll();
        String from = SqlTime.literal(start.toEpochMilli() + 3 * HOUR);
        String to = SqlTime.literal(start.toEpochMilli() + 9 * HOUR);
        List<String> queries = new ArrayList<>();
        for (String function : List.of("rate_over", "increase_over", "last_over", "max_over")) {
            queries.add("SELECT time, series_id, round(value::numeric, 6) FROM prom_api." + function + "('up', '{}', "
                    + from + ", " + to + ", '10 minutes', '25 minutes') ORDER BY 1, 2");
        }
        queries.add("SELECT time, value FROM prom_api.newest_samples('up', 20) ORDER BY time, series_id, value");
        queries.add("SELECT time, series_id, value FROM prom_latest.up ORDER BY series_id");
        try (Connection connection = database.connect()) {
            Sql.execute(connection, "SELECT prom_api.set_latest_lookback('10 days')");
            List<List<String>> before = answers(connection, queries);

            assertThat(database.join()).isEqualTo(samples.size());

            assertThat(answers(connection, queries)).isEqualTo(before).noneMatch(List::isEmpty);
        }
    }

    private static List<List<String>> answers(Connection connection, List<String> queries) throws SQLException {
        List<List<String>> answers = new ArrayList<>();
        for (String query : queries) {
            answers.add(Sql.rows(connection, query));
        }
        return answers;
    }

    @Test
    void blocksOfShortRetentionOrOfALengthThatWasSetStayAsTheyAre() throws Exception {
        List<LabelSet> labels = new ArrayList<>();
        List<Sample> samples = new ArrayList<>();
        for (String metric : List.of("brief", "set", "up")) {
            int n = labels.size();
            labels.add(LabelSet.ofSorted("__name__", metric, "instance", "a", "job", "node", "n", "" + n));
            for (long at = 0; at < DAY; at += MINUTE) {
                samples.add(new Sample(n, start.toEpochMilli() + at, n));
            }
        }
        database.intern(labels);
        try (Connection connection = database.connect()) {
            Sql.execute(connection, "SELECT prom_api.set_metric_retention_period('brief', interval '7 days')");
            Sql.execute(connection, "SELECT prom_api.set_metric_chunk_interval('set', interval '4 hours')");
        }
        database.write(database.fast(), samples);
        database.packAll();

        database.join();

        assertThat(database.count(Packed.of("brief"))).isEqualTo(12);
        assertThat(database.count(Packed.of("set"))).isEqualTo(6);
        assertThat(database.count(Packed.of("up"))).isEqualTo(3);
        assertThat(database.join()).isZero();
        assertThat(database.shown()).isEqualTo(PackedDatabase.expected(samples));
    }

    /** Samples of three days ago, in the packed tier. */
    private List<Sample> packed(Random random, int series, int hours, long step) throws Exception {
        List<Sample> samples = samples(random, series, hours, step);
        database.write(database.fast(), samples);
        database.packAll();
        return samples;
    }

    private List<Sample> samples(Random random, int series, int hours, long step) throws SQLException {
        RandomSeries made = RandomSeries.of(random, series, start, hours, step);
        database.intern(made.labels());
        return made.samples();
    }

    private void assertNothingIsLeftOver(long samples) throws SQLException {
        assertThat(database.packedSamples()).isEqualTo(samples);
        assertThat(database.count("prom_data.vector v WHERE v.runs <= 0")).isZero();
        assertThat(database.count("(SELECT sum(runs) FROM prom_data.vector HAVING sum(runs) <> " + runs() + ") v"))
                .isZero();
        assertThat(database.count(
                        "prom_data.tick t WHERE NOT EXISTS (SELECT FROM prom_data.vector v WHERE v.id = t.vector_id)"))
                .isZero();
        assertThat(database.count(
                        "(SELECT sum(runs) FROM _prom_catalog.packed_block HAVING sum(runs) <> " + runs() + ") p"))
                .isZero();
    }

    private long runs() throws SQLException {
        return database.count("prom_data.packed");
    }

    private List<String> vectors() throws SQLException {
        try (Connection connection = database.connect()) {
            return Sql.rows(connection, "SELECT id, block, upper, runs FROM prom_data.vector ORDER BY id");
        }
    }
}
