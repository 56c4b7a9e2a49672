package io.promgres.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.AnyServer;
import io.promgres.testing.Sql;
import io.promgres.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a session begins with where the site has set something else, or nothing. */
@AnyServer
class SessionSettingsIT {

    private static final String PROPAGATION = "SELECT current_setting('citus.enable_ddl_propagation', true)";

    @ParameterizedTest
    @EnumSource(SessionSettings.class)
    void noSessionPropagatesWhatItMakesToWorkersOfCitus(SessionSettings settings) throws SQLException {
        try (TestDatabase database = TestDatabase.fresh()) {
            assertThat(first(database, settings, "synchronous_commit=on", PROPAGATION))
                    .as("plain server")
                    .isEmpty();
            assertThat(first(database, settings, "citus.enable_ddl_propagation=on", PROPAGATION))
                    .isEqualTo("off");
        }
    }

    @ParameterizedTest
    @EnumSource(SessionSettings.class)
    void commitsAreOnDiskAndStrongerSettingsOfASiteStay(SessionSettings settings) throws SQLException {
        String commit = "SHOW synchronous_commit";
        try (TestDatabase database = TestDatabase.fresh()) {
            assertThat(first(database, settings, "synchronous_commit=off", commit))
                    .isEqualTo("on");
            assertThat(first(database, settings, "synchronous_commit=remote_apply", commit))
                    .isEqualTo("remote_apply");
        }
    }

    private static String first(TestDatabase database, SessionSettings settings, String begins, String sql)
            throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("options", "-c " + begins);
        try (Connection session = new SessionSource(database.uri(), properties, settings).getConnection()) {
            return Sql.value(session, sql);
        }
    }
}
