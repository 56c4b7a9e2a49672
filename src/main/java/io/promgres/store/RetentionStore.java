package io.promgres.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import javax.sql.DataSource;

/** How long samples are kept, by the configuration and by SQL. Thread-safe. */
public final class RetentionStore {

    private static final String ANNOUNCE = """
            SELECT _prom_catalog.set_setting('configured_retention_period', justify_hours(make_interval(secs => ?))::text)""";
    private static final String IN_FORCE = """
            SELECT prom_api.get_default_metric_retention_period()
                       || CASE WHEN _prom_catalog.get_setting('retention_period') IS NULL THEN '' ELSE ', as set by SQL' END
                       || coalesce((SELECT format(', for %s metrics as set for each', count(*)) FROM _prom_catalog.metric
                                    WHERE retention_period IS NOT NULL HAVING count(*) > 0), '')""";

    private final DataSource database;
    private final Duration configured;
    private volatile boolean announced;

    public RetentionStore(DataSource database, Duration configured) {
        this.database = database;
        this.configured = configured;
    }

    /**
     * Tells the database how long samples are kept where SQL has set nothing, the first time that it is called: to be called
     * before anything is deleted.
     *
     * @return the first time what is in force, in words
     */
    public Optional<String> announce() throws SQLException {
        if (announced) {
            return Optional.empty();
        }
        try (Connection connection = database.getConnection();
                PreparedStatement set = connection.prepareStatement(ANNOUNCE);
                PreparedStatement get = connection.prepareStatement(IN_FORCE)) {
            set.setDouble(1, configured.toMillis() / 1000.0);
            set.execute();
            try (ResultSet row = get.executeQuery()) {
                row.next();
                announced = true;
                return Optional.of(row.getString(1));
            }
        }
    }
}
