package io.promgres.testing;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The plan of a query that was executed, as EXPLAIN (ANALYZE) tells it. */
public record QueryPlan(String text) {

    private static final Pattern ACTUAL = Pattern.compile("actual rows=([0-9.]+) loops=([0-9]+)");
    private static final Pattern REMOVED = Pattern.compile("Rows Removed by (?:Join )?Filter: ([0-9]+)");

    /** Executes a query. */
    public static QueryPlan of(Connection connection, String sql) throws SQLException {
        return new QueryPlan(
                String.join("\n", Sql.rows(connection, "EXPLAIN (ANALYZE, TIMING OFF, BUFFERS OFF) " + sql)));
    }

    /** What the planner intends, without executing it. */
    public static QueryPlan intended(Connection connection, String sql) throws SQLException {
        return new QueryPlan(String.join("\n", Sql.rows(connection, "EXPLAIN (COSTS OFF) " + sql)));
    }

    /** The rows of the node that has most, all its loops together, and those that it looked at for nothing. */
    public double mostRows() {
        double most = REMOVED.matcher(text)
                .results()
                .mapToDouble(removed -> Double.parseDouble(removed.group(1)))
                .max()
                .orElse(0);
        for (MatchResult actual : ACTUAL.matcher(text).results().toList()) {
            most = Math.max(most, Double.parseDouble(actual.group(1)) * Long.parseLong(actual.group(2)));
        }
        return most;
    }
}
