package io.promgres.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Runs SQL of a dashboard as Grafana's PostgreSQL data source does: the browser puts in the interval and the variables, the
 * data source its macros, whose arguments end at the first parenthesis.
 */
public final class GrafanaQuery {

    private static final Pattern TIME_GROUP =
            Pattern.compile("\\$__(timeGroup|timeGroupAlias)\\(([^,)]+),\\s*'?(\\d+)([smhd])'?\\)");
    private static final Map<String, Integer> SECONDS = Map.of("s", 1, "m", 60, "h", 3600, "d", 86_400);

    private final Connection connection;
    private final Instant from;
    private final Instant to;
    private final Duration interval;
    private final Map<String, List<String>> variables = new HashMap<>();

    /** @param interval that Grafana would choose for the width of a panel */
    public GrafanaQuery(Connection connection, Instant from, Instant to, Duration interval) {
        this.connection = connection;
        this.from = from;
        this.to = to;
        this.interval = interval;
    }

    /** Chooses values of a variable. */
    public GrafanaQuery with(String variable, String... values) {
        variables.put(variable, List.of(values));
        return this;
    }

    /** Chooses all values that a variable offers. */
    public GrafanaQuery withAll(GrafanaDashboard.Query variable) throws SQLException {
        List<String> values = run(variable.sql()).column(0);
        assertThat(values).as("values of the variable %s", variable.name()).isNotEmpty();
        return with(variable.name(), values.toArray(String[]::new));
    }

    /** What a query gave: the columns by name with their types, in order, and the rows as text. */
    public record Result(List<String> names, List<String> types, List<List<String>> rows) {

        public List<String> column(int index) {
            return rows.stream().map(row -> row.get(index)).toList();
        }

        /** Whether there is something to be seen: a value besides the time and the names of series. */
        public boolean showsSomething() {
            return rows.stream().anyMatch(row -> Objects.nonNull(row.get(row.size() - 1)));
        }
    }

    /** Runs SQL with its macros and variables put in. */
    public Result run(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(expanded(sql))) {
            ResultSetMetaData columns = result.getMetaData();
            List<String> names = new ArrayList<>();
            List<String> types = new ArrayList<>();
            for (int i = 1; i <= columns.getColumnCount(); i++) {
                names.add(columns.getColumnName(i));
                types.add(columns.getColumnTypeName(i));
            }
            List<List<String>> rows = new ArrayList<>();
            while (result.next()) {
                List<String> row = new ArrayList<>();
                for (int i = 1; i <= names.size(); i++) {
                    row.add(result.getString(i));
                }
                rows.add(row);
            }
            return new Result(names, types, rows);
        }
    }

    /** As Grafana wants the format time_series: a time that the rows are in order of, numbers, and text for names. */
    public void assertTimeSeries(String sql) throws SQLException {
        Result result = run(sql);
        int time = result.names().indexOf("time");
        assertThat(time).as("the column time of %s", result.names()).isNotNegative();
        assertThat(result.types().get(time)).isIn("timestamptz", "numeric", "float8", "int8");
        assertThat(result.types().stream().filter(type -> type.matches("numeric|float8|int4|int8")))
                .isNotEmpty();
        assertThat(result.types()).allMatch(type -> type.matches("timestamptz|numeric|float8|int4|int8|text"));
        String ordered = "SELECT count(*) FROM (SELECT \"time\", lag(\"time\") OVER () AS before FROM (" + expanded(sql)
                + ") s) o WHERE before > \"time\"";
        assertThat(Sql.value(connection, ordered))
                .as("rows that are not in order")
                .isEqualTo("0");
    }

    /** The plan of SQL with its macros and variables put in, executed. */
    public List<String> plan(String sql) throws SQLException {
        return Sql.rows(connection, "EXPLAIN (ANALYZE, TIMING OFF, BUFFERS OFF) " + expanded(sql));
    }

    private String expanded(String sql) {
        String sent = sql.replace("$__interval_ms", Long.toString(interval.toMillis()))
                .replace("$__interval", interval.toSeconds() + "s");
        for (Map.Entry<String, List<String>> variable : variables.entrySet()) {
            sent = withVariable(sent, variable.getKey(), variable.getValue());
        }
        sent = TIME_GROUP.matcher(sent).replaceAll(GrafanaQuery::timeGroup);
        sent = sent.replaceAll("\\$__timeFilter\\(([^)]+)\\)", "$1 BETWEEN '" + from + "' AND '" + to + "'")
                .replaceAll("\\$__timeEpoch\\(([^)]+)\\)", "extract(epoch from $1) AS \"time\"")
                .replaceAll("\\$__time\\(([^)]+)\\)", "$1 AS \"time\"")
                .replace("$__timeFrom()", "'" + from + "'")
                .replace("$__timeTo()", "'" + to + "'");
        assertThat(sent).as("macros and variables that are not put in").doesNotContain("$");
        return sent;
    }

    private static String withVariable(String sql, String name, List<String> values) {
        String quoted = values.stream()
                .map(value -> "'" + value.replace("'", "''") + "'")
                .collect(Collectors.joining(","));
        String first = values.isEmpty() ? "" : values.get(0);
        return sql.replace("${" + name + ":sqlstring}", quoted)
                .replace("${" + name + ":raw}", first)
                .replace("$" + name, first);
    }

    private static String timeGroup(MatchResult macro) {
        int seconds = Integer.parseInt(macro.group(3)) * SECONDS.get(macro.group(4));
        String alias = macro.group(1).equals("timeGroupAlias") ? " AS \"time\"" : "";
        return "floor(extract(epoch from " + macro.group(2) + ")/" + seconds + ")*" + seconds + alias;
    }
}
