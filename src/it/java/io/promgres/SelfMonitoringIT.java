package io.promgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.AnyServer;
import io.promgres.testing.Await;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.TestDatabase;
import org.junit.jupiter.api.Test;

/** With no Prometheus at hand there is something to query: the daemon's own metrics. */
@AnyServer
class SelfMonitoringIT {

    @Test
    void whoListensOnAllAddressesCallsItselfByTheMachinesName() throws Exception {
        try (TestDatabase database = TestDatabase.migrated();
                RunningDaemon daemon = RunningDaemon.on(
                        database, "self-monitoring.interval", "200ms", "listen", "0.0.0.0:0", "insecure", "true")) {
            String view = "prom_series.promgres_flush_samples_total";
            Await.until(
                    "its view",
                    () -> daemon.value("SELECT to_regclass('" + view + "') IS NOT NULL")
                            .equals("t"));
            assertThat(daemon.rows("SELECT instance LIKE '0.0.0.0:%' FROM " + view))
                    .containsExactly("f");
        }
    }

    @Test
    void theDaemonStoresItsOwnMetricsLikeAnyOthers() throws Exception {
        try (TestDatabase database = TestDatabase.migrated();
                RunningDaemon daemon = RunningDaemon.on(database, "self-monitoring.interval", "1s")) {
            Await.until(
                    "a metric of promgres",
                    () -> !daemon.rows(
                                    "SELECT metric_name FROM prom_info.metric"
                                            + " WHERE metric_name = 'promgres_http_requests_total' OR metric_name LIKE 'promgres%'")
                            .isEmpty());
            daemon.awaitViews();

            String view = daemon.rows("SELECT table_name FROM prom_info.metric WHERE metric_name LIKE 'promgres%'"
                            + " ORDER BY 1 LIMIT 1")
                    .get(0);
            Await.until(
                    "its samples",
                    () -> !daemon.rows("SELECT value FROM prom_metric." + view).isEmpty());
            assertThat(daemon.rows("SELECT DISTINCT job, instance LIKE '127.0.0.1:%' FROM prom_series." + view))
                    .containsExactly("promgres|t");
            assertThat(daemon.rows(
                            "SELECT max(time) BETWEEN now() - interval '1 minute' AND now() FROM prom_metric." + view))
                    .containsExactly("t");
        }
    }
}
