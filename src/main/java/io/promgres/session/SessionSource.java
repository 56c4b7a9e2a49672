package io.promgres.session;

import io.promgres.config.DatabaseUri;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Properties;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.postgresql.Driver;

/** Begins a session each time it is asked for a connection, with everything that the URI says. Thread-safe. */
public final class SessionSource implements DataSource {

    private final DatabaseUri uri;
    private final Properties properties;
    private final SessionSettings settings;
    private final SharedSessions shared = new SharedSessions();

    /** @param defaults of the driver, for what the URI leaves out */
    public SessionSource(DatabaseUri uri, Properties defaults, SessionSettings settings) {
        this.uri = uri;
        this.settings = settings;
        properties = new Properties();
        properties.setProperty("ApplicationName", "promgres");
        properties.putAll(defaults);
        properties.putAll(uri.properties());
    }

    /**
     * A new session.
     *
     * @throws SharedSessionException the session is not for one client alone
     */
    @Override
    public Connection getConnection() throws SQLException {
        Connection session = open();
        try {
            ServerVersion.refuseOld(session);
            shared.refuse(session, this::open);
            settings.applyTo(session);
            return session;
        } catch (SQLException | RuntimeException e) {
            session.close();
            throw e;
        }
    }

    private Connection open() throws SQLException {
        try {
            return new Driver().connect(uri.jdbcUrl(), OpenSslKeys.takenBy(properties));
        } catch (SQLException e) {
            throw HttpPort.named(e, uri.hosts());
        }
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        return getConnection();
    }

    @Override
    public PrintWriter getLogWriter() {
        return null;
    }

    @Override
    public void setLogWriter(PrintWriter out) {}

    @Override
    public void setLoginTimeout(int seconds) {}

    @Override
    public int getLoginTimeout() {
        return 0;
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        throw new SQLException("nothing to unwrap");
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return false;
    }
}
