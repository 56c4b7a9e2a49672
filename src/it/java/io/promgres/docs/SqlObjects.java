package io.promgres.docs;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * What promgres has made in a database, as the system catalog has it, in a fixed order. What it makes anew for each metric,
 * and partitions, are left out.
 */
final class SqlObjects {

    private static final String OURS = "nspname NOT LIKE 'pg\\_%' AND nspname NOT IN ('information_schema', 'public')";
    private static final String PUBLIC = OURS + " AND nspname NOT LIKE '\\_%'";

    private static final String MADE_FOR_A_METRIC =
            "(n.nspname <> 'prom_info' AND c.relname IN (SELECT m.table_name FROM _prom_catalog.metric m))";

    /** What PostgreSQL has made along with something else: a column's sequence, a range's constructors, a partition. */
    private static final String MADE_ALONG = """
            EXISTS (SELECT FROM pg_depend along WHERE along.classid = %s AND along.objid = %s AND along.objsubid = 0
                    AND along.deptype IN ('a', 'i'))""";

    private final Connection connection;

    /** Sets the connection's search path, so that the names of types come with their schemas. */
    SqlObjects(Connection connection) throws SQLException {
        this.connection = connection;
        connection.setSchema("pg_catalog");
    }

    /**
     * A schema, or something in one.
     *
     * @param schema where it is
     * @param kind what PostgreSQL calls it: function, view, type, ...
     * @param signature how a user writes it
     * @param result the type that it gives, or is made of; empty if it has none
     * @param comment null if it has none
     */
    record SqlObject(String schema, String kind, String signature, String result, String comment) {}

    /** A column of a table or a view. */
    record Column(String name, String type, String comment) {}

    /** The schemas whose names do not begin with an underscore. */
    List<SqlObject> schemas() throws SQLException {
        return objects("""
                SELECT nspname, 'schema', nspname, '', obj_description(n.oid, 'pg_namespace')
                FROM pg_namespace n WHERE %s ORDER BY nspname COLLATE "C"
                """.formatted(PUBLIC));
    }

    /** Tables, views and sequences of a schema, those that belong to a column left out. */
    List<SqlObject> relations(String schema) throws SQLException {
        return objects("""
                SELECT n.nspname,
                       CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence'
                                      WHEN 'f' THEN 'foreign table' ELSE 'table' END,
                       format('%%I.%%I', n.nspname, c.relname), '', obj_description(c.oid, 'pg_class')
                FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname = ? AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND NOT %s AND NOT %s
                ORDER BY c.relname COLLATE "C"
                """.formatted(MADE_FOR_A_METRIC, madeAlong("pg_class", "c.oid")), schema);
    }

    /** Domains, enumerations, ranges and composite types of a schema. */
    List<SqlObject> types(String schema) throws SQLException {
        return objects("""
                SELECT n.nspname,
                       CASE t.typtype WHEN 'd' THEN 'domain' ELSE 'type' END,
                       format('%I.%I', n.nspname, t.typname),
                       CASE t.typtype
                           WHEN 'd' THEN format_type(t.typbasetype, t.typtypmod)
                           WHEN 'e' THEN (SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder)
                                          FROM pg_enum e WHERE e.enumtypid = t.oid)
                           WHEN 'r' THEN (SELECT 'range of ' || format_type(r.rngsubtype, NULL)
                                          FROM pg_range r WHERE r.rngtypid = t.oid)
                           WHEN 'c' THEN (SELECT format('(%s)', string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod),
                                                                           ', ' ORDER BY a.attnum))
                                          FROM pg_attribute a WHERE a.attrelid = t.typrelid AND NOT a.attisdropped)
                           ELSE '' END,
                       obj_description(t.oid, 'pg_type')
                FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
                LEFT JOIN pg_class c ON c.oid = t.typrelid
                WHERE n.nspname = ? AND (t.typtype IN ('d', 'e', 'r') OR t.typtype = 'c' AND c.relkind = 'c')
                ORDER BY t.typname COLLATE "C"
                """, schema);
    }

    /** Functions, procedures, aggregates and window functions of a schema. */
    List<SqlObject> routines(String schema) throws SQLException {
        return objects("""
                SELECT n.nspname,
                       CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate'
                                      WHEN 'w' THEN 'window function' ELSE 'function' END,
                       format('%%I.%%I(%%s)', n.nspname, p.proname, pg_get_function_arguments(p.oid)),
                       coalesce(pg_get_function_result(p.oid), ''),
                       obj_description(p.oid, 'pg_proc')
                FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
                WHERE n.nspname = ? AND NOT %s
                ORDER BY p.proname COLLATE "C", pg_get_function_identity_arguments(p.oid) COLLATE "C"
                """.formatted(madeAlong("pg_proc", "p.oid")), schema);
    }

    /** Operators of a schema. */
    List<SqlObject> operators(String schema) throws SQLException {
        return objects("""
                SELECT n.nspname, 'operator',
                       concat_ws(' ', format_type(nullif(o.oprleft, 0), NULL), o.oprname, format_type(o.oprright, NULL)),
                       format_type(o.oprresult, NULL),
                       obj_description(o.oid, 'pg_operator')
                FROM pg_operator o JOIN pg_namespace n ON n.oid = o.oprnamespace
                WHERE n.nspname = ?
                ORDER BY o.oprname COLLATE "C", format_type(nullif(o.oprleft, 0), NULL) COLLATE "C" NULLS FIRST,
                         format_type(o.oprright, NULL) COLLATE "C"
                """, schema);
    }

    /** Casts from and to the types of a schema. */
    List<SqlObject> casts(String schema) throws SQLException {
        return objects("""
                SELECT n.nspname, 'cast',
                       format('CAST (%%s AS %%s)', format_type(k.castsource, NULL), format_type(k.casttarget, NULL)),
                       CASE k.castcontext WHEN 'i' THEN 'implicit' WHEN 'a' THEN 'on assignment' ELSE 'explicit' END,
                       obj_description(k.oid, 'pg_cast')
                FROM pg_cast k
                JOIN pg_type s ON s.oid = k.castsource
                JOIN pg_type t ON t.oid = k.casttarget
                JOIN pg_namespace n ON n.oid IN (s.typnamespace, t.typnamespace)
                WHERE n.nspname = ? AND NOT %s
                ORDER BY format_type(k.castsource, NULL) COLLATE "C", format_type(k.casttarget, NULL) COLLATE "C"
                """.formatted(madeAlong("pg_cast", "k.oid")), schema);
    }

    /** @param name of a relation, with its schema, quoted where it needs it */
    List<Column> columns(String name) throws SQLException {
        List<Column> columns = new ArrayList<>();
        query("""
                SELECT a.attname, format_type(a.atttypid, a.atttypmod), col_description(a.attrelid, a.attnum)
                FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
                WHERE format('%I.%I', c.relnamespace::regnamespace::name, c.relname) = ?
                  AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND a.attnum > 0 AND NOT a.attisdropped
                ORDER BY a.attnum
                """, row -> columns.add(new Column(row.getString(1), row.getString(2), row.getString(3))), name);
        return columns;
    }

    /**
     * Everything that needs a comment and has none, of whatever kind PostgreSQL knows: schemas, all that is in them, and the
     * columns of public tables and views.
     */
    List<String> withoutComment() throws SQLException {
        List<String> missing = new ArrayList<>();
        query(
                """
                WITH ours AS (SELECT n.oid, nspname FROM pg_namespace n WHERE %1$s),
                things AS (
                    SELECT 'pg_namespace'::regclass AS class, o.oid, 0 AS part FROM ours o
                    UNION ALL
                    SELECT d.classid, d.objid, 0 FROM pg_depend d JOIN ours o ON o.oid = d.refobjid
                    WHERE d.refclassid = 'pg_namespace'::regclass AND d.deptype = 'n'
                    UNION ALL
                    SELECT 'pg_class'::regclass, a.attrelid, a.attnum
                    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN ours o ON o.oid = c.relnamespace
                    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND a.attnum > 0 AND NOT a.attisdropped AND %2$s
                    UNION ALL
                    SELECT 'pg_cast'::regclass, k.oid, 0
                    FROM pg_cast k JOIN pg_type s ON s.oid = k.castsource JOIN pg_type t ON t.oid = k.casttarget
                    WHERE EXISTS (SELECT FROM ours o WHERE o.oid IN (s.typnamespace, t.typnamespace))
                )
                SELECT i.type || ' ' || i.identity
                FROM things t
                CROSS JOIN LATERAL pg_identify_object(t.class, t.oid, t.part) i
                LEFT JOIN pg_class c ON t.class = 'pg_class'::regclass AND c.oid = t.oid
                LEFT JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE NOT coalesce(%3$s, false) AND NOT %4$s
                  -- Flyway's own.
                  AND NOT coalesce(c.relname = 'schema_history', false)
                  AND CASE WHEN t.part > 0 THEN col_description(t.oid, t.part)
                           ELSE obj_description(t.oid, t.class::text::name) END IS NULL
                ORDER BY 1
                """.formatted(OURS, PUBLIC, MADE_FOR_A_METRIC, MADE_ALONG.formatted("t.class", "t.oid")),
                row -> missing.add(row.getString(1)));
        return missing;
    }

    /** The kinds of things that are in public schemas, as PostgreSQL names them. */
    List<String> kinds() throws SQLException {
        List<String> kinds = new ArrayList<>();
        query("""
                SELECT DISTINCT i.type
                FROM pg_depend d JOIN pg_namespace n ON n.oid = d.refobjid,
                     LATERAL pg_identify_object(d.classid, d.objid, 0) i
                WHERE d.refclassid = 'pg_namespace'::regclass AND d.deptype = 'n' AND %s
                ORDER BY 1
                """.formatted(PUBLIC), row -> kinds.add(row.getString(1)));
        return kinds;
    }

    private static String madeAlong(String catalog, String oid) {
        return MADE_ALONG.formatted("'" + catalog + "'::regclass", oid);
    }

    private List<SqlObject> objects(String sql, String... arguments) throws SQLException {
        List<SqlObject> objects = new ArrayList<>();
        query(
                sql,
                row -> objects.add(new SqlObject(
                        row.getString(1), row.getString(2), row.getString(3), row.getString(4), row.getString(5))),
                arguments);
        return objects;
    }

    @FunctionalInterface
    private interface RowReader {
        void read(ResultSet row) throws SQLException;
    }

    private void query(String sql, RowReader reader, String... arguments) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < arguments.length; i++) {
                statement.setString(i + 1, arguments[i]);
            }
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    reader.read(rows);
                }
            }
        }
    }
}
