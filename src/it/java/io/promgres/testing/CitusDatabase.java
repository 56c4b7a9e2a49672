package io.promgres.testing;

import io.promgres.config.DatabaseUri;
import io.promgres.config.HostPort;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * A database of its own on a coordinator of Citus and its workers, empty but for the extension. The coordinator is that of the
 * system property {@code test.citus}, which Maven takes from the environment variable {@code PROMGRES_CITUS}: the URI, with a
 * superuser, of a database in which workers are registered.
 */
public final class CitusDatabase implements AutoCloseable {

    /** The system property that names a coordinator. */
    public static final String PROPERTY = "test.citus";

    private static final String WORKERS =
            "SELECT nodename || ':' || nodeport FROM pg_dist_node WHERE groupid <> 0 AND isactive ORDER BY 1";

    private final DatabaseUri coordinator = DatabaseUri.parse(System.getProperty(PROPERTY));
    private final String name = "citus_test_" + UUID.randomUUID().toString().replace("-", "");
    private final List<HostPort> nodes = new ArrayList<>(coordinator.hosts());

    public CitusDatabase() throws SQLException {
        for (String worker : valuesOn(coordinator, WORKERS)) {
            int colon = worker.lastIndexOf(':');
            nodes.add(new HostPort(worker.substring(0, colon), Integer.parseInt(worker.substring(colon + 1))));
        }
        for (HostPort node : nodes) {
            execute(at(node, coordinator.database()), "CREATE DATABASE " + name);
            execute(at(node, name), "CREATE EXTENSION citus");
        }
        HostPort first = nodes.get(0);
        execute(uri(), "SELECT citus_set_coordinator_host('" + first.host() + "', " + first.port() + ")");
    }

    /** How to connect to the coordinator. */
    public DatabaseUri uri() {
        return at(nodes.get(0), name);
    }

    /** How to connect to each worker. */
    public List<DatabaseUri> workers() {
        return nodes.stream().skip(1).map(node -> at(node, name)).toList();
    }

    /** Registers every worker, as an operator does whose session has the database's search_path. */
    public void addWorkers() throws SQLException {
        for (HostPort worker : nodes.subList(1, nodes.size())) {
            execute(uri(), "SELECT citus_add_node('" + worker.host() + "', " + worker.port() + ")");
        }
    }

    /** The first column of a query. */
    public static List<String> valuesOn(DatabaseUri database, String sql) throws SQLException {
        try (Connection connection = TestDatabase.connect(database)) {
            return Sql.rows(connection, sql);
        }
    }

    private DatabaseUri at(HostPort node, String database) {
        return new DatabaseUri(
                List.of(node), database, coordinator.user(), coordinator.password(), coordinator.parameters());
    }

    private static void execute(DatabaseUri database, String sql) throws SQLException {
        try (Connection connection = TestDatabase.connect(database)) {
            Sql.execute(connection, sql);
        }
    }

    /** Has the first worker refuse whatever wants to connect to this database, as if it were away; or lets it in again. */
    public void setAway(boolean away) throws SQLException {
        DatabaseUri worker = at(nodes.get(1), coordinator.database());
        execute(worker, "ALTER DATABASE " + name + " ALLOW_CONNECTIONS " + !away);
        if (away) {
            execute(worker, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + name + "'");
        }
    }

    /** Drops it on all nodes, with what is connected. */
    @Override
    public void close() throws SQLException {
        for (HostPort node : nodes) {
            execute(at(node, coordinator.database()), "DROP DATABASE " + name + " WITH (FORCE)");
        }
    }
}
