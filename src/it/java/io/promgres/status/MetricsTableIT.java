package io.promgres.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.AnyServer;
import io.promgres.testing.Await;
import io.promgres.testing.TestSample;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tables of metrics and label names on the page: sorted, searched, opened, copied. */
@AnyServer
class MetricsTableIT {

    private static final String OWN = "promgres_something_total";
    private static final int UNSENT_METRICS = 2_100;

    @TempDir
    private static Path directory;

    private static StatusSite site;
    private static Browser browser;

    @BeforeAll
    static void start() throws Exception {
        site = StatusSite.start(directory);
        browser = site.browser();
        site.send(60);
        site.daemon().send(TestSample.of(OWN, System.currentTimeMillis(), 1));
        site.daemon().awaitViews();
        site.addUnsentMetrics(UNSENT_METRICS);
    }

    @AfterAll
    static void stop() throws Exception {
        if (site != null) {
            site.close();
        }
    }

    @BeforeEach
    void openThePage() throws Exception {
        site.open();
    }

    @Test
    void theTableSortsByItsHeadersBothWays() throws Exception {
        assertThat(site.names().get(0)).isEqualTo("hostile_metric");
        site.clickHeader("Metric");
        assertThat(site.names().get(0)).isEqualTo("zz_unsent_" + UNSENT_METRICS);
        site.clickHeader("Series");
        assertThat(site.names().get(0)).isEqualTo("process_open_fds");
        assertThat(browser.text("document.querySelector('#metrics-table th[aria-sort=descending]').textContent"))
                .isEqualTo("Series");
    }

    @Test
    void theSearchTakesWordsInAnyOrderAndAllPages() throws Exception {
        site.search("2099 UNSENT");
        assertThat(site.names()).containsExactly("zz_unsent_2099");
        site.search("no such metric");
        assertThat(site.names()).isEmpty();
        assertThat(browser.text("document.querySelector('#metrics-table .empty').textContent"))
                .isEqualTo("Nothing matches.");
    }

    @Test
    void theDaemonsOwnMetricsAreFoldedAwayUntilTheyAreWanted() throws Exception {
        assertThat(browser.text("document.getElementById('own').textContent")).isEqualTo("promgres' own 1");
        site.search("something");
        assertThat(site.names()).isEmpty();
        browser.evaluate("document.getElementById('own').click()");
        assertThat(site.names()).containsExactly(OWN);
        browser.evaluate("document.getElementById('own').click()");
        assertThat(site.names()).isEmpty();
        site.search("promgres_");
        assertThat(site.names()).containsExactly(OWN);
    }

    @Test
    void aFamilyIsChosenByTheBeginningOfItsNames() throws Exception {
        browser.evaluate("document.querySelector('[data-family=\"zz_\"]').click()");
        assertThat(site.names()).hasSize(15).allMatch(name -> name.startsWith("zz_"));
        assertThat(browser.text("document.querySelector('#families [aria-pressed=true]').textContent"))
                .isEqualTo("zz_* 2,100");
        browser.evaluate("document.querySelector('[data-family=\"zz_\"]').click()");
        assertThat(site.names()).contains("hostile_metric");
    }

    @Test
    void thePagesTurnToTheLastOne() throws Exception {
        List<String> first = site.names();
        String next = "document.querySelector('#metrics-table [aria-label^=Next]')";
        browser.evaluate(next + ".click()");
        assertThat(site.names()).doesNotContainAnyElementsOf(first);
        browser.evaluate("while (!" + next + ".disabled) " + next + ".click()");
        assertThat(site.names()).endsWith("zz_unsent_" + UNSENT_METRICS);
        assertThat(browser.text("document.querySelector('#metrics-table .pages p').textContent"))
                .endsWith(" of 2,105");
    }

    @Test
    void theSqlOfEveryKindOfMetricIsCopiedAndRuns() throws Exception {
        for (String metric : List.of("node_load1", "http_requests_total")) {
            site.openMetric(metric, 3);
            int statements = browser.evaluate("document.querySelectorAll('#metrics-table .detail pre').length")
                    .asInt();
            assertThat(statements).isEqualTo(2);
            for (int i = 0; i < statements; i++) {
                browser.evaluate("document.querySelectorAll('#metrics-table .detail .sql button')[" + i + "].click()");
                String shown =
                        browser.text("document.querySelectorAll('#metrics-table .detail pre')[" + i + "].textContent");
                Await.until(
                        "the clipboard",
                        () -> browser.text("navigator.clipboard.readText()").equals(shown));
                assertThat(site.daemon().rows(shown)).as(shown).isNotEmpty();
            }
        }
    }

    @Test
    void whereThereIsNoClipboardTheOlderWayCopies() throws Exception {
        browser.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })");
        browser.evaluate("document.addEventListener('copy', () => { window.copied = getSelection().toString()"
                + " || document.activeElement.value; })");
        site.search("node_load1");
        browser.evaluate("document.querySelector('#metrics-table td button').click()");

        browser.await("String(window.copied).includes('FROM prom_metric.node_load1')");
        browser.await("document.getElementById('said').textContent === 'Copied to the clipboard'");
    }

    @Test
    void theLabelsOfAMetricTellWhatMakesItGrow() throws Exception {
        browser.evaluate("[...document.querySelectorAll('#growth-table tbody button')]"
                + ".find(b => b.textContent === 'process_open_fds').click()");
        browser.await("document.activeElement.textContent === 'process_open_fds'"
                + " && document.querySelectorAll('#metrics-table .detail table tbody tr').length === 3");
        assertThat(browser.text("document.querySelector('#metrics-table .detail table tbody tr').innerText"))
                .matches("(?s)instance\\s+6\\s+6\\s+host-0:9100\\s*host-1:9100.* and 1 more");
    }

    @Test
    void aLabelNameOpensToItsValues() throws Exception {
        browser.evaluate("[...document.querySelectorAll('#labels-table .open')]"
                + ".find(b => b.textContent === 'cpu').click()");
        browser.await("document.querySelectorAll('#labels-table .detail tbody tr').length === 4");
        assertThat(browser.text("document.querySelector('#labels-table .detail tbody tr').innerText"))
                .matches("(?s)0\\s+24\\s+4");
    }

    @Test
    void whatIsInLabelsStaysText() throws Exception {
        browser.evaluate("[...document.querySelectorAll('#labels-table .open')]"
                + ".find(b => b.textContent === 'text').click()");
        browser.await("document.querySelector('#labels-table .detail tbody th') !== null");

        assertThat(browser.text("document.querySelector('#labels-table .detail tbody th').textContent"))
                .isEqualTo(StatusSite.HOSTILE);
        assertThat(browser.text("document.title")).isEqualTo("promgres");
    }
}
