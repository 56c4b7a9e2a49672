package io.promgres.cluster;

import io.promgres.testing.OwnServer;
import io.promgres.testing.Sql;
import io.promgres.testing.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The SQL of a distributed store on a plain server, on which what distributes a table does nothing. */
class DistributedLayoutIT {

    /** What the scripts ask of Citus. */
    private static final String[] NOTHING_DISTRIBUTED = {
        "SET allow_system_table_mods = on",
        """
        CREATE TABLE pg_catalog.pg_dist_node AS
        SELECT * FROM (VALUES (1, 0, 'coordinator', 5432, true, false), (2, 1, 'worker', 5432, true, true))
            v(nodeid, groupid, nodename, nodeport, isactive, shouldhaveshards)""",
        "GRANT SELECT ON pg_catalog.pg_dist_node TO PUBLIC",
        "CREATE FUNCTION pg_catalog.create_reference_table(regclass) RETURNS void LANGUAGE sql AS 'SELECT'",
        """
        CREATE FUNCTION pg_catalog.create_distributed_table(regclass, text, colocate_with text DEFAULT '') RETURNS void
            LANGUAGE sql AS 'SELECT'""",
        """
        CREATE FUNCTION pg_catalog.citus_check_connection_to_node(text, int) RETURNS boolean LANGUAGE sql AS 'SELECT true'""",
        "CREATE FUNCTION pg_catalog.citus_relation_size(regclass) RETURNS bigint LANGUAGE sql AS 'SELECT pg_relation_size($1)'",
        """
        CREATE FUNCTION pg_catalog.run_command_on_all_nodes(text, OUT nodeid int, OUT success boolean, OUT result text)
            RETURNS SETOF record LANGUAGE sql AS $$ SELECT 1, true, '' $$"""
    };

    @TempDir
    private Path directory;

    @Test
    void whatIsStoredAskedAndRemovedIsThatOfAPlainDatabase() throws Exception {
        try (OwnServer server = new OwnServer(directory, Map.of())) {
            try (Connection superuser = TestDatabase.connect(server.superuser())) {
                for (String sql : NOTHING_DISTRIBUTED) {
                    Sql.execute(superuser, sql);
                }
            }
            DistributedScenario.run(server.uri());
        }
    }
}
