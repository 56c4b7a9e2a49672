package io.promgres.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.schema.Cluster;
import io.promgres.schema.Migrations;
import io.promgres.testing.AnyServer;
import io.promgres.testing.Await;
import io.promgres.testing.CitusDatabase;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** A daemon whose store is distributed over the workers of a real Citus, beside one with a plain database. */
@AnyServer
@EnabledIfSystemProperty(
        named = CitusDatabase.PROPERTY,
        matches = "postgres.+",
        disabledReason = "PROMGRES_CITUS names no coordinator of Citus")
class DistributedIT {

    private static final int METRICS = 5;
    private static final int INSTANCES = 12;
    private static final int TIMES = 60;

    /** The interface of a metric; and what a row of it is without the numbers that a database gives. */
    private static final List<String> VIEWS = List.of(
            "SELECT prom_api.jsonb(labels), val(n_id), time, float8send(value) FROM prom_metric.%s",
            "SELECT prom_api.jsonb(labels), val(n_id), time, float8send(value) FROM prom_latest.%s",
            "SELECT prom_api.jsonb(labels), n, job, instance FROM prom_series.%s");

    private final long now = System.currentTimeMillis();
    private final long past = now - Duration.ofHours(6).toMillis();

    @Test
    void viewsAreTheSameAsThoseOfAPlainDatabaseInBothTiers() throws Exception {
        try (CitusDatabase citus = new CitusDatabase()) {
            citus.addWorkers();
            new Migrations(citus.uri(), new Cluster(8)).migrate();
            try (TestDatabase plain = TestDatabase.migrated();
                    RunningDaemon clustered = RunningDaemon.on(citus.uri());
                    RunningDaemon single = RunningDaemon.on(plain)) {
                for (RunningDaemon daemon : List.of(clustered, single)) {
                    store(daemon);
                }
                assertSame(clustered, single);
                for (RunningDaemon daemon : List.of(clustered, single)) {
                    daemon.execute("CALL prom_api.execute_maintenance()");
                    Await.until(
                            "the old block is packed",
                            () -> daemon.value("SELECT sum(samples) FROM _prom_catalog.packed_block")
                                    .equals(Integer.toString(METRICS * INSTANCES * TIMES)));
                }
                assertSame(clustered, single);
            }
        }
    }

    private static void assertSame(RunningDaemon clustered, RunningDaemon single) throws Exception {
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
            List<TestSample> samples = new ArrayList<>();
            for (int metric = 0; metric < METRICS; metric++) {
                for (int instance = 0; instance < INSTANCES; instance++) {
                    for (int time = 0; time < TIMES; time++) {
                        samples.add(TestSample.of(
                                "metric_" + metric,
                                begin + 1_000L * time,
                                Math.sqrt(metric + time * instance),
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
        daemon.awaitViews();
    }
}
