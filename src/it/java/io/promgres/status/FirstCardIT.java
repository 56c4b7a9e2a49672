package io.promgres.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.AnyServer;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.TestSample;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page of a daemon that has stored nothing yet, until its first samples come. */
@AnyServer
class FirstCardIT {

    private static final String WAITING = "document.querySelector('#first .waiting').textContent";

    @TempDir
    private static Path directory;

    @Test
    void itSaysWhatToPasteThenWhatWasRefusedThenThatSamplesHaveCome() throws Exception {
        try (StatusSite site = StatusSite.start(directory)) {
            Browser browser = site.browser();
            browser.resize(1280, 900, false);
            browser.open(site.daemon().url() + "/");
            browser.await("!document.getElementById('first').hidden && " + WAITING
                    + ".startsWith('Waiting for the first write. Prometheus sends')");
            assertThat(browser.text("document.querySelector('#first pre').textContent"))
                    .isEqualTo("remote_write:\n  - url: " + site.daemon().url() + "/api/v1/write");
            assertThat(browser.text("String(document.getElementById('refused').hidden)"))
                    .isEqualTo("true");

            postToWrongPath(site.daemon());
            browser.await(WAITING + ".startsWith('Waiting for the first write. 1 refused so far')");
            assertThat(browser.text("document.querySelector('#refusals-table tbody').innerText"))
                    .contains("127.0.0.1", "POST /api/v1/wrote", "404", "there is nothing at /api/v1/wrote")
                    .contains("Remote write is taken at /api/v1/write, not at POST /api/v1/wrote.");
            site.screenshot("first");

            site.daemon().send(TestSample.of("first_metric", System.currentTimeMillis(), 1));
            browser.await(WAITING + ".startsWith('Samples come in: the first write came ') && " + WAITING
                    + ".includes(' ago, from 127.0.0.1.')");
            browser.await("document.querySelector('#metrics-table tbody th')?.textContent === 'first_metric'");
            assertThat(browser.text("String(document.getElementById('first').hidden)"))
                    .isEqualTo("false");

            browser.open("about:blank");
            browser.open(site.daemon().url() + "/");
            browser.await("document.querySelectorAll('#metrics-table tbody tr').length > 0");
            assertThat(browser.text("String(document.getElementById('first').hidden)"))
                    .as("the card of a daemon that has samples is hidden")
                    .isEqualTo("true");
        }
    }

    private static void postToWrongPath(RunningDaemon daemon) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(daemon.url() + "/api/v1/wrote"))
                .POST(BodyPublishers.ofString("x"))
                .build();
        assertThat(HttpClient.newHttpClient()
                        .send(request, BodyHandlers.discarding())
                        .statusCode())
                .isEqualTo(404);
    }
}
