package io.promgres.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.AnyServer;
import io.promgres.testing.Await;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.StubServer;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import io.promgres.testing.WriteBody;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A page of another origin in a real browser, beside a daemon on the loopback without authentication. */
@AnyServer
class OriginsInBrowserIT {

    private static final String PAGE = "<!doctype html><title>a page</title>";

    @Test
    void aPageOfAnotherOriginStoresNothing(@TempDir Path directory) throws Exception {
        try (TestDatabase database = TestDatabase.migrated();
                RunningDaemon daemon = RunningDaemon.on(database);
                StubServer other = new StubServer(visit -> visit.answer(200, "text/html", PAGE));
                Browser browser = Browser.start(directory)) {
            browser.open(other.url() + "/");
            byte[] body = WriteBody.of(TestSample.of("forged", System.currentTimeMillis(), 1));
            List<String> bytes = new ArrayList<>();
            for (byte one : body) {
                bytes.add(Integer.toString(one & 0xff));
            }
            browser.evaluate("fetch('" + daemon.sender().url() + "/api/v1/write', {method: 'POST', mode: 'no-cors',"
                    + " body: new Uint8Array([" + String.join(",", bytes) + "])})");

            Await.until(
                    "the browser's request is refused",
                    () -> daemon.sender()
                            .get("/metrics")
                            .body()
                            .contains("promgres_http_limit_refusals_total{limit=\"cross_origin\"} 1.0"));
            assertThat(daemon.rows("SELECT metric_name FROM prom_info.metric WHERE metric_name = 'forged'"))
                    .isEmpty();
        }
    }
}
