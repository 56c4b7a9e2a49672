package io.promgres.backup;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What there is in a database of promgres, by its catalog. */
final class Contents {

    // Flyway's schemas, as they are called in resources/db; the history is that of the migrations.
    private static final String SCHEMAS =
            "'_prom_catalog', 'prom_data', '_prom_rollup', '_energy', 'energy', '_metric_data', 'metric_data'";

    private static final String COLUMNS = """
            (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM pg_attribute AS a
             WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '')""";

    /** Tables that others refer to come first: a table's depth is the longest way along foreign keys. */
    private static final String TABLES = """
            WITH RECURSIVE own AS (
                SELECT c.oid, n.nspname, c.relname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
                WHERE n.nspname IN (%s) AND c.relkind IN ('r', 'p') AND NOT c.relispartition
                  AND (n.nspname, c.relname) <> ('_prom_catalog', 'schema_history')
            ), depth AS (
                SELECT o.oid, 0 AS level FROM own AS o
                UNION
                SELECT f.conrelid, d.level + 1 FROM depth AS d
                JOIN pg_constraint AS f ON f.contype = 'f' AND f.confrelid = d.oid AND f.conrelid <> d.oid
            )
            SELECT format('%%I.%%I', o.nspname, o.relname), %s
            FROM own AS o JOIN pg_class AS c ON c.oid = o.oid
            ORDER BY (SELECT max(d.level) FROM depth AS d WHERE d.oid = o.oid), o.nspname, o.relname""".formatted(SCHEMAS, COLUMNS);

    private static final String SEQUENCES = """
            SELECT format('%%I.%%I', schemaname, sequencename), last_value FROM pg_sequences
            WHERE schemaname IN (%s) AND last_value IS NOT NULL""".formatted(SCHEMAS);

    private static final String SCHEMA = """
            SELECT string_agg(version || ':' || checksum, ',' ORDER BY version)
            FROM _prom_catalog.schema_history WHERE version IS NOT NULL AND success""";

    private Contents() {}

    /** The tables that the migrations make, in an order in which they can be filled. */
    static List<StoredTable> tables(Connection session) throws SQLException {
        List<StoredTable> tables = new ArrayList<>();
        try (Statement statement = session.createStatement()) {
            try (ResultSet rows = statement.executeQuery(TABLES)) {
                while (rows.next()) {
                    tables.add(new StoredTable(entry(tables), rows.getString(1), rows.getString(2), 0));
                }
            }
        }
        return tables;
    }

    private static String entry(List<StoredTable> before) {
        return "table-" + (before.size() + 1);
    }

    static Map<String, Long> sequences(Connection session) throws SQLException {
        Map<String, Long> sequences = new LinkedHashMap<>();
        try (Statement statement = session.createStatement();
                ResultSet rows = statement.executeQuery(SEQUENCES)) {
            while (rows.next()) {
                sequences.put(rows.getString(1), rows.getLong(2));
            }
        }
        return sequences;
    }

    /** Versions and checksums of the migrations that have made the tables. */
    static String schema(Connection session) throws SQLException {
        return value(session, SCHEMA);
    }

    /** The only value of a query, as text. */
    static String value(Connection session, String sql) throws SQLException {
        try (Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }
}
