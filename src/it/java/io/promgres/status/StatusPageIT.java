package io.promgres.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.AnyServer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page as a whole: its policy, its sizes and colours, the keyboard, energy. */
@AnyServer
class StatusPageIT {

    private static final int PHONE_WIDTH = 390;
    private static final String FOLDED =
            "[...document.querySelectorAll('main > section.folded')].map(s => s.id).join()";

    @TempDir
    private static Path directory;

    private static StatusSite site;
    private static Browser browser;

    @BeforeAll
    static void start() throws Exception {
        site = StatusSite.start(directory);
        browser = site.browser();
        site.send(30);
        addEnergy();
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
        browser.await("!document.getElementById('energy').hidden");
    }

    private static void addEnergy() throws Exception {
        site.daemon()
                .execute("INSERT INTO energy.dim_machine (machine_id, machine_name)"
                        + " SELECT i, 'machine-' || i FROM generate_series(1, 8) i");
        site.daemon()
                .execute(
                        "INSERT INTO energy.fact_usage (scope, ts, machine_id, busy_kwh, idle_kwh, busy_gco2eq, idle_gco2eq)"
                                + " SELECT 'machine', t, i, i * 0.01 * (1.5 + sin(extract(epoch FROM t) / 9000)), 0.01, i * 3.8, 3.8"
                                + " FROM generate_series(1, 8) i, generate_series(now() - interval '10 hours', now(), interval '5 minutes') t");
        site.daemon()
                .execute("INSERT INTO energy.fact_usage (scope, ts, busy_kwh, idle_kwh, busy_gco2eq, idle_gco2eq)"
                        + " SELECT 'ada', ts, sum(busy_kwh), sum(idle_kwh), sum(busy_gco2eq), sum(idle_gco2eq)"
                        + " FROM energy.fact_usage WHERE scope = 'machine' GROUP BY ts");
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
        site.screenshot("light");
    }

    @Test
    void thePolicyStopsWhatIsInline() throws Exception {
        browser.evaluate("{ const s = document.createElement('script'); s.textContent = 'window.ran = true';"
                + " document.body.append(s); }");

        assertThat(browser.text("String(window.ran)")).isEqualTo("undefined");
        browser.await("window.violations.length === 1");
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
        assertThat(site.names().get(0)).isEqualTo("process_open_fds");
        assertThat(browser.text("getComputedStyle(document.activeElement).outlineStyle"))
                .isEqualTo("solid");
        for (int tabs = 0; !browser.text("document.activeElement.className").equals("open"); tabs++) {
            assertThat(tabs).as("tabs to the first row").isLessThan(10);
            browser.press("Tab");
        }
        browser.press(" ");
        browser.await("document.activeElement.getAttribute('aria-expanded') === 'true'");
        assertThat(browser.text("document.activeElement.textContent")).isEqualTo("process_open_fds");
    }

    @Test
    void theArrowKeysReadAChart() throws Exception {
        browser.evaluate("document.querySelector('#energy-charts svg').focus()");
        String now = browser.text("document.activeElement.getAttribute('aria-label')");
        browser.press("ArrowLeft");
        String before = browser.text("document.activeElement.getAttribute('aria-label')");

        assertThat(now).startsWith("Energy in each quarter of an hour, now: ");
        assertThat(before).startsWith("Energy in each quarter of an hour, at ");
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
        browser.evaluate("document.querySelectorAll('.fold').forEach(fold => fold.click())");
        browser.evaluate("document.querySelectorAll('#metrics-table .open')[0].click();"
                + " document.querySelectorAll('#labels-table .open')[0].click()");
        browser.await("document.querySelectorAll('.detail table tbody tr').length > 1"
                + " && document.querySelector('#metrics-table .chart.opened .stroke') !== null");

        assertThat(overflows()).isFalse();
        assertThat(browser.text("[...document.querySelectorAll('.card')].filter(c => c.scrollWidth > c.clientWidth)"
                        + ".map(c => c.id + ' ' + c.scrollWidth + ' of ' + c.clientWidth).join()"))
                .as("cards that are wider than their place")
                .isEmpty();
        site.screenshot("phone");
    }

    @Test
    void aPhoneFoldsItsLongSectionsUntilTheyAreAskedFor() throws Exception {
        browser.resize(PHONE_WIDTH, 740, true);
        browser.await("document.querySelectorAll('.fold').length === 4");

        assertThat(browser.text(FOLDED)).isEqualTo("query,cardinality,storage,energy");
        assertThat(browser.text("document.getElementById('storage-table').checkVisibility()"))
                .isEqualTo("false");
        site.screenshot("phone-folded");

        browser.evaluate("document.querySelector('nav a[href=\"#storage\"]').click();"
                + " document.querySelector('#query .fold').click()");

        assertThat(browser.text(FOLDED)).isEqualTo("cardinality,energy");
        assertThat(browser.text("document.getElementById('storage-table').checkVisibility()"))
                .isEqualTo("true");
        assertThat(browser.text("document.querySelector('#query .fold').getAttribute('aria-expanded')"))
                .isEqualTo("true");
        browser.resize(1280, 900, false);
        browser.await("document.querySelectorAll('.fold').length === 0");
        assertThat(browser.text(FOLDED)).isEmpty();
        assertThat(browser.text("document.getElementById('query-title').textContent"))
                .isEqualTo("PromQL");
    }

    @Test
    void theHeadSaysWhichSectionIsOnTheScreen() throws Exception {
        assertThat(browser.text("document.querySelector('nav [aria-current]').textContent"))
                .isEqualTo("Live");
        browser.prefer("prefers-reduced-motion", "reduce");
        browser.evaluate("document.getElementById('cardinality').scrollIntoView()");

        browser.await("document.querySelector('nav [aria-current]').textContent === 'Cardinality'");
    }

    @Test
    void theFootSaysWhereTheDocumentationIs() throws Exception {
        assertThat(browser.text("document.querySelector('footer').innerText"))
                .contains("/usr/share/doc/promgres", "tutorial.md", "/-/ready");
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
        site.screenshot("dark");
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
