package io.promgres.energy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Every number of every view for a simulated site, against an independent computation.
 *
 * <p>12 hours in steps of a minute; with -Denergy.site=week, a week in steps of 15 seconds.
 */
class SimulatedSiteIT {

    private static final boolean WEEK = "week".equals(System.getProperty("energy.site"));
    private static final Duration LENGTH = WEEK ? Duration.ofDays(7) : Duration.ofHours(12);
    private static final Duration STEP = WEEK ? Duration.ofSeconds(15) : Duration.ofMinutes(1);
    private static final long SEED = 20260302;
    private static final double PRECISION = 1e-9;
    private static final String FACTS = """
            SELECT scope, f.ts, coalesce(cloud_project_name, machine_name, f.user_id),
                   trim_scale(busy_cpu_seconds_total), trim_scale(idle_cpu_seconds_total), trim_scale(busy_kwh),
                   trim_scale(idle_kwh), trim_scale(busy_gco2eq), trim_scale(idle_gco2eq), trim_scale(intensity_gco2eq_kwh)
            FROM fact_usage f LEFT JOIN dim_project USING (project_id) LEFT JOIN dim_machine USING (machine_id)
            ORDER BY 1, 2, 3""";

    private static SimulatedSite site;
    private static ExpectedUsage expected;
    private static EnergyDatabase energy;

    @BeforeAll
    static void simulate() throws SQLException {
        site = new SimulatedSite(SEED, LENGTH, STEP);
        expected = new ExpectedUsage(site);
        energy = new EnergyDatabase(RuleFiles.read(List.of()));
        for (List<EnergyDatabase.Samples> hour : slices(site.samples(), Duration.ofHours(1))) {
            energy.send(hour);
            energy.project(site.end());
        }
    }

    @AfterAll
    static void stop() {
        energy.close();
    }

    /** The samples cut into requests by time, in order of time. */
    private static List<List<EnergyDatabase.Samples>> slices(List<EnergyDatabase.Samples> all, Duration length) {
        Map<Long, List<EnergyDatabase.Samples>> slices = new java.util.TreeMap<>();
        for (EnergyDatabase.Samples series : all) {
            int from = 0;
            for (int i = 1; i <= series.times().length; i++) {
                long slice = series.times()[from] / length.toMillis();
                if (i == series.times().length || series.times()[i] / length.toMillis() != slice) {
                    slices.computeIfAbsent(slice, key -> new ArrayList<>())
                            .add(new EnergyDatabase.Samples(
                                    series.labels(),
                                    java.util.Arrays.copyOfRange(series.times(), from, i),
                                    java.util.Arrays.copyOfRange(series.bits(), from, i)));
                    from = i;
                }
            }
        }
        return new ArrayList<>(slices.values());
    }

    @Test
    void everyRowOfTheTimeSeriesIsRight() throws SQLException {
        Map<ExpectedUsage.Row, ExpectedUsage.Usage> open = new HashMap<>(expected.rows());
        check("""
                SELECT * FROM (
                    SELECT 'ada' AS scope, '' AS key, * FROM v_ada_timeseries
                    UNION ALL SELECT 'project', cloud_project_name, (t).* FROM (SELECT cloud_project_name, ROW(ts, busy_cpu_seconds_total, idle_cpu_seconds_total, busy_kwh, idle_kwh, busy_gco2eq, idle_gco2eq, intensity_gco2eq_kwh, estimated_kwh)::v_ada_timeseries t FROM v_project_timeseries) p
                    UNION ALL SELECT 'machine', machine_name, (t).* FROM (SELECT machine_name, ROW(ts, busy_cpu_seconds_total, idle_cpu_seconds_total, busy_kwh, idle_kwh, busy_gco2eq, idle_gco2eq, intensity_gco2eq_kwh, estimated_kwh)::v_ada_timeseries t FROM v_machine_timeseries) p
                    UNION ALL SELECT 'user', user_id, (t).* FROM (SELECT user_id, ROW(ts, busy_cpu_seconds_total, idle_cpu_seconds_total, busy_kwh, idle_kwh, busy_gco2eq, idle_gco2eq, intensity_gco2eq_kwh, estimated_kwh)::v_ada_timeseries t FROM v_user_timeseries) p) a""", row -> {
            ExpectedUsage.Usage usage = open.remove(new ExpectedUsage.Row(
                    row.getString("scope"),
                    row.getString("key"),
                    row.getTimestamp("ts").getTime()));
            checkUsage(row, usage);
            same(row, "intensity_gco2eq_kwh", usage.busyKwh + usage.idleKwh == 0 ? Double.NaN : usage.intensity());
        });
        assertThat(open).isEmpty();
    }

    @Test
    void totalsAndAveragesOfEveryEntityAreRight() throws SQLException {
        checkTotals("project", "cloud_project_name", Function.identity());
        checkTotals("machine", "machine_name", Function.identity());
        checkTotals("user", "user_id", Function.identity());
        checkTotals("group", "group_name", user -> SimulatedSite.group(Integer.parseInt(user.substring(1))));
    }

    private void checkTotals(String what, String key, Function<String, String> entity) throws SQLException {
        String scope = what.equals("group") ? "user" : what;
        Map<String, List<ExpectedUsage.Usage>> byEntity = expected.rows().entrySet().stream()
                .filter(row -> row.getKey().scope().equals(scope))
                .collect(Collectors.groupingBy(
                        row -> entity.apply(row.getKey().key()),
                        Collectors.mapping(Map.Entry::getValue, Collectors.toList())));
        List<String> seen = new ArrayList<>();
        check("SELECT * FROM v_%1$s_totals JOIN v_%1$s_averages USING (%2$s)".formatted(what, key), row -> {
            List<ExpectedUsage.Usage> usages = byEntity.get(row.getString(key));
            seen.add(row.getString(key));
            ExpectedUsage.Usage total = new ExpectedUsage.Usage();
            usages.forEach(total::add);
            total.busyGrams = sum(usages, usage -> usage.busyGrams);
            total.idleGrams = sum(usages, usage -> usage.idleGrams);
            checkUsage(row, total);
            same(row, "avg_busy_energy_kwh", mean(usages, usage -> usage.busyKwh));
            same(row, "avg_idle_energy_kwh", mean(usages, usage -> usage.idleKwh));
            same(row, "avg_busy_carbon_gco2eq", mean(usages, usage -> usage.busyGrams));
            same(row, "avg_idle_carbon_gco2eq", mean(usages, usage -> usage.idleGrams));
            same(row, "avg_intensity_gco2eq_kwh", mean(usages, ExpectedUsage.Usage::intensity));
        });
        assertThat(seen).containsExactlyInAnyOrderElementsOf(byEntity.keySet());
    }

    @Test
    void dimensionsAreWhatTheLabelsSay() throws SQLException {
        assertThat(energy.query("SELECT (SELECT count(*) FROM dim_group), (SELECT count(*) FROM dim_project),"
                        + " (SELECT count(*) FROM dim_machine), (SELECT count(*) FROM dim_instance)"))
                .containsExactly("3|5|12|24");
        assertThat(energy.query("SELECT host, port, raw_label FROM dim_instance WHERE host IN ('10.0.0.2', 'fd00::3')"
                        + " ORDER BY host"))
                .containsExactly("10.0.0.2|9100|10.0.0.2:9100", "fd00::3|9100|[fd00::3]:9100");
        assertThat(energy.query("SELECT user_id, display_name, group_name, cloud_project_name FROM v_user_project"))
                .containsExactlyInAnyOrderElementsOf(site.sessions.stream()
                        .filter(session -> !session.samples().isEmpty())
                        .map(session -> String.join(
                                "|",
                                SimulatedSite.user(session.user()),
                                "User " + session.user(),
                                SimulatedSite.group(session.user()),
                                SimulatedSite.project(session.instance() / 2)))
                        .distinct()
                        .toList());
        assertThat(energy.query("SELECT cloud_project_name, machine_name FROM map_project_machine"
                        + " JOIN dim_project USING (project_id) JOIN dim_machine USING (machine_id)"))
                .containsExactlyInAnyOrderElementsOf(IntStream.range(0, SimulatedSite.MACHINES)
                        .mapToObj(machine -> SimulatedSite.project(machine) + "|" + SimulatedSite.machine(machine))
                        .toList());
    }

    @Test
    void activeWorkspacesAreThoseWhoseSeriesLive() throws SQLException {
        assertThat(energy.query("SELECT workspace_id, to_char(started_at, 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), \"user\","
                        + " project, machine, host, port FROM v_active_workspaces"))
                .containsExactlyInAnyOrderElementsOf(site.sessions.stream()
                        .filter(session -> !session.samples().isEmpty()
                                && session.samples().lastEntry().getValue() == 1
                                && SimulatedSite.aliveUntil(
                                                session, session.samples().lastKey())
                                        > site.end().toEpochMilli())
                        .map(SimulatedSiteIT::rowOf)
                        .toList());
    }

    /** As v_active_workspaces has it. */
    private static String rowOf(SimulatedSite.Session session) {
        int machine = session.instance() / 2;
        String host = session.instance() % 2 == 0 ? "10.0.0." + session.instance() : "fd00::" + session.instance();
        return String.join(
                "|",
                session.workspace(),
                session.startedAt().toString(),
                "User " + session.user(),
                SimulatedSite.project(machine),
                SimulatedSite.machine(machine),
                host,
                "9100");
    }

    @Test
    void theOrderOfArrivalDoesNotMatter() throws SQLException {
        Random random = new Random(SEED);
        try (EnergyDatabase shuffled = new EnergyDatabase(RuleFiles.read(List.of()))) {
            List<List<EnergyDatabase.Samples>> requests =
                    new ArrayList<>(slices(site.samples(), Duration.ofMinutes(90)));
            requests.addAll(slices(site.samples().subList(0, 20), Duration.ofHours(2)));
            Collections.shuffle(requests, random);
            for (List<EnergyDatabase.Samples> request : requests) {
                Collections.shuffle(request, random);
                int half = random.nextInt(request.size());
                shuffled.send(request.subList(0, half));
                if (random.nextInt(3) == 0) {
                    shuffled.project(site.end());
                }
                shuffled.send(request.subList(half, request.size()));
                if (random.nextInt(6) == 0) {
                    shuffled.restart();
                }
            }
            shuffled.project(site.end());

            assertThat(shuffled.query(FACTS)).isEqualTo(energy.query(FACTS));
        }
    }

    @Test
    void aRebuildOfWhatIsRightWritesNothing() throws SQLException {
        String rows = "SELECT ctid, xmin, f.* FROM fact_usage f ORDER BY scope, ts, project_id, machine_id, user_id";
        List<String> before = energy.query(rows);
        energy.rebuild(SimulatedSite.BEGIN, site.end());

        assertThat(energy.query(rows)).isEqualTo(before);
        assertThat(energy.query("SELECT count(*) FROM _energy.touched")).containsExactly("0");
    }

    @Test
    void theHealthChecksFindNothing() throws SQLException {
        assertThat(energy.query(Cookbook.WRONG_KEYS)).isEmpty();
        assertThat(energy.query(Cookbook.NEGATIVE)).isEmpty();
    }

    private interface RowCheck {
        void check(ResultSet row) throws SQLException;
    }

    private static void check(String sql, RowCheck check) throws SQLException {
        try (Connection connection = energy.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                check.check(rows);
            }
        }
    }

    private static void checkUsage(ResultSet row, ExpectedUsage.Usage usage) throws SQLException {
        same(row, "busy_cpu_seconds_total", usage.busySeconds);
        same(row, "idle_cpu_seconds_total", usage.idleSeconds);
        same(row, "busy_kwh", usage.busyKwh);
        same(row, "idle_kwh", usage.idleKwh);
        same(row, "busy_gco2eq", usage.busyGrams);
        same(row, "idle_gco2eq", usage.idleGrams);
    }

    /** NaN stands for NULL. */
    private static void same(ResultSet row, String column, double value) throws SQLException {
        double found = row.getDouble(column);
        if (Double.isNaN(value)) {
            assertThat(row.getObject(column)).as(column).isNull();
        } else {
            assertThat(row.wasNull()).as("%s is null", column).isFalse();
            assertThat(found).as(column).isCloseTo(value, within(PRECISION * Math.max(1, Math.abs(value))));
        }
    }

    private static double sum(Collection<ExpectedUsage.Usage> usages, Function<ExpectedUsage.Usage, Double> of) {
        return usages.stream()
                .map(of)
                .filter(value -> !value.isNaN())
                .reduce(Double::sum)
                .orElse(Double.NaN);
    }

    /** As avg() does: over the values that are known. */
    private static double mean(Collection<ExpectedUsage.Usage> usages, Function<ExpectedUsage.Usage, Double> of) {
        return sum(usages, of)
                / usages.stream().map(of).filter(value -> !value.isNaN()).count();
    }
}
