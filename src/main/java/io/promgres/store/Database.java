package io.promgres.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.MeterRegistry;
import io.promgres.config.DatabaseUri;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import javax.sql.DataSource;

/** The pool of connections to the database. Thread-safe. */
public final class Database implements AutoCloseable {

    private static final int CONNECT_SECONDS = 5;
    private static final int CHECK_SECONDS = 2;

    // A sample is acknowledged when it is on disk. Stronger settings of a site stay.
    private static final String SESSION = """
            SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off';
            SET jit = off;
            SET search_path = pg_catalog, pg_temp""";

    private final HikariDataSource pool;

    /** Does not connect yet. */
    public Database(DatabaseUri uri, int poolSize, MeterRegistry registry) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("database");
        config.setJdbcUrl(uri.jdbcUrl());
        config.setDataSourceProperties(properties(uri));
        config.setMaximumPoolSize(poolSize);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(CONNECT_SECONDS * 1000L);
        config.setValidationTimeout(CHECK_SECONDS * 1000L);
        config.setInitializationFailTimeout(-1);
        config.setConnectionInitSql(SESSION);
        config.setMetricRegistry(registry);
        pool = new HikariDataSource(config);
    }

    private static Properties properties(DatabaseUri uri) {
        Properties properties = new Properties();
        // A peer that is gone without a word is given up before Prometheus gives up on us.
        properties.setProperty("connectTimeout", Integer.toString(CONNECT_SECONDS));
        properties.setProperty("socketTimeout", "25");
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("ApplicationName", "promgres");
        properties.putAll(uri.properties());
        return properties;
    }

    public DataSource pool() {
        return pool;
    }

    /** Has a connection of the pool closed instead of given to somebody else, once its user closes it. */
    public void discard(Connection connection) {
        pool.evictConnection(connection);
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
            try (ResultSet row = statement.executeQuery("SELECT current_setting('transaction_read_only')::bool,"
                    + " has_table_privilege('prom_data.landing', 'INSERT')")) {
                row.next();
                if (row.getBoolean(1)) {
                    throw new SQLException("the database is read-only");
                }
                if (!row.getBoolean(2)) {
                    throw new SQLException("the role may not insert into prom_data.landing");
                }
            }
        }
    }

    @Override
    public void close() {
        pool.close();
    }
}
