package io.promgres.energy;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sums by the hour say what the rows of energy.fact_usage add up to, whatever writes them, and whenever. */
class EnergyHoursIT {

    private static final Instant T0 = Instant.parse("2026-03-02T10:00:00Z");
    private static final String FIRST = "ts < '2026-03-02T11:00:00Z'";
    private static final String BY_HOURS =
            "SELECT to_char(ts, 'DD HH24:MI'), machine_name, trim_scale(busy_kwh), trim_scale(estimated_kwh),"
                    + " trim_scale(intensity_gco2eq_kwh) FROM v_machine_hours ORDER BY ts, machine_name";
    private static final String SUMMED =
            "SELECT count(DISTINCT ts), (SELECT count(*) FROM _energy.open_hour) FROM _energy.usage_hour";

    private static EnergyDatabase energy;

    @BeforeAll
    static void start() throws SQLException {
        energy = new EnergyDatabase(RuleFiles.read(List.of()));
    }

    @AfterAll
    static void stop() {
        energy.close();
    }

    /** Two machines and a user in 24 buckets of 5 minutes: two hours. */
    @BeforeEach
    void fill() throws SQLException {
        run("TRUNCATE energy.fact_usage, energy.dim_machine, energy.dim_user, energy.dim_group CASCADE");
        run("INSERT INTO dim_group (group_id, group_name) VALUES (1, 'g')");
        run("INSERT INTO dim_user (user_id, group_id) VALUES ('ann', 1)");
        run("INSERT INTO dim_machine (machine_id, machine_name) VALUES (1, 'm1'), (2, 'm2')");
        run("INSERT INTO fact_usage (scope, ts, machine_id, busy_kwh, busy_gco2eq, estimated_kwh)"
                + " SELECT 'machine', '" + T0 + "'::timestamptz + i * interval '5 minutes', m, m, 100 * m, 1"
                + " FROM generate_series(0, 23) i, generate_series(1, 2) m");
        run("INSERT INTO fact_usage (scope, ts, user_id, busy_kwh) SELECT 'user', ts, 'ann', 3 FROM fact_usage"
                + " WHERE machine_id = 1");
    }

    private static void run(String sql) throws SQLException {
        try (Connection connection = energy.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static List<String> sum() throws SQLException {
        return energy.query("SELECT _energy.sum_hours(12, '2026-03-02T12:00:00Z')");
    }

    /** Says the same before and after the hours were summed up. */
    private static void assertHours(String... rows) throws SQLException {
        assertThat(energy.query(BY_HOURS)).containsExactly(rows);
        sum();
        assertThat(energy.query(BY_HOURS)).containsExactly(rows);
        assertThat(energy.query("SELECT count(*) FROM _energy.open_hour WHERE " + FIRST))
                .containsExactly("0");
    }

    @Test
    void hoursThatAreOverAreSummedUpOnceAndTotalsAddThemUp() throws SQLException {
        assertThat(energy.query(SUMMED)).containsExactly("0|2");
        assertHours("02 10:00|m1|12|12|100", "02 10:00|m2|24|12|100", "02 11:00|m1|12|12|100", "02 11:00|m2|24|12|100");
        assertThat(energy.query(SUMMED)).containsExactly("2|0");
        assertThat(sum()).containsExactly("0");

        assertThat(energy.query("SELECT machine_name, trim_scale(busy_kwh) FROM v_machine_totals ORDER BY 1"))
                .containsExactly("m1|24", "m2|48");
        assertThat(energy.query("SELECT group_name, trim_scale(busy_kwh), estimated_kwh FROM v_group_totals"))
                .containsExactly("g|72|");
    }

    @Test
    void anHourThatHasNotEndedStaysOpen() throws SQLException {
        assertThat(energy.query("SELECT _energy.sum_hours(12, '2026-03-02T11:59:59Z')"))
                .containsExactly("1");
        assertThat(energy.query(SUMMED)).containsExactly("1|1");
    }

    @Test
    void whatIsWrittenIntoASummedHourCountsAtOnce() throws SQLException {
        sum();
        run(
                "INSERT INTO fact_usage (scope, ts, machine_id, busy_kwh) VALUES ('machine', '2026-03-02T10:59:59Z', 1, 5)");
        assertHours(
                "02 10:00|m1|17|12|70.5882352941176471",
                "02 10:00|m2|24|12|100",
                "02 11:00|m1|12|12|100",
                "02 11:00|m2|24|12|100");

        run("UPDATE fact_usage SET busy_kwh = 7, busy_gco2eq = 700 WHERE busy_kwh = 5");
        assertThat(energy.query("SELECT trim_scale(busy_kwh) FROM v_machine_totals WHERE machine_id = 1"))
                .containsExactly("31");
        sum();
        // Into the other hour: both change.
        run("UPDATE fact_usage SET ts = '2026-03-02T11:59:59Z' WHERE busy_kwh = 7");
        assertHours("02 10:00|m1|12|12|100", "02 10:00|m2|24|12|100", "02 11:00|m1|19|12|100", "02 11:00|m2|24|12|100");

        run("DELETE FROM fact_usage WHERE machine_id = 1 AND " + FIRST);
        assertHours("02 10:00|m2|24|12|100", "02 11:00|m1|19|12|100", "02 11:00|m2|24|12|100");

        run("UPDATE dim_machine SET machine_id = 9 WHERE machine_id = 2");
        assertHours("02 10:00|m2|24|12|100", "02 11:00|m1|19|12|100", "02 11:00|m2|24|12|100");

        run("TRUNCATE fact_usage");
        assertThat(energy.query(BY_HOURS)).isEmpty();
    }

    @Test
    void hoursAreNotSummedUpWhileAnotherSessionWrites() throws SQLException {
        sum();
        try (Connection writer = energy.connect();
                Connection older = energy.connect();
                Statement write = writer.createStatement();
                Statement late = older.createStatement()) {
            writer.setAutoCommit(false);
            write.execute("UPDATE fact_usage SET busy_kwh = 2 WHERE machine_id = 1 AND " + FIRST);
            assertThat(sum()).containsExactly("0");
            writer.commit();

            // Sees the hour open, which is summed up before it writes.
            older.setAutoCommit(false);
            older.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            late.executeQuery("SELECT count(*) FROM _energy.open_hour");
            assertThat(sum()).containsExactly("1");
            late.execute("INSERT INTO fact_usage (scope, ts, machine_id, busy_kwh)"
                    + " VALUES ('machine', '2026-03-02T10:59:59Z', 2, 6)");
            older.commit();
        }
        assertHours("02 10:00|m1|24|12|50", "02 10:00|m2|30|12|80", "02 11:00|m1|12|12|100", "02 11:00|m2|24|12|100");
    }

    @Test
    void aRangeOfAnyLengthIsSummedUpToItsVeryEnds() throws SQLException {
        sum();
        for (String range : List.of(
                "'2026-03-02T10:00:00Z', '2026-03-02T12:00:00Z'",
                "'2026-03-02T10:05:00Z', '2026-03-02T11:55:00Z'",
                "'2026-03-02T10:05:00Z', '2026-03-02T10:15:00Z'",
                "'2026-03-02T10:59:59Z', '2026-03-02T11:00:01Z'",
                "'2026-03-02T10:07:00Z', '2026-03-02T11:00:00Z'",
                "'2026-03-02T12:00:00Z', '2026-03-02T10:00:00Z'",
                "'-infinity', 'infinity'")) {
            List<String> rows = energy.query("SELECT machine_id, sum(busy_kwh), sum(busy_gco2eq), sum(estimated_kwh)"
                    + " FROM fact_usage, (VALUES (timestamptz " + range.replace(", ", ", timestamptz ") + ")) r(a, b)"
                    + " WHERE scope = 'machine' AND ts >= a AND ts < b GROUP BY 1 ORDER BY 1");
            assertThat(energy.query(
                            "SELECT machine_id, busy_kwh, busy_gco2eq, estimated_kwh FROM usage_between('machine', "
                                    + range + ") ORDER BY 1"))
                    .as(range)
                    .isEqualTo(rows);
        }
    }
}
