package io.promgres.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.AnyServer;
import io.promgres.testing.Await;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page in a real browser. Pictures of it are left in target/screenshots. */
@AnyServer
class StatusPageIT {

    private static final Path PICTURES = Path.of("target", "screenshots");
    private static final String HOSTILE = "<img src=x onerror=\"document.title='owned'\">";
    private static final int UNSENT_METRICS = 2_100;
    private static final long MINUTE = 60_000;
    private static final int PHONE_WIDTH = 360;

    @TempDir
    private static Path directory;

    private static TestDatabase database;
    private static RunningDaemon daemon;
    private static Browser browser;

    @BeforeAll
    static void start() throws Exception {
        browser = Browser.start(directory);
        database = TestDatabase.migrated();
        daemon = RunningDaemon.on(database);
        send();
        addUnsentMetrics();
        addEnergy();
        Await.until(
                "packed blocks",
                () -> !daemon.rows("SELECT FROM prom_info.metric WHERE compressed_chunks > 0")
                        .isEmpty());
        browser.allowClipboard(url());
    }

    @AfterAll
    static void stop() throws Exception {
        if (browser != null) {
            browser.close();
        }
        if (daemon != null) {
            daemon.close();
            database.close();
        }
    }

    private static String url() {
        return daemon.sender().url() + "/";
    }

    // Eight hours of a small site, old enough for some of it to be packed.
    private static void send() throws Exception {
        long now = System.currentTimeMillis();
        String[] metrics = {"node_load1", "node_memory_MemFree_bytes", "http_requests_total", "process_open_fds"};
        for (long time = now - 480 * MINUTE; time <= now; time += 2 * MINUTE) {
            List<TestSample> scrape = new ArrayList<>();
            for (int host = 0; host < 6; host++) {
                for (int metric = 0; metric < metrics.length; metric++) {
                    for (int cpu = 0; cpu <= metric; cpu++) {
                        scrape.add(TestSample.of(
                                metrics[metric],
                                time,
                                (time / MINUTE % 1000) * (1 + host) + cpu,
                                "job",
                                "node",
                                "instance",
                                "host-" + host + ":9100",
                                "cpu",
                                Integer.toString(cpu)));
                    }
                }
            }
            assertThat(daemon.send(scrape).statusCode()).isEqualTo(204);
        }
        daemon.send(TestSample.of("hostile_metric", now, 1, "text", HOSTILE));
        daemon.awaitViews();
    }

    // More than a page of metrics; to send them would mostly wait for their views.
    private static void addUnsentMetrics() throws Exception {
        daemon.execute("INSERT INTO _prom_catalog.metric (metric_name, table_name)"
                + " SELECT n, n FROM (SELECT 'zz_unsent_' || i AS n FROM generate_series(1, " + UNSENT_METRICS
                + ") i) u");
    }

    private static void addEnergy() throws Exception {
        daemon.execute("INSERT INTO energy.dim_machine (machine_id, machine_name)"
                + " SELECT i, 'machine-' || i FROM generate_series(1, 8) i");
        daemon.execute(
                "INSERT INTO energy.fact_usage (scope, ts, machine_id, busy_kwh, idle_kwh, busy_gco2eq, idle_gco2eq)"
                        + " SELECT 'machine', t, i, i * 0.01 * (1.5 + sin(extract(epoch FROM t) / 9000)), 0.01, i * 3.8, 3.8"
                        + " FROM generate_series(1, 8) i, generate_series(now() - interval '10 hours', now(), interval '5 minutes') t");
        daemon.execute("INSERT INTO energy.fact_usage (scope, ts, busy_kwh, idle_kwh, busy_gco2eq, idle_gco2eq)"
                + " SELECT 'ada', ts, sum(busy_kwh), sum(idle_kwh), sum(busy_gco2eq), sum(idle_gco2eq)"
                + " FROM energy.fact_usage WHERE scope = 'machine' GROUP BY ts");
    }

    @BeforeEach
    void openThePage() throws Exception {
        browser.resize(1280, 900, false);
        browser.prefer("prefers-color-scheme", "light");
        browser.open("about:blank");
        browser.problems();
        browser.open(url());
        browser.await("document.querySelectorAll('#metrics-table tbody tr').length === 15"
                + " && document.querySelectorAll('#labels-table tbody tr').length > 0"
                + " && document.querySelectorAll('#charts .stroke').length > 0"
                + " && !document.getElementById('energy').hidden");
    }

    private static List<String> names() throws Exception {
        List<String> names = new ArrayList<>();
        browser.evaluate("[...document.querySelectorAll('#metrics-table tbody th')].map(th => th.textContent)")
                .forEach(name -> names.add(name.asText()));
        return names;
    }

    private static void clickHeader(String title) throws Exception {
        browser.evaluate("[...document.querySelectorAll('#metrics-table thead button')]"
                + ".find(b => b.textContent === '" + title + "').click()");
    }

    private static void search(String words) throws Exception {
        browser.evaluate("document.getElementById('search').value = ''; document.getElementById('search').focus()");
        browser.type(words);
    }

    private static boolean overflows() throws Exception {
        return browser.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
                .asBoolean();
    }

    @Test
    void itLoadsWithoutAnErrorAndKeepsItsOwnPolicy() throws Exception {
        assertThat(browser.text("document.title")).isEqualTo("promgres");
        assertThat(browser.text("document.getElementById('state').textContent")).startsWith("Version ");
        assertThat(browser.evaluate("window.violations").size()).isZero();
        assertThat(browser.problems()).isEmpty();
        assertThat(browser.text(
                        "performance.getEntriesByType('resource').every(r => r.name.startsWith(location.origin))"))
                .isEqualTo("true");
        browser.screenshot(PICTURES.resolve("light.png"));
    }

    @Test
    void thePolicyStopsWhatIsInline() throws Exception {
        browser.evaluate("{ const s = document.createElement('script'); s.textContent = 'window.ran = true';"
                + " document.body.append(s); }");

        assertThat(browser.text("String(window.ran)")).isEqualTo("undefined");
        browser.await("window.violations.length === 1");
    }

    @Test
    void theTableSortsByItsHeadersBothWays() throws Exception {
        clickHeader("Metric");
        assertThat(names().get(0)).isEqualTo("hostile_metric");
        clickHeader("Metric");
        assertThat(names().get(0)).isEqualTo("zz_unsent_" + UNSENT_METRICS);
        clickHeader("Series");
        assertThat(names().get(0)).isEqualTo("process_open_fds");
        assertThat(browser.text("document.querySelector('#metrics-table th[aria-sort=descending]').textContent"))
                .isEqualTo("Series");
    }

    @Test
    void theSearchTakesWordsInAnyOrderAndAllPages() throws Exception {
        search("2099 UNSENT");
        assertThat(names()).containsExactly("zz_unsent_2099");
        search("no such metric");
        assertThat(names()).isEmpty();
        assertThat(browser.text("document.querySelector('#metrics-table .empty').textContent"))
                .isEqualTo("Nothing matches.");
    }

    @Test
    void thePagesTurnToTheLastOne() throws Exception {
        clickHeader("Metric");
        List<String> first = names();
        String next = "document.querySelector('#metrics-table [aria-label^=Next]')";
        browser.evaluate(next + ".click()");
        assertThat(names()).doesNotContainAnyElementsOf(first);
        browser.evaluate("while (!" + next + ".disabled) " + next + ".click()");
        assertThat(names()).endsWith("zz_unsent_" + UNSENT_METRICS);
        assertThat(browser.text("document.querySelector('#metrics-table .pages p').textContent"))
                .endsWith(" of 2,105");
    }

    @Test
    void theSqlOfEveryKindOfMetricIsCopiedAndRuns() throws Exception {
        for (String metric : List.of("node_load1", "http_requests_total")) {
            search(metric);
            browser.evaluate("document.querySelector('#metrics-table .open').click()");
            browser.await("document.querySelectorAll('#metrics-table .detail table tbody tr').length === 3");
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
                assertThat(daemon.rows(shown)).as(shown).isNotEmpty();
            }
        }
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
        assertThat(daemon.rows(
                        "SELECT max(value) FROM (" + sql + ") x WHERE time = (SELECT max(time) FROM (" + sql + ") y)"))
                .containsExactly(newest);
        assertThat(browser.problems()).isEmpty();
        browser.screenshot(PICTURES.resolve("promql.png"));
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
                .contains(HOSTILE);
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

    @Test
    void whereThereIsNoClipboardTheOlderWayCopies() throws Exception {
        browser.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })");
        browser.evaluate("document.addEventListener('copy', () => { window.copied = getSelection().toString()"
                + " || document.activeElement.value; })");
        search("node_load1");
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
                .matches("(?s)instance\\s+6\\s+6");
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
                .isEqualTo(HOSTILE);
        assertThat(browser.text("document.title")).isEqualTo("promgres");
    }

    @Test
    void theKeyboardAloneReachesSortsAndOpens() throws Exception {
        browser.press("Tab");
        assertThat(browser.text("document.activeElement.className")).isEqualTo("skip");
        for (int tabs = 0;
                !browser.text("document.activeElement.closest('#metrics-table thead')?.tagName ?? ''")
                        .equals("THEAD");
                tabs++) {
            assertThat(tabs).as("tabs to the table").isLessThan(30);
            browser.press("Tab");
        }
        browser.press("Enter");
        assertThat(names().get(0)).isEqualTo("hostile_metric");
        assertThat(browser.text("getComputedStyle(document.activeElement).outlineStyle"))
                .isEqualTo("solid");
        for (int tabs = 0; !browser.text("document.activeElement.className").equals("open"); tabs++) {
            assertThat(tabs).as("tabs to the first row").isLessThan(10);
            browser.press("Tab");
        }
        browser.press(" ");
        browser.await("document.activeElement.getAttribute('aria-expanded') === 'true'");
        assertThat(browser.text("document.activeElement.textContent")).isEqualTo("hostile_metric");
    }

    @Test
    void theArrowKeysReadAChart() throws Exception {
        browser.evaluate("document.querySelector('#energy-charts svg').focus()");
        String now = browser.text("document.activeElement.getAttribute('aria-label')");
        browser.press("ArrowLeft");
        String before = browser.text("document.activeElement.getAttribute('aria-label')");

        assertThat(now).startsWith("Energy in 15 minutes, now: ");
        assertThat(before).startsWith("Energy in 15 minutes, at ");
        assertThat(browser.text("document.getElementById('said').textContent")).contains("Wh");
    }

    @Test
    void energyIsShownByScope() throws Exception {
        browser.evaluate("[...document.querySelectorAll('#scopes button')]"
                + ".find(b => b.textContent === 'Machines').click()");

        assertThat(browser.text("document.querySelector('#energy-table tbody').innerText"))
                .contains("machine-8")
                .contains("all others");
        assertThat(browser.evaluate("document.querySelectorAll('#energy-charts article:first-child .stroke').length")
                        .asInt())
                .isEqualTo(6);
    }

    @Test
    void aPhoneShowsAllOfItWithoutScrollingSideways() throws Exception {
        browser.resize(PHONE_WIDTH, 740, true);
        browser.evaluate("document.querySelectorAll('#metrics-table .open')[0].click();"
                + " document.querySelectorAll('#labels-table .open')[0].click()");
        browser.await("document.querySelectorAll('.detail table tbody tr').length > 3");

        assertThat(overflows()).isFalse();
        assertThat(browser.text("[...document.querySelectorAll('.card')].filter(c => c.scrollWidth > c.clientWidth)"
                        + ".map(c => c.id + ' ' + c.scrollWidth + ' of ' + c.clientWidth).join()"))
                .as("cards that are wider than their place")
                .isEmpty();
        browser.screenshot(PICTURES.resolve("phone.png"));
    }

    @Test
    void aNarrowWindowDoesNotOverflowEither() throws Exception {
        for (int width : List.of(320, 600, 760, 1000)) {
            browser.resize(width, 800, false);
            assertThat(overflows()).as("at %d", width).isFalse();
        }
    }

    @Test
    void whoPrefersDarkGetsDark() throws Exception {
        String light = browser.text("getComputedStyle(document.body).backgroundColor");
        browser.prefer("prefers-color-scheme", "dark");

        assertThat(light).isEqualTo("rgb(245, 246, 248)");
        assertThat(browser.text("getComputedStyle(document.body).backgroundColor"))
                .isEqualTo("rgb(18, 22, 29)");
        browser.screenshot(PICTURES.resolve("dark.png"));
    }

    @Test
    void whoPrefersLessMotionGetsNone() throws Exception {
        browser.prefer("prefers-reduced-motion", "reduce");

        assertThat(browser.text("getComputedStyle(document.documentElement).scrollBehavior"))
                .isEqualTo("auto");
        assertThat(browser.text("getComputedStyle(document.querySelector('button')).transitionProperty"))
                .isEqualTo("none");
    }
}
