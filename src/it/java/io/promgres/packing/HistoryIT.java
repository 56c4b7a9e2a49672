package io.promgres.packing;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.packing.RandomSeries.Sample;
import io.promgres.store.RowWriter;
import io.promgres.testing.Sql;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * An import of history ends in the same packed form, in whatever order it comes, if it is packed when it has come to rest: the
 * daemon waits for that. Packed while it comes, it is shown the same, and has more time vectors.
 */
class HistoryIT {

    private static final int DAYS = 31;
    private static final int SERIES = 13;
    private static final long STEP = 600_000;
    private static final long SEED = 21;

    /** All of a run but the number of its vector, in whose place stand the vector's block and times. */
    private static final String RUNS = """
            SELECT s.labels_text, v.block, v.upper, v.runs, b.first, b.last, b.kind, float8send(b.base), b.scale,
                   b.i2, b.i4, b.width, b.slope, b.bits, b.rising, b.present, (SELECT string_agg(float8send(u.f)::text, ',' ORDER BY u.n) FROM unnest(b.f8) WITH ORDINALITY u(f, n)),
                   (SELECT md5(string_agg(t.idx || ' ' || t.time, ',' ORDER BY t.time)) FROM prom_data.tick t WHERE t.vector_id = v.id)
            FROM prom_data.packed b JOIN prom_data.vector v ON v.id = b.vector_id
            JOIN (SELECT series_id, prom_api.val(labels[2]) || prom_api.val(labels[4]) AS labels_text FROM prom_series.%1$I) s
              ON s.series_id = b.series_id
            ORDER BY 1, 2, 3, v.runs, b.first""";

    private final Instant start = Instant.now().minus(Duration.ofDays(DAYS + 3)).truncatedTo(ChronoUnit.DAYS);

    @Test
    void aMonthInOrderAndInRandomOrderIsPackedTheSame() throws Exception {
        List<Sample> samples = samples(DAYS);
        List<Sample> inOrder = new ArrayList<>(samples);
        inOrder.sort(Comparator.comparingLong(Sample::time).thenComparing(Sample::series));
        List<Sample> shuffled = new ArrayList<>(samples);
        Collections.shuffle(shuffled, new Random(SEED));

        List<String> expected = packed(inOrder);

        assertThat(expected).hasSizeGreaterThan(SERIES * DAYS);
        assertThat(packed(shuffled)).isEqualTo(expected);
    }

    @Test
    void whatIsPackedWhileItComesInRandomOrderIsShownTheSameWithoutLeftovers() throws Exception {
        List<Sample> samples = samples(3);
        Collections.shuffle(samples, new Random(SEED));
        try (PackedDatabase database = new PackedDatabase()) {
            database.intern(
                    RandomSeries.of(new Random(SEED), SERIES, start, 1, STEP).labels());
            write(database, samples, 3);

            assertThat(database.shown()).isEqualTo(PackedDatabase.expected(samples));
            assertThat(database.count("prom_data.vector v WHERE v.runs <= 0")).isZero();
            assertThat(database.count("(SELECT series_id, time FROM prom_metric.up) m"))
                    .isEqualTo(database.count("(SELECT DISTINCT series_id, time FROM prom_metric.up) m"));
        }
    }

    @Test
    void timesOfTwoThousandYearsTakeFewPartitionsInBothTiers() throws Exception {
        List<Sample> samples = new ArrayList<>();
        for (int year = 27; year < 2027; year++) {
            long time = ZonedDateTime.of(year, 3, 1, 0, 0, 0, 0, ZoneOffset.UTC)
                    .toInstant()
                    .toEpochMilli();
            samples.add(new Sample(0, time, Double.doubleToRawLongBits(year)));
        }
        try (PackedDatabase database = new PackedDatabase()) {
            database.intern(
                    RandomSeries.of(new Random(SEED), SERIES, start, 1, STEP).labels());
            database.write(database.fast(), samples);
            assertThat(database.shown()).isEqualTo(PackedDatabase.expected(samples));
            assertThat(database.count("_prom_catalog.landing_partition")).isLessThan(60);

            database.packAll();
            assertThat(database.shown()).isEqualTo(PackedDatabase.expected(samples));
            assertThat(database.count("_prom_catalog.tick_partition")).isLessThan(60);
        }
    }

    private List<Sample> samples(int days) {
        return new ArrayList<>(RandomSeries.of(new Random(SEED), SERIES, start, days * 24, STEP)
                .samples());
    }

    private List<String> packed(List<Sample> samples) throws Exception {
        try (PackedDatabase database = new PackedDatabase()) {
            database.intern(
                    RandomSeries.of(new Random(SEED), SERIES, start, 1, STEP).labels());
            write(database, samples, 1);
            return runs(database);
        }
    }

    /** @param passes of the packer, the last one when all is written */
    private static void write(PackedDatabase database, List<Sample> samples, int passes) throws Exception {
        RowWriter fast = database.fast();
        RowWriter late = database.late();
        int part = samples.size() / passes + 1;
        for (int from = 0; from < samples.size(); from += part) {
            List<Sample> some = samples.subList(from, Math.min(samples.size(), from + part));
            database.writeAsItComes(fast, late, some);
            database.pack();
        }
        database.packAll();
    }

    private static List<String> runs(PackedDatabase database) throws Exception {
        List<String> runs = new ArrayList<>();
        try (Connection connection = database.connect()) {
            Sql.execute(connection, "SET timezone = 'UTC'");
            for (String query : Sql.rows(
                    connection,
                    "SELECT format($runs$" + RUNS + "$runs$, table_name) FROM prom_info.metric ORDER BY 1")) {
                runs.addAll(Sql.rows(connection, query));
            }
        }
        return runs;
    }
}
