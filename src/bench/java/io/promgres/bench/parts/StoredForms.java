package io.promgres.bench.parts;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import javax.sql.DataSource;

/** One metric in the packed form and as rows: sizes, and the times of the same query on each. */
final class StoredForms {

    private static final int ROUNDS = 9;

    private final DataSource database;
    private final String metric;

    StoredForms(DataSource database, String metric) {
        this.database = database;
        this.metric = metric;
    }

    /** What the landing table takes, indexes included. */
    long landingBytes() throws SQLException {
        return number("SELECT coalesce(sum(pg_total_relation_size(format('_prom_landing.%I', name)::regclass)), 0)"
                + " FROM _prom_catalog.landing_partition");
    }

    /** What the metrics' tables, time vectors and ticks take, indexes included. */
    long packedBytes() throws SQLException {
        return number(
                "SELECT sum(pg_total_relation_size(c.oid))::bigint FROM pg_class c WHERE c.relkind = 'r' AND (c.relnamespace"
                        + " = 'prom_data'::regnamespace OR c.relnamespace = '_prom_landing'::regnamespace AND c.relname LIKE 'tick%')"
                        + " AND c.relname NOT LIKE 'exemplar%'");
    }

    /** As if later samples had taken the room of what was deleted. */
    void vacuumFull() throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            for (String table : List.of("prom_data.packed", "prom_data.tick", "prom_data.vector")) {
                statement.execute("VACUUM FULL " + table);
            }
            statement.execute("VACUUM ANALYZE");
        }
    }

    /** What names of series, groups and labels take, indexes included. */
    long catalogBytes() throws SQLException {
        return number("SELECT sum(pg_total_relation_size('_prom_catalog.' || t))::bigint"
                + " FROM unnest(ARRAY['series', 'series_group', 'series_json', 'label']) t");
    }

    /** The metric's samples as rows with a unique index, read from its view, so that both hold the same; their bytes each. */
    double makeRows() throws SQLException {
        execute("CREATE SCHEMA yardstick");
        execute("CREATE TABLE yardstick." + metric + " (time timestamptz NOT NULL, value double precision NOT NULL,"
                + " series_id bigint NOT NULL, UNIQUE (series_id, time))");
        execute("INSERT INTO yardstick." + metric + " SELECT time, value, series_id FROM prom_metric." + metric
                + " ORDER BY time");
        execute("VACUUM ANALYZE");
        return number("SELECT pg_total_relation_size('yardstick." + metric + "')")
                / (double) number("SELECT count(*) FROM yardstick." + metric);
    }

    /**
     * Runs a query on both forms, one after the other, again and again.
     *
     * @param query with %1$s for the schema and the metric, %2$s for the id of a series that has a sample of late
     * @return median milliseconds of packed and rows
     */
    double[] medians(String query) throws SQLException {
        long[][] nanos = new long[2][ROUNDS];
        long series = number("SELECT series_id FROM yardstick." + metric + " ORDER BY time DESC LIMIT 1");
        String[] queries = {
            query.formatted("prom_metric." + metric, series), query.formatted("yardstick." + metric, series)
        };
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            for (int round = -1; round < ROUNDS; round++) {
                for (int form = 0; form < 2; form++) {
                    long begin = System.nanoTime();
                    try (ResultSet rows = statement.executeQuery(queries[form])) {
                        while (rows.next()) {
                            rows.getObject(1);
                        }
                    }
                    // The first round warms up.
                    nanos[form][Math.max(round, 0)] = System.nanoTime() - begin;
                }
            }
        }
        Arrays.sort(nanos[0]);
        Arrays.sort(nanos[1]);
        return new double[] {nanos[0][ROUNDS / 2] / 1e6, nanos[1][ROUNDS / 2] / 1e6};
    }

    long number(String sql) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    void execute(String sql) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
