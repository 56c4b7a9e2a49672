package io.promgres.packing;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.model.LabelSet;
import io.promgres.packing.RandomSeries.Sample;
import io.promgres.testing.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What the number in the column kind means, by rows as they are on users' disks: the views and the daemon read the same. */
class StoredKindsIT {

    private static final int TICKS = 3;
    private static final long STEP = 15_000;

    /** A row of each kind, by what its columns hold, and the values of its three ticks; without one where a tick is left out. */
    private static final Map<String, List<Double>> ROWS = Map.ofEntries(
            Map.entry("kind = 0, base = 7.5", List.of(7.5, 7.5, 7.5)),
            Map.entry("kind = 1, base = 100, scale = 10, i2 = '{-1, 0, 1}'", List.of(9.9, 10.0, 10.1)),
            Map.entry("kind = 2, base = 5, scale = 1, i4 = '{0, 100000, -5}'", List.of(5.0, 100_005.0, 0.0)),
            Map.entry("kind = 3, f8 = '{0.1, 0.2, 0.3}'", List.of(0.1, 0.2, 0.3)),
            Map.entry(
                    "kind = 4, base = 1000, scale = 1, slope = 4096, width = 2, bits = B'0000110'",
                    List.of(1001.0, 1003.0, 1005.0)),
            Map.entry("kind = 8, base = 1, f8 = '{99}'", List.of(1.0, 1.0, 99.0)),
            Map.entry("kind = 8, base = 3, present = B'101'", List.of(3.0, 3.0)),
            Map.entry("kind = 9, base = 100, scale = 10, i2 = '{1, 2}', present = B'101'", List.of(10.1, 10.2)),
            Map.entry("kind = 10, base = 0, scale = 2, i4 = '{3, 5}', present = B'101'", List.of(1.5, 2.5)),
            Map.entry("kind = 11, f8 = '{0.5, 0.25}', present = B'101'", List.of(0.5, 0.25)),
            Map.entry(
                    "kind = 12, base = 10, scale = 1, slope = 4096, width = 3, bits = B'00001010', present = B'101'",
                    List.of(12.0, 15.0)));

    @Test
    void rowsOfEveryKindAreReadByTheViewsAndByTheDaemon() throws Exception {
        List<String> rows = List.copyOf(ROWS.keySet());
        try (PackedDatabase database = new PackedDatabase();
                Connection connection = packed(database, rows.size())) {
            for (int n = 0; n < rows.size(); n++) {
                long series = seriesId(connection, n);
                Sql.execute(connection, """
                        UPDATE prom_data.packed SET base = NULL, scale = NULL, slope = NULL, width = NULL, rising = NULL,
                               i2 = NULL, i4 = NULL, f8 = NULL, bits = NULL, present = NULL WHERE series_id = %d""".formatted(series));
                Sql.execute(
                        connection,
                        "UPDATE prom_data.packed SET %s WHERE series_id = %d".formatted(rows.get(n), series));

                List<Double> values = ROWS.get(rows.get(n));
                assertThat(byView(connection, series)).as(rows.get(n)).isEqualTo(values);
                assertThat(byDaemon(connection, series)).as(rows.get(n)).isEqualTo(values);
            }
        }
    }

    /** Series of one metric, each with a run of three ticks. */
    private static Connection packed(PackedDatabase database, int series) throws Exception {
        long start = Instant.now()
                .minus(Duration.ofHours(8))
                .truncatedTo(ChronoUnit.HOURS)
                .toEpochMilli();
        List<LabelSet> labels = new ArrayList<>();
        List<Sample> samples = new ArrayList<>();
        for (int n = 0; n < series; n++) {
            labels.add(LabelSet.ofSorted("__name__", "stored", "n", Integer.toString(n)));
            for (int tick = 0; tick < TICKS; tick++) {
                samples.add(new Sample(n, start + tick * STEP, Double.doubleToRawLongBits(n)));
            }
        }
        database.intern(labels);
        database.write(database.fast(), samples);
        database.packAll();
        Connection connection = database.connect();
        Sql.rows(connection, "SELECT _prom_catalog.show_holes(id) FROM _prom_catalog.metric");
        return connection;
    }

    private static long seriesId(Connection connection, int n) throws SQLException {
        return Long.parseLong(Sql.value(connection, "SELECT series_id FROM prom_series.stored WHERE n = '" + n + "'"));
    }

    private static List<Double> byView(Connection connection, long series) throws SQLException {
        return Sql.rows(
                        connection,
                        "SELECT value FROM prom_metric.stored WHERE series_id = " + series + " ORDER BY time")
                .stream()
                .map(Double::valueOf)
                .toList();
    }

    private static List<Double> byDaemon(Connection connection, long series) throws SQLException {
        Samples samples = new PackedStore(connection)
                .read(
                        Integer.parseInt(Sql.value(connection, "SELECT id FROM prom_info.metric")),
                        List.of(series),
                        0,
                        System.currentTimeMillis())
                .get(series);
        return LongStream.range(0, samples.size())
                .mapToObj(i -> Double.longBitsToDouble(samples.bits((int) i)))
                .toList();
    }
}
