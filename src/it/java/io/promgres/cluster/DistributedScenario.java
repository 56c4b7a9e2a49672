package io.promgres.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promgres.config.DatabaseUri;
import io.promgres.schema.Cluster;
import io.promgres.schema.Migrations;
import io.promgres.testing.Await;
import io.promgres.testing.QueryClient;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What is stored, asked and removed, in a database whose tables are distributed beside one whose are not. */
final class DistributedScenario {

    private static final int METRICS = 5;
    private static final int INSTANCES = 12;
    private static final int TIMES = 60;

    /** The interface of a metric; and what a row of it is without the numbers that a database gives. */
    private static final List<String> VIEWS = List.of(
            "SELECT prom_api.jsonb(labels), val(n_id), time, encode(float8send(value), 'hex') FROM prom_metric.%s",
            "SELECT prom_api.jsonb(labels), val(n_id), time, encode(float8send(value), 'hex') FROM prom_latest.%s",
            "SELECT prom_api.jsonb(labels), n, job, instance FROM prom_series.%s");

    private final long now = System.currentTimeMillis();
    private final long past = now - Duration.ofHours(6).toMillis();

    private final RunningDaemon clustered;
    private final RunningDaemon single;

    private DistributedScenario(RunningDaemon clustered, RunningDaemon single) {
        this.clustered = clustered;
        this.single = single;
    }

    /** Both databases show the same after each step, bit for bit. */
    static void run(DatabaseUri distributed) throws Exception {
        new Migrations(distributed, new Cluster(8)).migrate();
        try (TestDatabase plain = TestDatabase.migrated();
                RunningDaemon clustered = RunningDaemon.on(distributed);
                RunningDaemon single = RunningDaemon.on(plain)) {
            new DistributedScenario(clustered, single).run();
        }
    }

    private void run() throws Exception {
        assertRefusals();
        for (RunningDaemon daemon : List.of(clustered, single)) {
            store(daemon);
        }
        assertSame();
        for (RunningDaemon daemon : List.of(clustered, single)) {
            daemon.execute("CALL prom_api.execute_maintenance()");
            Await.until(
                    "the old block is packed",
                    () -> daemon.value("SELECT sum(samples) FROM _prom_catalog.packed_block")
                            .equals(Integer.toString(METRICS * INSTANCES * TIMES)));
        }
        assertSame();
        assertSameAnswers();

        // The same again, and what comes late for what is packed.
        List<RunningDaemon> both = List.of(clustered, single);
        for (RunningDaemon daemon : both) {
            store(daemon);
            store(daemon, past + 100, 7);
        }
        assertSame();
        for (RunningDaemon daemon : both) {
            daemon.execute("CALL prom_api.execute_maintenance()");
        }
        assertSame();
        assertSameAnswers();

        for (RunningDaemon daemon : both) {
            daemon.execute(
                    "SELECT prom_api.delete_series_from_metric('metric_1', prom_api.matcher('{\"n\": \"1\"}'), to_timestamp("
                            + (past + 10_000) / 1000.0 + "), to_timestamp(" + (now + 20_000) / 1000.0 + "))");
            daemon.execute("SELECT prom_api.drop_metric('metric_0')");
        }
        assertSame();
        for (RunningDaemon daemon : both) {
            daemon.execute("SELECT prom_api.set_metric_retention_period('metric_2', interval '1 hour')");
            daemon.execute("CALL prom_api.execute_maintenance()");
        }
        assertSame();
        assertThat(clustered.value("SELECT count(*) FROM prom_metric.metric_2"))
                .isEqualTo(Integer.toString(INSTANCES * TIMES));
        assertThat(clustered.rows("SELECT metric_name, label_keys, compressed_chunks FROM prom_info.metric ORDER BY 1"))
                .isEqualTo(single.rows(
                        "SELECT metric_name, label_keys, compressed_chunks FROM prom_info.metric ORDER BY 1"));
    }

    /** What a distributed store has not got is refused by name. */
    private void assertRefusals() {
        for (String refused : List.of(
                "SELECT prom_api.set_joining_setting(true)",
                "CALL prom_api.set_tenant_role('t', 'r')",
                "SELECT prom_api.set_default_rollups('5m')")) {
            assertThatThrownBy(() -> clustered.execute(refused)).as(refused).hasMessageContaining("there are no ");
        }
    }

    private void assertSameAnswers() throws Exception {
        for (String query :
                List.of("metric_1", "sum by (n) (rate(metric_2[1m]))", "metric_1 + metric_2", "topk(2, metric_3)")) {
            for (long begin : List.of(past, now)) {
                String[] parameters = {
                    "query", query, "start", seconds(begin), "end", seconds(begin + 60_000), "step", "7"
                };
                String answer = new QueryClient(single.url())
                        .get("/api/v1/query_range", parameters)
                        .body();
                assertThat(answer).contains("\"values\":");
                assertThat(new QueryClient(clustered.url())
                                .get("/api/v1/query_range", parameters)
                                .body())
                        .as(query)
                        .isEqualTo(answer);
            }
        }
        String over =
                "SELECT time, prom_api.label(labels, 'instance'), round(value::numeric, 9) FROM prom_api.%s('metric_2', '{}',"
                        + " to_timestamp(" + seconds(past) + "), to_timestamp(" + seconds(past + 60_000)
                        + "), interval '10 s') ORDER BY 1, 2";
        for (String function : List.of("rate_over", "avg_over", "max_over", "last_over")) {
            assertThat(clustered.rows(over.formatted(function)))
                    .as(function)
                    .isEqualTo(single.rows(over.formatted(function)))
                    .isNotEmpty();
        }
        String joined =
                "SELECT count(*), sum((a.value - b.value)::numeric(20, 6)) FROM prom_metric.metric_1 a JOIN prom_metric.metric_2 b ON"
                        + " a.time = b.time AND eq(a.labels, b.labels)";
        assertThat(clustered.rows(joined + " AND a.bucket = b.bucket")).isEqualTo(single.rows(joined));
    }

    private static String seconds(long millis) {
        return Double.toString(millis / 1000.0);
    }

    private void assertSame() throws Exception {
        assertThat(clustered.stored()).isEqualTo(single.stored()).isNotEmpty();
        for (String view : single.rows("SELECT quote_ident(table_name) FROM prom_info.metric ORDER BY 1")) {
            for (String sql : VIEWS) {
                String sorted = sql.formatted(view) + " ORDER BY 1, 2, 3";
                assertThat(clustered.rows(sorted))
                        .as(sorted)
                        .isEqualTo(single.rows(sorted))
                        .isNotEmpty();
            }
        }
    }

    /** Samples of a block that has closed, and of the present. */
    private void store(RunningDaemon daemon) throws Exception {
        for (long begin : List.of(past, now)) {
            store(daemon, begin, 1);
        }
        daemon.awaitViews();
    }

    private void store(RunningDaemon daemon, long begin, int factor) throws Exception {
        List<TestSample> samples = new ArrayList<>();
        for (int metric = 0; metric < METRICS; metric++) {
            for (int instance = 0; instance < INSTANCES; instance++) {
                for (int time = 0; time < TIMES; time++) {
                    samples.add(TestSample.of(
                            "metric_" + metric,
                            begin + 1_000L * time,
                            factor * Math.sqrt(metric + time * instance),
                            "job",
                            "j",
                            "instance",
                            "i" + instance,
                            "n",
                            "" + instance % 3));
                }
            }
        }
        assertThat(daemon.send(samples).statusCode()).isEqualTo(204);
    }
}
