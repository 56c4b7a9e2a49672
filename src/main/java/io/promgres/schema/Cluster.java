package io.promgres.schema;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * The workers of a coordinator of Citus that the store is distributed over.
 *
 * @param shards how many shards a distributed table is made with
 */
public record Cluster(int shards) {

    /** For some workers of some processors each; every query that names no bucket asks all of them. */
    public static final int SHARDS = 16;

    private static final String STORED = "SELECT value FROM _prom_catalog.setting WHERE key = 'cluster'";

    private static final String OPERATORS = "R__042_operators.sql";

    private static final String ON_EACH_NODE = "SELECT n.nodename || ':' || n.nodeport || ': ' || r.result"
            + " FROM run_command_on_all_nodes(?) r JOIN pg_dist_node n ON n.nodeid = r.nodeid WHERE NOT r.success";

    /** A worker makes what it is told to make, and tells no other node. */
    private static final String LOCALLY =
            "DO $node$ BEGIN PERFORM set_config('citus.enable_ddl_propagation', 'off', true);"
                    + " EXECUTE $command$%s$command$; END $node$";

    /** Functions of ours that read tables of each node are called within a shard's part of a query. */
    private static final String NESTED =
            "DO $do$ BEGIN EXECUTE format('ALTER DATABASE %I SET citus.allow_nested_distributed_execution = on',"
                    + " current_database()); END $do$";

    /** As a database is distributed; null if it is not. */
    static Cluster of(Connection session) throws SQLException {
        try (Statement statement = session.createStatement()) {
            try (ResultSet row = statement.executeQuery("SELECT to_regclass('_prom_catalog.setting') IS NOT NULL")) {
                row.next();
                if (!row.getBoolean(1)) {
                    return null;
                }
            }
            try (ResultSet row = statement.executeQuery(STORED)) {
                return row.next() ? new Cluster(SHARDS) : null;
            }
        }
    }

    /** Whether the tables of a database are distributed. */
    public static boolean isDistributed(Connection session) throws SQLException {
        return of(session) != null;
    }

    /** What each session of a migration begins with: what is made is made on all nodes. */
    String sessionSql() {
        return "SET client_min_messages = error; SET citus.enable_ddl_propagation = on; SET citus.shard_count = "
                + shards + "; SET citus.multi_shard_modify_mode = 'sequential'";
    }

    /** @throws SchemaException says why the database cannot be distributed */
    void check(Connection session) throws SQLException {
        if (!value(session, "SELECT to_regproc('pg_catalog.create_distributed_table') IS NOT NULL")) {
            throw new SchemaException(
                    "the database has no Citus: CREATE EXTENSION citus on the coordinator and on each worker, and"
                            + " register the workers by citus_add_node(), or migrate without --cluster");
        }
        if (value(session, "SELECT to_regclass('_prom_catalog.schema_history') IS NOT NULL")) {
            throw new SchemaException(
                    "the database has the schema of promgres for one server: a cluster begins with an empty"
                            + " database; promgres export and import bring the samples over");
        }
        if (!value(
                session,
                "SELECT EXISTS (SELECT 1 FROM pg_dist_node WHERE groupid <> 0 AND isactive AND shouldhaveshards)")) {
            throw new SchemaException(
                    "the coordinator has no worker: SELECT citus_add_node('host', 5432) for each, then migrate");
        }
        if (!value(session, "SELECT EXISTS (SELECT 1 FROM pg_dist_node WHERE groupid = 0)")) {
            throw new SchemaException(
                    "the workers do not know the coordinator: SELECT citus_set_coordinator_host('host', 5432), then migrate");
        }
    }

    /** Gives each node what Citus does not propagate: operators, and settings of the database. */
    void bringNodesUpToDate(Connection session) throws SQLException {
        List<String> failures = new ArrayList<>();
        for (String command : List.of(operators(), NESTED)) {
            try (PreparedStatement call = session.prepareStatement(ON_EACH_NODE)) {
                call.setString(1, LOCALLY.formatted(command));
                try (ResultSet rows = call.executeQuery()) {
                    while (rows.next()) {
                        failures.add(rows.getString(1));
                    }
                }
            }
        }
        if (!failures.isEmpty()) {
            throw new SchemaException("not every node could be brought up to date: " + String.join("; ", failures));
        }
    }

    private static String operators() {
        try {
            return SchemaScripts.all().entrySet().stream()
                    .filter(script -> script.getKey().endsWith(OPERATORS))
                    .map(script -> new String(script.getValue(), StandardCharsets.UTF_8))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean value(Connection session, String sql) throws SQLException {
        try (Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getBoolean(1);
        }
    }
}
