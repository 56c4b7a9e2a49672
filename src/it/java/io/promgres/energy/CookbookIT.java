package io.promgres.energy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.promgres.testing.GrafanaQuery;
import io.promgres.testing.Programs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The queries of the schema's guide, word for word, against an independent computation. */
class CookbookIT {

    private static final long FROM =
            SimulatedSite.BEGIN.plus(Duration.ofMinutes(65)).toEpochMilli();
    private static final long TO =
            SimulatedSite.BEGIN.plus(Duration.ofMinutes(235)).toEpochMilli();
    private static final Map<String, String> VARIABLES = Map.ofEntries(
            Map.entry("from_utc", "'2026-03-02T01:05:00Z'"),
            Map.entry("to_utc", "'2026-03-02T03:55:00Z'"),
            Map.entry("q_start", "'2026-03-02T01:05:00Z'"),
            Map.entry("q_end", "'2026-03-02T03:55:00Z'"),
            Map.entry("group_name", "'group-1'"),
            Map.entry("group", "'group-new'"),
            Map.entry("project", "'project-2'"),
            Map.entry("machine", "'node-3'"),
            Map.entry("user_id", "'u7'"),
            Map.entry("display_name", "'Seven'"),
            Map.entry("n", "2"));

    private static SimulatedSite site;
    private static ExpectedUsage expected;
    private static EnergyDatabase energy;

    @BeforeAll
    static void simulate() throws SQLException {
        site = new SimulatedSite(7, Duration.ofHours(4), Duration.ofMinutes(1));
        expected = new ExpectedUsage(site);
        energy = new EnergyDatabase(RuleFiles.read(List.of()));
        energy.send(site.samples());
        energy.project(site.end());
    }

    @AfterAll
    static void stop() {
        energy.close();
    }

    private static List<String> run(String query) throws SQLException {
        return energy.query(Cookbook.with(query, VARIABLES));
    }

    /** Sums by key over the rows of a scope in the window, NULLs left out as SUM does. */
    private static Map<String, Double> sums(
            String scope, Predicate<Long> when, ToDoubleFunction<ExpectedUsage.Usage> of) {
        Map<String, Double> sums = new TreeMap<>();
        expected.rows().forEach((row, usage) -> {
            double value = of.applyAsDouble(usage);
            if (row.scope().equals(scope) && when.test(row.time()) && !Double.isNaN(value)) {
                sums.merge(row.key(), value, Double::sum);
            }
        });
        return sums;
    }

    private static boolean inWindow(long time) {
        return time >= FROM && time < TO;
    }

    private static Set<String> usersWithSessions() {
        Set<String> users = new TreeSet<>();
        site.sessions.forEach(session -> users.add(SimulatedSite.user(session.user())));
        return users;
    }

    private static List<String> descending(Map<String, Double> sums) {
        return sums.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .map(Map.Entry::getKey)
                .toList();
    }

    private static List<String> column(List<String> rows, int column) {
        return rows.stream().map(row -> row.split("\\|", -1)[column]).toList();
    }

    private static void same(String found, double value) {
        assertThat(Double.parseDouble(found)).isCloseTo(value, within(1e-9 * Math.max(1, value)));
    }

    @Test
    void membersAndMachinesAreFound() throws SQLException {
        assertThat(column(run(Cookbook.USERS_IN_A_GROUP), 0))
                .containsExactlyInAnyOrderElementsOf(usersWithSessions().stream()
                        .filter(user -> SimulatedSite.group(Integer.parseInt(user.substring(1)))
                                .equals("group-1"))
                        .toList());
        assertThat(run(Cookbook.MACHINES_SERVING_A_PROJECT)).containsExactlyInAnyOrder("node-2", "node-7");
        String somebody = usersWithSessions().iterator().next();
        assertThat(energy.query(
                        Cookbook.with(Cookbook.PROJECTS_A_USER_BELONGS_TO, Map.of("user_id", "'" + somebody + "'"))))
                .containsExactlyInAnyOrderElementsOf(projects(somebody));
    }

    private static Set<String> projects(String user) {
        Set<String> projects = new TreeSet<>();
        site.sessions.stream()
                .filter(session -> SimulatedSite.user(session.user()).equals(user))
                .forEach(session -> projects.add(SimulatedSite.project(session.instance() / 2)));
        return projects;
    }

    @Test
    void activeWorkspacesComeTheNewestFirst() throws SQLException {
        List<String> started = column(run(Cookbook.ACTIVE_WORKSPACES), 1);

        assertThat(started).isNotEmpty().isSortedAccordingTo(Comparator.reverseOrder());
        assertThat(energy.query("SELECT * FROM v_active_workspaces ORDER BY started_at DESC"))
                .hasSameSizeAs(started);
    }

    @Test
    void energyAndCarbonOfProjectsAreSummedOverTheWindow() throws SQLException {
        Map<String, Double> kwh = sums("project", CookbookIT::inWindow, usage -> usage.busyKwh + usage.idleKwh);
        Map<String, Double> grams = sums("project", CookbookIT::inWindow, usage -> usage.busyGrams + usage.idleGrams);
        List<String> rows = run(Cookbook.PROJECT_ENERGY);

        assertThat(column(rows, 0)).isEqualTo(descending(kwh));
        for (String row : rows) {
            String[] columns = row.split("\\|");
            same(columns[1], kwh.get(columns[0]));
            same(columns[2], grams.get(columns[0]));
        }
    }

    @Test
    void theTopGroupsAreThoseOfTheMostEnergy() throws SQLException {
        Map<String, Double> kwh = new TreeMap<>();
        sums("user", CookbookIT::inWindow, usage -> usage.busyKwh + usage.idleKwh)
                .forEach((user, sum) ->
                        kwh.merge(SimulatedSite.group(Integer.parseInt(user.substring(1))), sum, Double::sum));
        List<String> rows = run(Cookbook.TOP_GROUPS);

        assertThat(column(rows, 0)).isEqualTo(descending(kwh).subList(0, 2));
        same(column(rows, 1).get(0), kwh.get(column(rows, 0).get(0)));
    }

    @Test
    void theIntensityOfAMachineFollowsItsRegion() throws SQLException {
        List<String> rows = run(Cookbook.MACHINE_INTENSITY);
        List<Double> intensities = new ArrayList<>();
        new TreeMap<>(expected.rows().entrySet().stream()
                        .filter(row -> row.getKey().scope().equals("machine")
                                && row.getKey().key().equals("node-3"))
                        .collect(java.util.stream.Collectors.toMap(
                                row -> row.getKey().time(), Map.Entry::getValue)))
                .values()
                .forEach(usage -> intensities.add(usage.intensity()));

        assertThat(rows).hasSameSizeAs(intensities);
        for (int i = 0; i < rows.size(); i++) {
            String found = column(rows, 2).get(i);
            assertThat(found.isEmpty()).isEqualTo(intensities.get(i).isNaN());
            if (!found.isEmpty()) {
                same(found, intensities.get(i));
            }
        }
    }

    @Test
    void usersCountInEachProjectTheyBelongTo() throws SQLException {
        Map<String, Double> kwh = sums("user", CookbookIT::inWindow, usage -> usage.busyKwh + usage.idleKwh);
        List<String> rows = run(Cookbook.USERS_WITHIN_PROJECTS);
        Set<String> pairs = new TreeSet<>();
        kwh.keySet().forEach(user -> projects(user).forEach(project -> pairs.add(project + "|" + user)));

        assertThat(rows.stream().map(row -> row.substring(0, row.lastIndexOf('|'))))
                .containsExactlyInAnyOrderElementsOf(pairs);
        for (String row : rows) {
            same(row.split("\\|")[2], kwh.get(row.split("\\|")[1]));
        }
    }

    @Test
    void theUtilizationOfMachinesIsAPercentageWithOneDigit() throws SQLException {
        Predicate<Long> between = time -> time >= FROM && time <= TO;
        Map<String, Double> busy = sums("machine", between, usage -> usage.busySeconds);
        Map<String, Double> idle = sums("machine", between, usage -> usage.idleSeconds);
        List<String> rows = run(Cookbook.MACHINE_UTILIZATION);

        assertThat(rows).hasSize(SimulatedSite.MACHINES);
        for (String row : rows) {
            String[] columns = row.split("\\|");
            double b = busy.get(columns[0]);
            double i = idle.get(columns[0]);
            same(columns[1], b);
            same(columns[2], i);
            assertThat(columns[3]).matches("[0-9]+\\.[0-9]");
            assertThat(Double.parseDouble(columns[3])).isCloseTo(100 * b / (b + i), within(0.0501));
        }
    }

    @ParameterizedTest
    @MethodSource("io.promgres.energy.Cookbook#queries")
    void aQueryRunsInPsqlAsItIs(String query, @TempDir Path directory) throws Exception {
        Programs.require("psql");
        Path file = Files.writeString(directory.resolve("query.sql"), "SET timezone TO 'UTC';\n" + query);
        List<String> arguments = new ArrayList<>(
                List.of(energy.psql(), "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", "-f", file.toString()));
        VARIABLES.forEach((name, value) -> arguments.addAll(List.of("-v", name + "=" + value)));
        Programs.Ended psql = Programs.run("psql", arguments.toArray(String[]::new));

        assertThat(psql.code()).as(psql.said()).isZero();
        assertThat(psql.said().lines()).containsExactlyInAnyOrderElementsOf(run(query));
    }

    @ParameterizedTest
    @MethodSource("io.promgres.energy.Cookbook#queries")
    void aQueryWorksFromGrafanaWithItsVariablesAndTimeRange(String query) throws Exception {
        Map<String, String> variables = new HashMap<>(VARIABLES);
        try (Connection connection = energy.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SET timezone = 'UTC'");
            GrafanaQuery grafana = new GrafanaQuery(
                    connection, Instant.ofEpochMilli(FROM), Instant.ofEpochMilli(TO), Duration.ofMinutes(5));
            for (String name : List.of("group_name", "project", "machine", "user_id")) {
                grafana.with(name, VARIABLES.get(name).replace("'", ""));
                variables.put(name, "${" + name + ":sqlstring}");
            }
            for (String name : List.of("from_utc", "q_start")) {
                variables.put(name, "$__timeFrom()");
                variables.put(name.equals("q_start") ? "q_end" : "to_utc", "$__timeTo()");
            }
            GrafanaQuery.Result shown = grafana.run(Cookbook.with(query, variables));

            assertThat(shown.types()).allMatch(type -> type.matches("text|timestamptz|numeric|int4|int8|bigserial"));
            assertThat(shown.rows().stream()
                            .map(row -> row.stream()
                                    .map(value -> value == null ? "" : value)
                                    .collect(Collectors.joining("|"))))
                    .containsExactlyInAnyOrderElementsOf(run(query));
        }
    }

    @Test
    void dimensionsMayBeFilledByHand() throws SQLException {
        try (EnergyDatabase empty = new EnergyDatabase(RuleFiles.read(List.of()));
                var connection = empty.connect();
                var statement = connection.createStatement()) {
            statement.execute("INSERT INTO dim_project (cloud_project_name) VALUES ('project-2')");
            statement.execute(Cookbook.with(Cookbook.INGEST, VARIABLES));
            statement.execute(Cookbook.with(Cookbook.INGEST, VARIABLES));

            assertThat(empty.query("SELECT * FROM v_user_project")).containsExactly("u7|Seven|group-new|project-2");
        }
    }

    @Test
    void theHealthChecksFindNothing() throws SQLException {
        assertThat(run(Cookbook.WRONG_KEYS)).isEmpty();
        assertThat(run(Cookbook.NEGATIVE)).isEmpty();
    }
}
