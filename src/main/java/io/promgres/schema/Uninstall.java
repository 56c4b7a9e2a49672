package io.promgres.schema;

import io.promgres.config.DatabaseUri;
import io.promgres.session.NextStep;
import io.promgres.session.SessionSettings;
import io.promgres.session.SessionSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/** Takes everything that promgres has made out of a database which others use as well. */
public final class Uninstall {

    /** What the migrations make. */
    static final List<String> SCHEMAS = List.of(
            "_prom_catalog",
            "_prom_landing",
            "prom_data",
            "_prom_rollup",
            "prom_metric",
            "prom_series",
            "prom_info",
            "prom_api",
            "prom_latest",
            "prom_exemplar",
            "prom_histogram",
            "prom_text",
            "prom_text_latest",
            "prom_text_histogram",
            "ps_tag",
            "_ps_catalog",
            "energy",
            "_energy",
            "metric_data",
            "_metric_data");

    /** Those that include others first. */
    private static final List<String> ROLES =
            List.of("prom_admin", "prom_maintenance", "prom_modifier", "prom_writer", "prom_reader");

    // Those of rollups have the names of their resolutions.
    private static final String PRESENT =
            "SELECT nspname FROM pg_namespace WHERE nspname = ANY (?) OR nspname LIKE 'prom\\_rollup\\_%' ORDER BY nspname";
    private static final String DAEMONS = """
            SELECT pid FROM pg_stat_activity
            WHERE application_name = 'promgres' AND datname = current_database() AND pid <> pg_backend_pid()
              AND cardinality(?) > 0""";
    private static final String OWN = """
            SELECT format('schema %I: %s tables and views, %s', n.nspname, count(c.oid),
                          pg_size_pretty(coalesce(sum(pg_total_relation_size(c.oid)) FILTER (WHERE c.relkind = 'r'), 0)))
            FROM pg_namespace AS n LEFT JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relkind IN ('r', 'p', 'v')
            WHERE n.nspname = ANY (?) GROUP BY n.nspname ORDER BY n.nspname""";
    private static final String PRESENT_ROLES =
            "SELECT rolname FROM pg_roles WHERE rolname = ANY (?) ORDER BY array_position(?, rolname::text)";

    /** Relations and functions that stand elsewhere and use something here, and relations of other roles that stand here. */
    private static final String FOREIGN = """
            WITH ours AS (SELECT oid, nspowner FROM pg_namespace WHERE nspname = ANY (?)),
            object AS (
                SELECT 'pg_class'::regclass AS classid, oid FROM pg_class WHERE relnamespace IN (SELECT oid FROM ours)
                UNION ALL SELECT 'pg_proc'::regclass, oid FROM pg_proc WHERE pronamespace IN (SELECT oid FROM ours)
                UNION ALL SELECT 'pg_operator'::regclass, oid FROM pg_operator WHERE oprnamespace IN (SELECT oid FROM ours)
                UNION ALL SELECT 'pg_type'::regclass, oid FROM pg_type WHERE typnamespace IN (SELECT oid FROM ours)
            ), dependent AS (
                SELECT d.classid, d.objid,
                       coalesce(r.ev_class, t.tgrelid, a.adrelid, nullif(f.conrelid, 0), p.polrelid,
                                CASE WHEN d.classid = 'pg_class'::regclass THEN d.objid END) AS relation,
                       CASE WHEN d.classid = 'pg_proc'::regclass THEN d.objid END AS function
                FROM object AS o JOIN pg_depend AS d ON d.refclassid = o.classid AND d.refobjid = o.oid
                LEFT JOIN pg_rewrite AS r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
                LEFT JOIN pg_trigger AS t ON d.classid = 'pg_trigger'::regclass AND t.oid = d.objid
                LEFT JOIN pg_attrdef AS a ON d.classid = 'pg_attrdef'::regclass AND a.oid = d.objid
                LEFT JOIN pg_constraint AS f ON d.classid = 'pg_constraint'::regclass AND f.oid = d.objid
                LEFT JOIN pg_policy AS p ON d.classid = 'pg_policy'::regclass AND p.oid = d.objid
                WHERE d.deptype IN ('n', 'a')
            )
            SELECT DISTINCT pg_describe_object('pg_class'::regclass, c.oid, 0)
            FROM dependent AS d JOIN pg_class AS c ON c.oid = d.relation
            WHERE c.relnamespace NOT IN (SELECT oid FROM ours) AND c.relnamespace <> 'pg_toast'::regnamespace
            UNION
            SELECT pg_describe_object('pg_proc'::regclass, f.oid, 0)
            FROM dependent AS d JOIN pg_proc AS f ON f.oid = d.function
            WHERE f.pronamespace NOT IN (SELECT oid FROM ours) AND f.pronamespace <> pg_my_temp_schema()
            UNION
            SELECT format('%s of role %I', pg_describe_object('pg_class'::regclass, c.oid, 0), pg_get_userbyid(c.relowner))
            FROM pg_class AS c JOIN ours AS o ON o.oid = c.relnamespace AND o.nspowner <> c.relowner
            WHERE c.relkind NOT IN ('i', 'I', 't')
            ORDER BY 1""";

    private final DatabaseUri database;
    private final SessionSource sessions;

    public Uninstall(DatabaseUri database) {
        this.database = database;
        this.sessions = new SessionSource(database, new Properties(), SessionSettings.MIGRATION);
    }

    /**
     * What is there.
     *
     * @param own schemas of promgres, with their sizes
     * @param roles of promgres, which belong to the whole server
     * @param foreign objects of others that would go with it
     * @param sessions of daemons, by the process of the server
     */
    public record Plan(List<String> own, List<String> roles, List<String> foreign, List<String> sessions) {}

    /** @throws SchemaException there is nothing of promgres in the database, or it cannot be looked at */
    public Plan plan() {
        try (Connection session = sessions.getConnection()) {
            List<String> present = rows(session, PRESENT, SCHEMAS);
            if (!present.contains(SCHEMAS.get(0))) {
                throw new SchemaException("there is nothing of promgres in " + database);
            }
            return new Plan(
                    rows(session, OWN, present),
                    rows(session, PRESENT_ROLES, ROLES),
                    rows(session, FOREIGN, present),
                    rows(session, DAEMONS, present));
        } catch (SQLException e) {
            throw new SchemaException(NextStep.after(e, database), e);
        }
    }

    /**
     * Removes everything of the plan. What fails leaves a part of it, and may be run again.
     *
     * @return what stays, and why
     * @throws SchemaException says why not
     */
    public List<String> run() {
        try (Connection session = sessions.getConnection();
                Statement statement = session.createStatement()) {
            statement.execute(functions());
            List<String> present = rows(session, PRESENT, SCHEMAS);
            dropAll(session, present, "'v', 'VIEW'");
            // A partition goes like any other table; what it is a partition of comes last, as the newest come first.
            dropAll(session, present, "'r', 'TABLE'");
            rows(session, "SELECT pg_temp.drop_rest(?)", present);
            List<String> stays = new ArrayList<>();
            for (String role : rows(session, PRESENT_ROLES, ROLES)) {
                rows(session, "SELECT pg_temp.drop_role((?)[1]::name)", List.of(role)).stream()
                        .filter(said -> said != null)
                        .forEach(stays::add);
            }
            return stays;
        } catch (SQLException e) {
            throw new SchemaException(NextStep.after(e, database), e);
        }
    }

    private static void dropAll(Connection session, List<String> schemas, String kind) throws SQLException {
        String some = "SELECT pg_temp.drop_some(?, " + kind + ")";
        while (!rows(session, some, schemas).equals(List.of("0"))) {
            // The next ones, in a transaction of their own.
        }
    }

    private static List<String> rows(Connection session, String sql, List<String> names) throws SQLException {
        try (PreparedStatement statement = session.prepareStatement(sql)) {
            for (int i = 1; i <= sql.chars().filter(c -> c == '?').count(); i++) {
                statement.setArray(i, session.createArrayOf("text", names.toArray()));
            }
            List<String> rows = new ArrayList<>();
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    rows.add(result.getMetaData().getColumnCount() == 0 ? "" : result.getString(1));
                }
            }
            return rows;
        }
    }

    private static String functions() {
        try (InputStream file = Uninstall.class.getResourceAsStream("/db/uninstall.sql")) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new SchemaException("the jar is damaged: " + e.getMessage(), e);
        }
    }
}
