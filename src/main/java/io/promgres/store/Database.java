package io.promgres.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.MeterRegistry;
import io.promgres.config.DatabaseUri;
import io.promgres.session.SessionFailure;
import io.promgres.session.SessionSettings;
import io.promgres.session.SessionSource;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;
import javax.sql.DataSource;

/** The pool of connections to the database. Thread-safe. */
public final class Database implements AutoCloseable {

    private static final int CONNECT_SECONDS = 5;
    private static final int CHECK_SECONDS = 2;
    private static final String HOST_RECHECK_SECONDS = "2";

    // A peer that is gone without a word is given up before Prometheus gives up on us.
    private static final Duration WRITE_PATIENCE = Duration.ofSeconds(25);
    // Packing a large block or reading months takes its time.
    static final Duration BACKGROUND_PATIENCE = Duration.ofMinutes(30);

    // A session keeps in memory what it has looked up of every table that it has touched, for as long as it lasts.
    private static final Duration IDLE = Duration.ofMinutes(1);
    private static final Duration LIFETIME = Duration.ofMinutes(10);

    /** Connections that packing, projections, results, the status page and remote read take together, by default. */
    public static final int BACKGROUND_CONNECTIONS = 8;

    private static final String OBSTACLE = """
            SELECT CASE WHEN current_setting('transaction_read_only')::bool
                        THEN 'the database is read-only'
                        WHEN NOT has_table_privilege('prom_data.landing', 'INSERT')
                        THEN 'the role may not insert into prom_data.landing'
                        WHEN NOT has_database_privilege(current_database(), 'TEMPORARY')
                        THEN format('role %I may not make temporary tables: GRANT TEMPORARY ON DATABASE %I TO %1$I',
                                    current_user, current_database()) END""";

    /** Where tables are distributed, samples of a worker that is away cannot be written, and new series of none. */
    private static final String AWAY = """
            SELECT format('worker %s:%s cannot be reached', n.nodename, n.nodeport) FROM pg_dist_node n
            WHERE n.isactive AND n.groupid <> 0 AND NOT citus_check_connection_to_node(n.nodename, n.nodeport) LIMIT 1""";

    private final Buckets buckets = new Buckets();
    private final HikariDataSource pool;
    private final HikariDataSource background;

    /** As {@link #Database(DatabaseUri, int, int, Duration, MeterRegistry)}, with the standard patience, and 8 in the background. */
    public Database(DatabaseUri uri, int poolSize, MeterRegistry registry) {
        this(uri, poolSize, BACKGROUND_CONNECTIONS, WRITE_PATIENCE, registry);
    }

    /**
     * Does not connect yet.
     *
     * @param poolSize connections of the write path
     * @param backgroundSize most connections of the background, which are there while they are needed
     * @param writePatience how long the write path waits for an answer; seconds
     */
    public Database(DatabaseUri uri, int poolSize, int backgroundSize, Duration writePatience, MeterRegistry registry) {
        pool = pool(
                "database",
                new SessionSource(uri, driver(writePatience), SessionSettings.WRITE),
                poolSize,
                1,
                registry);
        background = pool(
                "background",
                new SessionSource(uri, driver(BACKGROUND_PATIENCE), SessionSettings.BACKGROUND),
                backgroundSize,
                0,
                registry);
    }

    static HikariDataSource pool(String name, SessionSource sessions, int size, int idle, MeterRegistry registry) {
        HikariConfig config = new HikariConfig();
        config.setPoolName(name);
        config.setDataSource(sessions);
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(idle);
        config.setConnectionTimeout(CONNECT_SECONDS * 1000L);
        config.setValidationTimeout(CHECK_SECONDS * 1000L);
        if (idle < size) {
            config.setIdleTimeout(IDLE.toMillis());
        }
        config.setMaxLifetime(LIFETIME.toMillis());
        config.setInitializationFailTimeout(-1);
        config.setExceptionOverrideClassName(ReadOnlyEviction.class.getName());
        config.setMetricRegistry(registry);
        return new Pool(config);
    }

    static Properties driver(Duration patience) {
        Properties properties = new Properties();
        properties.setProperty("connectTimeout", Integer.toString(CONNECT_SECONDS));
        properties.setProperty("socketTimeout", Long.toString(patience.toSeconds()));
        properties.setProperty("tcpKeepAlive", "true");
        // Which of several hosts is the primary is not remembered for long.
        properties.setProperty("hostRecheckSeconds", HOST_RECHECK_SECONDS);
        return properties;
    }

    /** A pool that says why it has no connection: the last attempt to make one knows. */
    private static final class Pool extends HikariDataSource {

        Pool(HikariConfig config) {
            super(config);
        }

        @Override
        public Connection getConnection() throws SQLException {
            try {
                return super.getConnection();
            } catch (SQLException e) {
                throw SessionFailure.named(e);
            }
        }
    }

    /** For the write path, and whatever else has to be short. */
    public DataSource pool() {
        return pool;
    }

    /** For what may take minutes: packing, projections, remote read. It takes no connection from the write path. */
    public DataSource background() {
        return background;
    }

    /** Has a connection of {@link #background} closed instead of given to another user, once its user closes it. */
    public void discard(Connection connection) {
        background.evictConnection(connection);
    }

    /**
     * Whether samples could be written now.
     *
     * @throws SQLException says why not
     */
    public void checkWritable() throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(CHECK_SECONDS);
            refuse(statement, OBSTACLE);
            if (buckets.used(connection)) {
                refuse(statement, AWAY);
            }
        }
    }

    private static void refuse(Statement statement, String obstacle) throws SQLException {
        try (ResultSet row = statement.executeQuery(obstacle)) {
            if (row.next() && row.getString(1) != null) {
                throw new SQLException(row.getString(1));
            }
        }
    }

    @Override
    public void close() {
        background.close();
        pool.close();
    }
}
