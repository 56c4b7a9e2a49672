package io.promgres.store;

import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.MeterRegistry;
import io.promgres.config.DatabaseUri;
import io.promgres.session.SessionSettings;
import io.promgres.session.SessionSource;
import java.sql.Connection;
import javax.sql.DataSource;

/** Connections to a further database that is read and not written. Thread-safe. */
public final class ReadPool implements AutoCloseable {

    private final HikariDataSource pool;

    /**
     * Does not connect yet.
     *
     * @param name of the pool, in metrics
     * @param size the maximum number of connections, which are there while they are needed
     */
    public ReadPool(String name, DatabaseUri uri, int size, MeterRegistry registry) {
        SessionSource sessions =
                new SessionSource(uri, Database.driver(Database.BACKGROUND_PATIENCE), SessionSettings.BACKGROUND);
        pool = Database.pool(name, sessions, size, 0, registry);
    }

    public DataSource connections() {
        return pool;
    }

    /** Has a connection closed instead of given to another user, once its user closes it. */
    public void discard(Connection connection) {
        pool.evictConnection(connection);
    }

    @Override
    public void close() {
        pool.close();
    }
}
