package io.promgres.packing;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.TreeMap;

/** Rollups as they are made of all samples anew, and as views show them. */
final class ExpectedRollups {

    /** A row of a view. */
    record Row(long count, double sum, double min, double max, double first, double last, double increase) {

        /** Whether sums differ by no more than the order of additions explains, and all else is the same. */
        boolean isLike(Row other) {
            return other != null
                    && count == other.count
                    && near(sum, other.sum, count * magnitude())
                    && min == other.min
                    && max == other.max
                    && first == other.first
                    && last == other.last
                    && near(increase, other.increase, count * Math.max(magnitude(), Math.abs(increase)));
        }

        private double magnitude() {
            return Math.max(Math.abs(min), Math.abs(max));
        }

        private static boolean near(double a, double b, double magnitude) {
            return Double.compare(a, b) == 0 || Math.abs(a - b) <= magnitude * 1e-12 || !Double.isFinite(magnitude);
        }
    }

    private static final Map<String, Long> MILLIS = Map.of("5m", 300_000L, "1h", 3_600_000L);

    private ExpectedRollups() {}

    /** Asserts that views show what all samples come to, in one snapshot. */
    static void assertShown(Connection connection, String when, String... resolutions) throws SQLException {
        Sql.execute(connection, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
        Map<String, TreeMap<Long, String>> samples = PackedDatabase.shown(connection);
        for (String resolution : resolutions) {
            TreeMap<String, Row> expected = of(samples, MILLIS.get(resolution));
            TreeMap<String, Row> shown = shown(connection, resolution);
            assertThat(shown.keySet()).as(when + ", " + resolution).isEqualTo(expected.keySet());
            expected.forEach((bucket, row) -> assertThat(shown.get(bucket))
                    .as(when + ", " + resolution + ", series " + bucket)
                    .matches(row::isLike, "like " + row));
        }
        Sql.execute(connection, "COMMIT");
    }

    /** By series and start of the bucket in milliseconds. */
    static TreeMap<String, Row> of(Map<String, TreeMap<Long, String>> samples, long millis) {
        TreeMap<String, Row> rows = new TreeMap<>();
        samples.forEach((series, ofSeries) -> {
            Double before = null;
            for (Map.Entry<Long, String> sample : ofSeries.entrySet()) {
                double value = Double.longBitsToDouble(
                        Long.parseUnsignedLong(sample.getValue().substring(2), 16));
                if (Double.isNaN(value)) {
                    continue;
                }
                double grown = before == null ? 0 : value < before ? value : value - before;
                long bucket = Math.floorDiv(sample.getKey(), millis) * millis;
                rows.merge(
                        series + " at " + bucket,
                        new Row(1, value, value, value, value, value, grown),
                        ExpectedRollups::both);
                before = value;
            }
        });
        return rows;
    }

    private static Row both(Row a, Row b) {
        return new Row(
                a.count + b.count,
                a.sum + b.sum,
                Math.min(a.min, b.min),
                Math.max(a.max, b.max),
                a.first,
                b.last,
                a.increase + b.increase);
    }

    /** What the views of a resolution show. Fails if a bucket is there twice. */
    static TreeMap<String, Row> shown(Connection connection, String resolution) throws SQLException {
        TreeMap<String, Row> rows = new TreeMap<>();
        for (String table : Sql.rows(connection, "SELECT table_name FROM prom_info.metric")) {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(
                            "SELECT prom_api.val(n_id), (extract(epoch FROM time) * 1000)::bigint,"
                                    + " count, sum, min, max, first, last, increase FROM prom_rollup_" + resolution
                                    + ".\"" + table
                                    + "\"")) {
                while (row.next()) {
                    Row shown = new Row(
                            row.getLong(3),
                            row.getDouble(4),
                            row.getDouble(5),
                            row.getDouble(6),
                            row.getDouble(7),
                            row.getDouble(8),
                            row.getDouble(9));
                    if (rows.put(row.getString(1) + " at " + row.getLong(2), shown) != null) {
                        throw new AssertionError("twice: " + row.getString(1) + " at " + row.getLong(2));
                    }
                }
            }
        }
        return rows;
    }
}
