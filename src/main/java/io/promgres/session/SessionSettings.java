package io.promgres.session;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The settings that the statements of promgres depend on. A role, a database or a server may have others, which every
 * session begins with: so each session sets its own. What only makes statements slower or faster stays as the site has it,
 * and so does {@code default_transaction_read_only}, by which a site says that nothing is to be written.
 */
public enum SessionSettings {
    /**
     * For statements that are over in seconds. Other daemons wait for what a suspended one holds within a transaction:
     * they get it before their senders' requests time out ({@code ingest.request-timeout}, 25 s).
     */
    WRITE("20s", "5min"),
    /** For what may take minutes. */
    BACKGROUND("5min", "0"),
    /** For migrations, which take as long as they take. */
    MIGRATION("0", "0");

    // How statements are read, what they see, and what values look like. A sample is acknowledged when it is on disk;
    // stronger settings of a site stay. Only a superuser may turn off triggers, and only one may turn them on again.
    // On a coordinator of Citus, what promgres makes is for the coordinator alone: the views of a new metric take 27
    // times as long where they are propagated to the workers.
    private static final String ALL = """
            SET statement_timeout = 0;
            SET lock_timeout = 0;
            SET idle_session_timeout = 0;
            SELECT set_config(name, needed, false)
            FROM (VALUES ('synchronous_commit', 'off', 'on'),
                         ('session_replication_role', 'replica', 'origin'),
                         ('session_replication_role', 'local', 'origin'),
                         ('citus.enable_ddl_propagation', 'on', 'off')) AS s(name, harmful, needed)
            WHERE current_setting(name, true) = harmful;
            SET search_path = pg_catalog, pg_temp;
            SET default_transaction_isolation = 'read committed';
            SET default_transaction_deferrable = off;
            SET row_security = on;
            SET standard_conforming_strings = on;
            SET array_nulls = on;
            SET transform_null_equals = off;
            SET quote_all_identifiers = off;
            SET gin_fuzzy_search_limit = 0;
            SET plpgsql.extra_errors = 'none';
            SET default_table_access_method = 'heap';
            SET DateStyle = 'ISO, MDY';
            SET IntervalStyle = 'postgres';
            SET TimeZone = 'UTC';
            SET extra_float_digits = 1;
            SET bytea_output = 'hex';
            SET jit = off""";

    private final String sql;

    /**
     * @param idleInTransaction how long a transaction may wait for its client; 0 is without end
     * @param transaction the longest transaction, which servers since PostgreSQL 17 can end; 0 is without end
     */
    SessionSettings(String idleInTransaction, String transaction) {
        sql = """
                SELECT set_config('transaction_timeout', '%s', false)
                WHERE current_setting('transaction_timeout', true) IS NOT NULL;
                SET idle_in_transaction_session_timeout = '%s';
                """.formatted(transaction, idleInTransaction) + ALL;
    }

    void applyTo(Connection session) throws SQLException {
        try (Statement statement = session.createStatement()) {
            statement.execute(sql);
        }
    }
}
