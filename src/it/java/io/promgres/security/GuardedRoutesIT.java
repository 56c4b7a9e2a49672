package io.promgres.security;

import static io.promgres.testing.Credentials.user;
import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.AnyServer;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every route of the whole daemon, asked by a stranger when there are users. */
@AnyServer
class GuardedRoutesIT {

    @TempDir
    private static Path directory;

    private static TestDatabase database;
    private static RunningDaemon daemon;

    @BeforeAll
    static void start() throws Exception {
        Path web =
                Files.writeString(directory.resolve("web.yml"), "basic_auth_users:\n" + user("prometheus", "secret"));
        database = TestDatabase.migrated();
        daemon = RunningDaemon.on(database, "web.config-file", web.toString(), "web.enable-lifecycle", "true");
    }

    @AfterAll
    static void stop() throws Exception {
        daemon.close();
        database.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/v1/write", "/write", "/api/v1/read", "/read", "/perf-test/job", "/-/reload"})
    void whatIsPostedNeedsCredentials(String path) throws Exception {
        assertThat(daemon.sender().postJson(path, "{}").statusCode()).isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/", "/web/page.js", "/api/v1/status/", "/perf-test/", "/metrics", "/api/v1/series", "/-/reload"
            })
    void nothingIsShownToAStranger(String path) throws Exception {
        assertThat(daemon.sender().get(path).statusCode()).isIn(401, 404, 405);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/-/healthy", "/-/ready"})
    void probesAreAnswered(String path) throws Exception {
        assertThat(daemon.sender().get(path).statusCode()).isEqualTo(200);
    }

    @Test
    void nothingOfAStrangerIsStored() throws Exception {
        assertThat(daemon.send(TestSample.of("stranger", System.currentTimeMillis(), 1))
                        .statusCode())
                .isEqualTo(401);
        assertThat(daemon.value("SELECT count(*) FROM _prom_catalog.metric WHERE metric_name = 'stranger'"))
                .isEqualTo("0");
    }
}
