package io.promgres.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.AnyServer;
import io.promgres.testing.TestSample;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An opened metric on the page: what it draws of the last hours, its newest sample, the values of its labels. */
@AnyServer
class OpenedMetricIT {

    private static final long MINUTE = 60_000;
    private static final int ZONES = 10;
    private static final String CHART = "#metrics-table .chart.opened";
    private static final String REMARK = "document.querySelector('#metrics-table .opened-chart .remarks').textContent";

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
        for (long time = now - 70 * MINUTE; time < now; time += MINUTE) {
            samples.addAll(scrape(time));
        }
        samples.add(TestSample.of("former_metric", now - 300 * MINUTE, 7, "text", StatusSite.HOSTILE));
        assertThat(site.daemon().send(samples).statusCode()).isEqualTo(204);
        site.daemon().awaitViews();
    }

    private static List<TestSample> scrape(long time) {
        List<TestSample> samples = new ArrayList<>();
        for (int zone = 0; zone < ZONES; zone++) {
            samples.add(TestSample.of(
                    "visits_total", time, (1 + zone) * (time / 1000.0), "job", "shop", "zone", "zone-" + zone));
        }
        samples.add(TestSample.of("room_temperature", time, 21, "job", "home", "room", "north"));
        samples.add(TestSample.of("room_temperature", time, 24, "job", "home", "room", "south"));
        return samples;
    }

    @AfterAll
    static void stop() throws Exception {
        if (site != null) {
            site.close();
        }
    }

    // However long the tests take, what is drawn has a sample of the last minutes.
    @BeforeEach
    void openThePage() throws Exception {
        assertThat(site.daemon().send(scrape(System.currentTimeMillis())).statusCode())
                .isEqualTo(204);
        site.open();
    }

    private static String read() throws Exception {
        return browser.text("document.querySelector('" + CHART + " svg').getAttribute('aria-label')");
    }

    private static void awaitLines(int lines) throws Exception {
        browser.await("document.querySelectorAll('" + CHART + " .now i').length === " + lines);
    }

    private static void choose(String range) throws Exception {
        browser.evaluate("[...document.querySelectorAll('.opened-chart .choice button')].find(b => b.textContent === '"
                + range + "').click()");
    }

    // Where the line of a series begins, of a chart that is 600 wide.
    private static String lineBegins(String condition) {
        return "(document.querySelector('" + CHART + " .stroke')?.getBBox().x ?? NaN) " + condition;
    }

    @Test
    void theAxisEndsWithTheZoneOfItsTimes() throws Exception {
        site.openMetric("room_temperature", 2);
        awaitLines(2);

        String axis = "document.querySelector('" + CHART + " .axis')";
        assertThat(browser.text(axis + ".firstChild.textContent"))
                .matches("[^A-Z]*([A-Z][a-z]{2} [0-9, ]+)?[0-9]{2}:[0-9]{2}.*");
        assertThat(browser.text(axis + ".lastChild.textContent"))
                .matches(".*[0-9]{2}:[0-9]{2}(:[0-9]{2})? [A-Z]{3,4}([+-].+)?");
    }

    @Test
    void itDrawsALineForEachSeriesNamedByWhatDiffers() throws Exception {
        site.openMetric("room_temperature", 2);
        awaitLines(2);

        assertThat(read()).startsWith("Value of each series, now: 24 room=\"south\", 21 room=\"north\".");
        assertThat(browser.text(REMARK)).isEqualTo("All of them: job=\"home\".");
        assertThat(browser.problems()).isEmpty();
        assertThat(browser.evaluate("window.violations").size()).isZero();
    }

    @Test
    void ofManySeriesOfACounterItDrawsTheEightWithTheGreatestRates() throws Exception {
        site.openMetric("visits_total", 2);
        awaitLines(8);

        assertThat(read())
                .matches(
                        "Rate of each series, per second, now: [0-9.]+/s zone=\"zone-9\", [0-9.]+/s zone=\"zone-8\".*");
        assertThat(browser.text(REMARK)).contains("8 of 10 series, those with the greatest rates now.");
        site.screenshot("opened");
    }

    @Test
    void itsRangeIsChosenAndKeptForTheNextMetric() throws Exception {
        site.openMetric("room_temperature", 2);
        browser.await(lineBegins("< 10"));
        choose("6 h");
        browser.await(lineBegins("> 450"));
        choose("24 h");
        browser.await(lineBegins("> 550"));
        browser.evaluate("document.querySelector('#metrics-table .open').click()");

        site.openMetric("visits_total", 2);
        browser.await(lineBegins("> 550"));
        assertThat(browser.text("document.querySelector('.opened-chart [aria-pressed=true]').textContent"))
                .isEqualTo("24 h");
    }

    @Test
    void aMetricThatIsSilentSaysSoAndShowsItsPast() throws Exception {
        site.openMetric("former_metric", 1);
        browser.await("document.querySelector('" + CHART + " .axis').textContent === 'no sample in this time'");
        browser.await("document.querySelector('#metrics-table .figures .age').textContent === '5 h ago'");
        choose("6 h");
        browser.await("document.querySelector('" + CHART + " .stroke') !== null");
    }

    @Test
    void theNewestSampleAndTheValuesOfLabelsAreShown() throws Exception {
        site.openMetric("former_metric", 1);

        browser.await(
                "/^Newest sample\\s*7 5 h ago/.test(document.querySelector('#metrics-table .figures').innerText)");
        assertThat(browser.text("document.querySelector('#metrics-table .detail td.some code').textContent"))
                .isEqualTo(StatusSite.HOSTILE);
        assertThat(browser.text("document.title")).isEqualTo("promgres");
    }
}
