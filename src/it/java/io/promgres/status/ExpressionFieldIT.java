package io.promgres.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.AnyServer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The field for PromQL on the page. */
@AnyServer
class ExpressionFieldIT {

    @TempDir
    private static Path directory;

    private static StatusSite site;
    private static Browser browser;

    @BeforeAll
    static void start() throws Exception {
        site = StatusSite.start(directory);
        browser = site.browser();
        site.send(60);
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

    private static void ask(String expression) throws Exception {
        browser.evaluate(
                "document.getElementById('expression').value = ''; document.getElementById('expression').focus()");
        browser.type(expression);
        browser.press("Enter");
    }

    @Test
    void anExpressionIsShownAsChartTableAndSqlThatSaysTheSame() throws Exception {
        browser.evaluate("document.getElementById('query-range').value = '21600'");
        ask("sum by (instance) (node_load1) - 1000");
        browser.await("document.querySelectorAll('#query-table tbody tr').length === 6"
                + " && document.querySelector('#query-sql pre') !== null");

        assertThat(browser.evaluate("document.querySelectorAll('#query-chart .stroke').length")
                        .asInt())
                .isGreaterThanOrEqualTo(6);
        assertThat(browser.text("[...document.querySelectorAll('#query-chart path')].every(p =>"
                        + " p.getBBox().y >= -1 && p.getBBox().y + p.getBBox().height <= 101)"))
                .as("lines of values below zero are within the chart")
                .isEqualTo("true");
        assertThat(browser.text("document.querySelector('#query-table tbody').innerText"))
                .contains("{instance=\"host-0:9100\"}");
        String sql = browser.text("document.querySelector('#query-sql pre').textContent")
                .replace(";", "");
        String newest = browser.text("document.querySelector('#query-table tbody td.number').textContent");
        assertThat(site.daemon()
                        .rows("SELECT max(value) FROM (" + sql + ") x WHERE time = (SELECT max(time) FROM (" + sql
                                + ") y)"))
                .containsExactly(newest);
        assertThat(browser.problems()).isEmpty();
        site.screenshot("promql");
    }

    @Test
    void whatIsWrongWithAnExpressionIsSaidAndWhatCannotBeSaidInSqlToo() throws Exception {
        ask("sum(node_load1");
        browser.await("document.getElementById('query-notice').textContent.includes('unclosed left parenthesis')");
        ask("deriv(node_load1[20m])");
        browser.await("document.querySelectorAll('#query-table tbody tr').length === 6"
                + " && document.getElementById('query-notice').hidden"
                + " && document.getElementById('query-sql').textContent.includes('1:1: cannot be said in SQL')");
    }

    @Test
    void hostileLabelsAreTextInTheAnswerToo() throws Exception {
        ask("hostile_metric");
        browser.await("document.querySelectorAll('#query-table tbody tr').length === 1");

        assertThat(browser.text("document.querySelector('#query-table tbody').textContent"))
                .contains(StatusSite.HOSTILE);
        assertThat(browser.text("document.title")).isEqualTo("promgres");
    }

    @Test
    void metricsLabelsAndValuesAreCompleted() throws Exception {
        completes("sum(node_me", "sum(node_memory_MemFree_bytes");
        completes("rate(http_requests_total{ins", "rate(http_requests_total{instance");
        completes("http_requests_total{instance=~\"host-3", "http_requests_total{instance=~\"host-3:9100");
        completes("sum by (cp", "sum by (cpu");
    }

    private static void completes(String begun, String whole) throws Exception {
        browser.evaluate(
                "document.getElementById('expression').value = ''; document.getElementById('expression').focus()");
        browser.type(begun);
        browser.await("[...document.querySelectorAll('#completions option')].some(o => o.value === '" + whole + "')");
    }
}
