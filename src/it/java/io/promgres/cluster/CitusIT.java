package io.promgres.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.config.DatabaseUri;
import io.promgres.testing.AnyServer;
import io.promgres.testing.Await;
import io.promgres.testing.CitusDatabase;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** A daemon on the coordinator of a real Citus, whose workers promgres does not use: as on a plain server. */
@AnyServer
@EnabledIfSystemProperty(
        named = CitusDatabase.PROPERTY,
        matches = "postgres.+",
        disabledReason = "PROMGRES_CITUS names no coordinator of Citus")
class CitusIT {

    private static final int METRICS = 40;
    private static final int SERIES = 3;
    private static final int TIMES = 60;

    /** The interface of a metric; and what a row of it is without the numbers that a database gives. */
    private static final List<String> VIEWS = List.of(
            "SELECT prom_api.jsonb(labels), val(n_id), time, encode(float8send(value), 'hex') FROM prom_metric.%s",
            "SELECT prom_api.jsonb(labels), val(n_id), time, encode(float8send(value), 'hex') FROM prom_latest.%s",
            "SELECT prom_api.jsonb(labels), n, job, instance FROM prom_series.%s");

    /** Of the objects that Citus makes on the workers, and on those to come. */
    private static final String PROPAGATED = "SELECT pg_describe_object(classid, objid, objsubid) FROM pg_dist_object"
            + " WHERE pg_describe_object(classid, objid, objsubid) ~ 'prom|ps_tag|energy|metric_data'";

    private static final String SCHEMAS =
            "SELECT nspname FROM pg_namespace WHERE nspname ~ 'prom|ps_tag|energy|metric_data'";

    private final long now = System.currentTimeMillis();
    private final long past = now - Duration.ofHours(6).toMillis();

    @Test
    void viewsAreTheSameAsThoseOfAPlainDatabaseInBothTiersAndWorkersCanBeAddedAfterwards() throws Exception {
        try (CitusDatabase citus = new CitusDatabase();
                TestDatabase plain = TestDatabase.migrated();
                RunningDaemon clustered = RunningDaemon.on(citus.uri());
                RunningDaemon single = RunningDaemon.on(plain)) {
            for (RunningDaemon daemon : List.of(clustered, single)) {
                store(daemon, "before");
            }
            assertSame(clustered, single);
            for (RunningDaemon daemon : List.of(clustered, single)) {
                daemon.execute("CALL prom_api.execute_maintenance()");
                Await.until(
                        "the old block is packed",
                        () -> daemon.value("SELECT sum(samples) FROM _prom_catalog.packed_block")
                                .equals(Integer.toString(METRICS * SERIES * TIMES)));
            }
            assertSame(clustered, single);

            citus.addWorkers();
            for (RunningDaemon daemon : List.of(clustered, single)) {
                store(daemon, "after");
            }
            assertSame(clustered, single);
            assertNothingIsPropagated(citus);
        }
    }

    @Test
    void whereWorkersAreRegisteredBeforeNothingIsPropagatedEither() throws Exception {
        try (CitusDatabase citus = new CitusDatabase()) {
            citus.addWorkers();
            try (RunningDaemon daemon = RunningDaemon.on(citus.uri())) {
                store(daemon, "new");
                assertThat(daemon.stored()).hasSize(2 * METRICS * SERIES * TIMES);
            }
            assertNothingIsPropagated(citus);
        }
    }

    private static void assertNothingIsPropagated(CitusDatabase citus) throws SQLException {
        assertThat(CitusDatabase.valuesOn(citus.uri(), PROPAGATED)).isEmpty();
        assertThat(citus.workers()).isNotEmpty();
        for (DatabaseUri worker : citus.workers()) {
            assertThat(CitusDatabase.valuesOn(worker, SCHEMAS)).isEmpty();
        }
    }

    private static void assertSame(RunningDaemon clustered, RunningDaemon single) throws Exception {
        assertThat(clustered.stored()).isEqualTo(single.stored()).isNotEmpty();
        for (String view : single.rows("SELECT quote_ident(table_name) FROM prom_info.metric ORDER BY 1")) {
            for (String sql : VIEWS) {
                String sorted = sql.formatted(view) + " ORDER BY 1, 2, 3";
                assertThat(clustered.rows(sorted)).as(sorted).isEqualTo(single.rows(sorted));
            }
        }
    }

    /** Samples of a block that has closed, and of the present. */
    private void store(RunningDaemon daemon, String prefix) throws Exception {
        for (long begin : List.of(past, now)) {
            List<TestSample> samples = new ArrayList<>();
            for (int metric = 0; metric < METRICS; metric++) {
                for (int series = 0; series < SERIES; series++) {
                    for (int time = 0; time < TIMES; time++) {
                        samples.add(TestSample.of(
                                prefix + "_" + metric,
                                begin + 1_000L * time,
                                Math.sqrt(metric + time * series),
                                "job",
                                "j",
                                "instance",
                                "i" + series,
                                "n",
                                "" + series));
                    }
                }
            }
            assertThat(daemon.send(samples).statusCode()).isEqualTo(204);
        }
        daemon.awaitViews();
    }
}
