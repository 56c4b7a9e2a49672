package io.promgres.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.embedded.EmbeddedPostgres;
import io.promgres.testing.AnyServer;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the page shows while the database is away, and when it is back. */
@AnyServer
class DatabaseAwayIT {

    private static final String NOTICE = "document.getElementById('metrics-notice')";

    @TempDir
    private Path directory;

    private EmbeddedPostgres server(int port) {
        return EmbeddedPostgres.start(new EmbeddedPostgres.Options(
                directory.resolve("data"), port, TestDatabase.archive(), Optional.empty(), Map.of()));
    }

    @Test
    void thePageSaysThatTheDatabaseIsAwayAndRecovers() throws Exception {
        // PostgreSQL 15 cannot run where its user cannot get to.
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (Browser browser = Browser.start(directory)) {
            EmbeddedPostgres server = server(0);
            int port = server.uri().hosts().get(0).port();
            // Its connection to look at things ends with the first server.
            RunningDaemon daemon = RunningDaemon.on(server.uri());
            try {
                daemon.send(TestSample.of("some_metric", System.currentTimeMillis(), 1));
                server.close();

                HttpResponse<String> answer = daemon.sender().get("/api/v1/status/labels");
                assertThat(answer.statusCode()).isEqualTo(503);
                assertThat(answer.headers().firstValue("Retry-After")).isPresent();
                assertThat(answer.body()).startsWith("{\"error\":\"the database does not answer: ");

                browser.open(daemon.sender().url() + "/");
                browser.await("!" + NOTICE + ".hidden && document.querySelector('#charts b') !== null");
                assertThat(browser.text(NOTICE + ".textContent"))
                        .startsWith("The metrics cannot be shown: the database does not answer");
                assertThat(browser.text("document.getElementById('state').textContent"))
                        .startsWith("Version ");

                server = server(port);
                browser.await("document.dispatchEvent(new Event('visibilitychange')) && " + NOTICE + ".hidden");
                browser.await("document.querySelector('#metrics-table tbody th')?.textContent === 'some_metric'");
            } finally {
                daemon.close();
                server.close();
            }
        }
    }
}
