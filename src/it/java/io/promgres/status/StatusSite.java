package io.promgres.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.RunningDaemon;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The status page of a daemon of its own in a real browser. Pictures are left in target/screenshots. */
final class StatusSite implements AutoCloseable {

    /** A label value that would run if the page took it for HTML. */
    static final String HOSTILE = "<img src=x onerror=\"document.title='owned'\">";

    private static final Path PICTURES = Path.of("target", "screenshots");
    private static final long MINUTE = 60_000;

    private final TestDatabase database;
    private final RunningDaemon daemon;
    private final Browser browser;

    private StatusSite(TestDatabase database, RunningDaemon daemon, Browser browser) {
        this.database = database;
        this.daemon = daemon;
        this.browser = browser;
    }

    /** @param directory for the browser's profile and log */
    static StatusSite start(Path directory) throws Exception {
        Browser browser = Browser.start(directory);
        TestDatabase database = TestDatabase.migrated();
        RunningDaemon daemon = RunningDaemon.on(database);
        browser.allowClipboard(daemon.url() + "/");
        return new StatusSite(database, daemon, browser);
    }

    RunningDaemon daemon() {
        return daemon;
    }

    Browser browser() {
        return browser;
    }

    /** Sends what six hosts deliver every two minutes, until now. */
    void send(int minutes) throws Exception {
        long now = System.currentTimeMillis();
        String[] metrics = {"node_load1", "node_memory_MemFree_bytes", "http_requests_total", "process_open_fds"};
        for (long time = now - minutes * MINUTE; time <= now; time += 2 * MINUTE) {
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
        // A chart shows a sample once a whole step of its grid is behind it.
        daemon.send(TestSample.of("hostile_metric", now - MINUTE, 1, "text", HOSTILE));
        daemon.awaitViews();
    }

    /** Metrics without samples, in the catalog only; to send them would mostly wait for their views. */
    void addUnsentMetrics(int count) throws Exception {
        daemon.execute("INSERT INTO _prom_catalog.metric (metric_name, table_name)"
                + " SELECT n, n FROM (SELECT 'zz_unsent_' || i AS n FROM generate_series(1, " + count + ") i) u");
    }

    /** Opens the page anew, on a desktop in light colours, and returns when it has metrics. */
    void open() throws Exception {
        browser.resize(1280, 900, false);
        browser.prefer("prefers-color-scheme", "light");
        browser.open("about:blank");
        browser.problems();
        browser.open(daemon.url() + "/");
        browser.await("document.querySelectorAll('#metrics-table tbody tr').length > 0"
                + " && document.querySelectorAll('#labels-table tbody tr').length > 0"
                + " && document.querySelectorAll('#charts .stroke').length > 0");
    }

    void screenshot(String name) throws Exception {
        browser.screenshot(PICTURES.resolve(name + ".png"));
    }

    /** The names of the metrics that the table shows. */
    List<String> names() throws Exception {
        List<String> names = new ArrayList<>();
        browser.evaluate("[...document.querySelectorAll('#metrics-table tbody tr.row th')].map(th => th.textContent)")
                .forEach(name -> names.add(name.asText()));
        return names;
    }

    void clickHeader(String title) throws Exception {
        browser.evaluate("[...document.querySelectorAll('#metrics-table thead button')]"
                + ".find(b => b.textContent === '" + title + "').click()");
    }

    void search(String words) throws Exception {
        browser.evaluate("document.getElementById('search').value = ''; document.getElementById('search').focus()");
        browser.type(words);
    }

    /** Finds a metric and opens its row; returns when its labels are there. */
    void openMetric(String metric, int labels) throws Exception {
        search(metric);
        browser.evaluate("[...document.querySelectorAll('#metrics-table .open')]" + ".find(b => b.textContent === '"
                + metric + "').click()");
        browser.await("document.querySelectorAll('#metrics-table .detail table tbody tr').length === " + labels);
    }

    @Override
    public void close() throws Exception {
        browser.close();
        daemon.close();
        database.close();
    }
}
