package io.promgres.packing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promgres.testing.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code rollup_over()} gives to the bit what samples come to, whether it reads rollups or samples. */
class RollupOverIT {

    private static final long MINUTE = 60_000;
    private static final long HOUR = 60 * MINUTE;

    private final Instant start = Instant.now().minus(Duration.ofHours(16)).truncatedTo(ChronoUnit.HOURS);
    private PackedDatabase database;
    private Connection connection;

    @BeforeEach
    void packAllButTheLastHours() throws Exception {
        database = new PackedDatabase();
        connection = database.connect();
        RandomSeries made = RandomSeries.of(new Random(7), 26, start, 16, 60_000);
        database.intern(made.labels());
        database.write(database.fast(), made.samples());
        database.packAll();
    }

    @AfterEach
    void dropDatabase() throws SQLException {
        connection.close();
        database.close();
    }

    @Test
    void bucketsAreExactFromRollupsOfEachLengthAndFromSamples() throws Exception {
        assertExact("samples", HOUR, HOUR);
        assertExact("samples", 7 * MINUTE, 7 * MINUTE);

        Sql.value(connection, "SELECT prom_api.set_default_rollups('5m')");
        database.pack();
        assertExact("5m", 5 * MINUTE, 5 * MINUTE);
        assertExact("3 of 5m", 15 * MINUTE, 5 * MINUTE);
        assertExact("12 of 5m", HOUR, 5 * MINUTE);

        Sql.value(connection, "SELECT prom_api.set_default_rollups('5m,1h')");
        database.pack();
        assertExact("1h", HOUR, HOUR);
        assertExact("3 of 1h", 3 * HOUR, HOUR);
        assertExact("samples beside rollups", 7 * MINUTE, 7 * MINUTE);
    }

    @Test
    void itIsSaidWhetherRollupsOrSamplesAreRead() throws Exception {
        String metric = Sql.value(connection, "SELECT metric_name FROM prom_info.metric LIMIT 1");
        assertThat(explained(metric, "1 hour"))
                .startsWith("Reads: samples, each of them")
                .contains("Scan");
        Sql.value(connection, "SELECT prom_api.set_default_rollups('1h')");
        database.pack();

        assertThat(explained(metric, "1 hour"))
                .startsWith("Reads: rollups of 1h up to ")
                .contains("on \"1h\"");
        assertThat(explained(metric, "5 minutes"))
                .startsWith("Reads: samples, each of them")
                .doesNotContain("on \"1h\"");
        assertThat(explained("none", "1 hour")).isEqualTo("Reads: nothing, there is no such metric");
    }

    private String explained(String metric, String step) throws SQLException {
        return String.join(
                "\n",
                Sql.rows(
                        connection,
                        "SELECT * FROM prom_api.explain_over('rollup_over', ?, NULL, ?::timestamptz, now(), ?::interval)",
                        metric,
                        start.toString(),
                        step));
    }

    @Test
    void bucketsOfRollupsStayWhenTheirSamplesHaveExpired() throws Exception {
        Sql.value(connection, "SELECT prom_api.set_default_rollups('1h')");
        database.pack();
        String until =
                Sql.value(connection, "SELECT rolled_up_until FROM prom_info.rollup WHERE resolution = '1 hour'");
        TreeMap<String, List<Object>> before = shown(HOUR, start.toString(), until);
        assertThat(before).isNotEmpty();
        Sql.value(connection, "SELECT prom_api.set_default_retention_period('1 minute')");
        Sql.value(
                connection,
                "SELECT count(_prom_catalog.expire_metric(m.id)) FROM (SELECT id FROM _prom_catalog.metric OFFSET 0) m");
        assertThat(shown(HOUR, start.toString(), until)).isEqualTo(before);
    }

    @Test
    void aRangeBeginsInTheMiddleAndKnowsTheSampleBeforeIt() throws Exception {
        Sql.value(connection, "SELECT prom_api.set_default_rollups('1h')");
        database.pack();
        TreeMap<String, List<Object>> all =
                shown(HOUR, start.toString(), Instant.now().toString());
        Instant middle = start.plus(Duration.ofMinutes(5 * 60 + 17));
        TreeMap<String, List<Object>> later =
                shown(HOUR, middle.toString(), Instant.now().toString());
        assertThat(later).isNotEmpty();
        all.keySet()
                .removeIf(key -> Long.parseLong(key.replaceFirst(".* at ", "")) < middle.toEpochMilli() - 17 * MINUTE);
        assertThat(later).isEqualTo(all);
    }

    @Test
    void aMetricThatIsNotThereHasNoBucketsAndAStepIsOfWholeSeconds() throws SQLException {
        assertThat(Sql.rows(
                        connection,
                        "SELECT * FROM prom_api.rollup_over('none', NULL, now() - interval '1 h', now(), '5m')"))
                .isEmpty();
        assertThatThrownBy(() -> Sql.rows(
                        connection,
                        "SELECT * FROM prom_api.rollup_over('up', NULL, now() - interval '1 h', now(), '1.5 s')"))
                .hasMessageContaining("a step of rollups is of whole seconds");
        assertThatThrownBy(() -> Sql.rows(
                        connection,
                        "SELECT * FROM prom_api.rollup_over('up', NULL, now() - interval '1 h', now(), '0 s')"))
                .hasMessageContaining("longer than 0");
    }

    private void assertExact(String source, long step, long base) throws SQLException {
        Sql.execute(connection, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
        TreeMap<String, List<Object>> expected = ExactBuckets.of(PackedDatabase.shown(connection), base, step);
        TreeMap<String, List<Object>> shown =
                shown(step, start.toString(), Instant.now().toString());
        Sql.execute(connection, "COMMIT");
        assertThat(shown.keySet()).as(source).isEqualTo(expected.keySet());
        for (Map.Entry<String, List<Object>> bucket : expected.entrySet()) {
            if (ExactBuckets.isOrdinary(bucket.getValue())) {
                assertThat(shown.get(bucket.getKey()))
                        .as(source + ", series " + bucket.getKey())
                        .isEqualTo(bucket.getValue());
            }
        }
    }

    private TreeMap<String, List<Object>> shown(long step, String from, String to) throws SQLException {
        TreeMap<String, List<Object>> buckets = new TreeMap<>();
        for (String metric : Sql.rows(connection, "SELECT metric_name FROM prom_info.metric")) {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("""
                            SELECT labels->>'n', (extract(epoch FROM time) * 1000)::bigint, count, sum, avg, min, max, first, last, increase
                            FROM prom_api.rollup_over('%s', NULL, '%s', '%s', interval '%s milliseconds')""".formatted(metric, from, to, step))) {
                while (row.next()) {
                    List<Object> before = buckets.put(
                            row.getString(1) + " at " + row.getLong(2),
                            ExactBuckets.row(
                                    row.getLong(3),
                                    row.getDouble(4),
                                    row.getDouble(5),
                                    row.getDouble(6),
                                    row.getDouble(7),
                                    row.getDouble(8),
                                    row.getDouble(9),
                                    row.getDouble(10)));
                    assertThat(before).as("one row for each bucket").isNull();
                }
            }
        }
        return buckets;
    }
}
