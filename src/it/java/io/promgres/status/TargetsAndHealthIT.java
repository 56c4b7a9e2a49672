package io.promgres.status;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.AnyServer;
import io.promgres.testing.Await;
import io.promgres.testing.TestSample;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The targets on the page, and how the daemon and its database are. */
@AnyServer
class TargetsAndHealthIT {

    private static final Logger LOG = LoggerFactory.getLogger(TargetsAndHealthIT.class);
    private static final long MINUTE = 60_000;
    private static final String FACTS = "document.getElementById('facts').innerText";

    @TempDir
    private static Path directory;

    private static StatusSite site;
    private static Browser browser;

    @BeforeAll
    static void start() throws Exception {
        site = StatusSite.start(directory);
        browser = site.browser();
        long now = System.currentTimeMillis();
        List<TestSample> samples = new ArrayList<>();
        for (int minute = 70; minute >= 1; minute--) {
            long time = now - minute * MINUTE;
            samples.addAll(scrape(time, minute > 10 ? 1 : 0));
            if (minute > 30) {
                samples.add(TestSample.of("up", time, 1, "job", "node", "instance", "gone:9100"));
            }
        }
        assertThat(site.daemon().send(samples).statusCode()).isEqualTo(204);
        site.daemon().awaitViews();
    }

    private static List<TestSample> scrape(long time, double second) {
        return List.of(
                TestSample.of("up", time, 1, "job", "node", "instance", "web:9100"),
                TestSample.of("up", time, second, "job", "node", "instance", "db:9100"));
    }

    @AfterAll
    static void stop() throws Exception {
        if (site != null) {
            site.close();
        }
    }

    // However long the tests take, two targets have a sample of the last minutes.
    @BeforeEach
    void openThePage() throws Exception {
        assertThat(site.daemon().send(scrape(System.currentTimeMillis(), 0)).statusCode())
                .isEqualTo(204);
        site.open();
    }

    private static String row(int number) throws Exception {
        return browser.text("document.querySelectorAll('#targets-table tbody tr')[" + number + "].innerText");
    }

    @Test
    void targetsAreDownSilentOrUpTheWorstFirst() throws Exception {
        browser.await("document.querySelectorAll('#targets-table tbody tr').length === 3");

        assertThat(row(0)).matches("(?s)db:9100\\s+node\\s+Down\\s+\\d+ min\\s+[0-9.]+ %");
        assertThat(row(1)).matches("(?s)gone:9100\\s+node\\s+Silent\\s+\\d+ min\\s+100 %");
        assertThat(row(2)).matches("(?s)web:9100\\s+node\\s+Up\\s+over 1 h\\s+100 %");
        assertThat(browser.text("document.getElementById('targets-summary').textContent"))
                .isEqualTo("1 up, 1 down, 1 silent");
        assertThat(browser.evaluate(
                                "document.querySelectorAll('#targets-table .strip')[0].querySelectorAll('.down').length")
                        .asInt())
                .isGreaterThan(5);
        site.screenshot("targets");
    }

    @Test
    void itSaysWhoLeadsHowLongSamplesStayAndHowLargeTheDatabaseIs() throws Exception {
        browser.await("/Lead\\s+127.0.0.1/.test(" + FACTS + ") && /Retention\\s+90 days/.test(" + FACTS + ")");

        assertThat(browser.text(FACTS))
                .containsPattern("Database\\s+[0-9.]+ MiB")
                .containsPattern("Disk\\s+unknown");
    }

    @Test
    void packingThatIsSwitchedOffIsAWorry() throws Exception {
        site.daemon()
                .execute("UPDATE _prom_catalog.maintenance_job SET number_jobs = 0 WHERE job_type = 'compression'");
        try {
            browser.await(
                    "document.dispatchEvent(new Event('visibilitychange')) &&"
                            + " document.querySelector('#facts .worry')?.innerText.startsWith('Packing\\nswitched off') === true");
            // The head says the same as the facts.
            browser.await("document.getElementById('state').className === 'state worry'"
                    + " && /look at: .*Packing/.test(document.getElementById('state').textContent)");
        } finally {
            site.daemon()
                    .execute("UPDATE _prom_catalog.maintenance_job SET number_jobs = 1 WHERE job_type = 'compression'");
        }
    }

    @Test
    void whatASenderDidWrongIsNoProblemOfTheDaemon() throws Exception {
        assertThat(site.daemon().sender().post("rubbish".getBytes(UTF_8)).statusCode())
                .isEqualTo(400);
        Await.until(
                "the refusal is on the page",
                () -> browser.text("document.body.innerText").contains("POST /api/v1/write"));
        assertThat(browser.text(FACTS)).doesNotContain("/api/v1/write");
    }

    @Test
    void rowsOfTilesAreFullAtEveryWidthAndNoneIsTooNarrowForItsFigure() throws Exception {
        browser.await("document.querySelectorAll('#facts > div').length === 6"
                + " && document.querySelectorAll('#totals > div').length === 6");
        try {
            for (int width : List.of(1440, 1180, 1000, 760, 390)) {
                browser.resize(width, 900, width < 500);
                for (String tiles : List.of("facts", "totals")) {
                    int rows = browser.evaluate("new Set([...document.querySelectorAll('#" + tiles
                                    + " > div')].map(one => one.getBoundingClientRect().top)).size")
                            .asInt();
                    assertThat(rows).as(tiles + " at " + width).isEqualTo(width > 1120 ? 1 : width > 544 ? 2 : 3);
                    assertThat(browser.evaluate("[...document.querySelectorAll('#" + tiles
                                            + " > div')].some(one => one.scrollWidth > one.clientWidth)")
                                    .asBoolean())
                            .as(tiles + " overflow at " + width)
                            .isFalse();
                }
            }
        } finally {
            browser.resize(1280, 900, false);
        }
    }

    @Test
    void theLastWarningOfTheLogIsShown() throws Exception {
        Await.until("the warning is on the page", () -> {
            LOG.warn("the {} is on fire", "cellar");
            return browser.text(FACTS).contains("the cellar is on fire");
        });
    }
}
