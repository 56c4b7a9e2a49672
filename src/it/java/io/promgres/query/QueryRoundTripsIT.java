package io.promgres.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.Await;
import io.promgres.testing.QueryClient;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** How often a query waits for the database, by the driver's own log of what it sends; and that what it remembers is never stale. */
class QueryRoundTripsIT {

    private static final long STEP = 15_000;
    private static final long NOW = System.currentTimeMillis() / STEP * STEP;

    private static final Logger DRIVER = Logger.getLogger("org.postgresql.core.v3.QueryExecutorImpl");

    private static TestDatabase database;
    private static RunningDaemon daemon;
    private static QueryClient client;

    /** What the threads of queries have sent. */
    private static final class Sent extends Handler implements AutoCloseable {

        private final Queue<String> messages = new ConcurrentLinkedQueue<>();
        private final Level before = DRIVER.getLevel();

        Sent() {
            DRIVER.addHandler(this);
            DRIVER.setLevel(Level.FINEST);
        }

        @Override
        public void publish(LogRecord entry) {
            if (Thread.currentThread().getName().startsWith("promgres-query-") && entry.getMessage() != null) {
                messages.add(entry.getMessage());
            }
        }

        /** Messages after which the driver waits for the server. */
        long roundTrips() {
            return messages.stream()
                    .filter(text -> text.contains("FE=> Sync") || text.contains("FE=> Query(CopyStart)"))
                    .count();
        }

        @Override
        public void flush() {}

        @Override
        public void close() {
            DRIVER.setLevel(before);
            DRIVER.removeHandler(this);
        }
    }

    @BeforeAll
    static void start() throws Exception {
        database = TestDatabase.migrated();
        daemon = RunningDaemon.on(database);
        client = new QueryClient(daemon.url());
    }

    @AfterAll
    static void stop() throws Exception {
        daemon.close();
        database.close();
    }

    @Test
    void aWarmQueryOfOneSelectorWaitsForTheDatabaseThreeTimes() throws Exception {
        daemon.send(sample("warm", 1, "a"), sample("warm", 2, "b"));
        String selector = "warm{instance=~\"a|b\",job!=\"none\"}";
        ask(selector);

        assertThat(roundTrips(selector))
                .as("begin with a look at the catalog, samples, commit; a connection at rest is tried before")
                .isBetween(3L, 4L);
        assertThat(roundTrips("sum(" + selector + ") / count(" + selector + ")"))
                .isBetween(5L, 6L);
        assertThat(roundTrips("1 + 1")).isLessThanOrEqualTo(1);
    }

    @Test
    void aSeriesIsFoundAsSoonAsItIsThere() throws Exception {
        daemon.send(sample("growing", 1, "a"));
        assertThat(ask("count(growing)")).endsWith("\"1\"]}]}}");
        daemon.send(sample("growing", 2, "b"));
        assertThat(ask("count(growing)")).endsWith("\"2\"]}]}}");
        assertThat(ask("growing{instance=\"c\"}")).endsWith("\"result\":[]}}");
        daemon.send(sample("growing", 3, "c"));
        assertThat(ask("growing{instance=\"c\"}")).endsWith("\"3\"]}]}}");
    }

    @Test
    void whatAnotherSessionDeletesIsGone() throws Exception {
        daemon.send(sample("shrinking", 1, "a"), sample("shrinking", 2, "b"));
        assertThat(ask("sum(shrinking)")).endsWith("\"3\"]}]}}");
        daemon.awaitViews();
        daemon.value("SELECT prom_api.delete_series_from_metric('shrinking', ARRAY(SELECT series_id"
                + " FROM prom_series.shrinking WHERE instance = 'a'))");
        assertThat(ask("sum(shrinking)")).endsWith("\"2\"]}]}}");
        daemon.execute("SELECT prom_api.drop_metric('shrinking')");
        assertThat(ask("sum(shrinking)")).endsWith("\"result\":[]}}");
        Await.until(
                "the sender has sent again, as the daemon asks it after a removal",
                () -> daemon.send(sample("shrinking", 5, "b")).statusCode() == 204);
        assertThat(ask("sum(shrinking)")).endsWith("\"5\"]}]}}");
    }

    private static TestSample sample(String metric, double value, String instance) {
        return TestSample.of(metric, NOW, value, "job", "web", "instance", instance);
    }

    private static long roundTrips(String query) throws Exception {
        try (Sent sent = new Sent()) {
            ask(query);
            return sent.roundTrips();
        }
    }

    private static String ask(String query) throws Exception {
        return client.get("/api/v1/query", "query", query, "time", NOW / 1000 + ".000")
                .body();
    }
}
