package io.promgres.schema;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * What has to be so before the schema is made or used.
 *
 * @param role that is connected
 * @param database by its name, quoted as SQL has it, like the roles
 * @param schema whether promgres has made its schema there
 * @param owner of the schema; null without one
 * @param acts whether the role may act as that owner
 * @param creates whether the role may make schemas
 */
record Prerequisites(String role, String database, boolean schema, String owner, boolean acts, boolean creates) {

    private static final String LOOK = """
            SELECT quote_ident(current_user), quote_ident(current_database()), n.oid IS NOT NULL,
                   quote_ident(pg_get_userbyid(n.nspowner)), coalesce(pg_has_role(n.nspowner, 'USAGE'), false),
                   has_database_privilege(current_database(), 'CREATE')
            FROM (VALUES (1)) AS one
            LEFT JOIN pg_namespace AS n ON n.nspname = '_prom_catalog'
                AND EXISTS (SELECT FROM pg_class AS c WHERE c.relnamespace = n.oid AND c.relname = 'schema_history')""";

    static Prerequisites of(Connection session) throws SQLException {
        try (Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery(LOOK)) {
            row.next();
            return new Prerequisites(
                    row.getString(1),
                    row.getString(2),
                    row.getBoolean(3),
                    row.getString(4),
                    row.getBoolean(5),
                    row.getBoolean(6));
        }
    }

    /** @throws SchemaException the schema is not there, or cannot be made or brought up to date by this role */
    void check(boolean migrate) {
        if (!migrate && !schema) {
            throw new SchemaException("database " + database + " has no schema of promgres: run promgres migrate as its"
                    + " owner, or start without --no-migrate");
        }
        if (migrate && schema && !acts) {
            throw new SchemaException("the schema of promgres in database " + database + " belongs to role " + owner
                    + ", and role " + role + " may not migrate it (permission denied): connect as " + owner
                    + ", or start with --no-migrate");
        }
        if (migrate && !schema && !creates) {
            throw new SchemaException("role " + role + " may not make schemas in database " + database
                    + " (permission denied): ALTER DATABASE " + database + " OWNER TO " + role);
        }
    }
}
