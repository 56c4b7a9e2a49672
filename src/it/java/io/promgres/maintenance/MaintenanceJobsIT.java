package io.promgres.maintenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promgres.testing.Await;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Maintenance as SQL configures and calls it, and a daemon does it. */
class MaintenanceJobsIT {

    private static final String COMPRESSION_OFF =
            "SELECT config_maintenance_jobs('metrics', 'compression', 0, '1 hour')";
    private static final String LANDED = "SELECT count(*) FROM prom_data.landing";

    private TestDatabase database;
    private RunningDaemon daemon;

    @BeforeEach
    void start() throws Exception {
        database = TestDatabase.migrated();
        daemon = RunningDaemon.on(database);
    }

    @AfterEach
    void close() throws Exception {
        daemon.close();
        database.close();
    }

    @Test
    void aJobThatIsSwitchedOffIsDoneOnRequestOnlyUntilItIsSwitchedOnAgain() throws Exception {
        assertThat(daemon.value(COMPRESSION_OFF)).isEqualTo("t");
        sendClosedBlock(12);
        daemon.execute("CALL execute_maintenance('metrics', 'retention')");
        assertThat(daemon.value(LANDED)).isEqualTo("1");
        daemon.execute("CALL execute_maintenance('metrics', 'compression', log_verbose => true)");
        assertThat(daemon.value(LANDED)).isEqualTo("0");

        sendClosedBlock(20);
        daemon.value("SELECT config_maintenance_jobs(3, '1 second', '{\"log_verbose\": true}')");
        Await.until("packing", () -> daemon.value(LANDED).equals("0"));

        assertThat(daemon.value("SELECT sum(value) FROM prom_metric.old")).isEqualTo("32");
    }

    @Test
    void whatTheJobsAreToldAndHowTheyWentIsSeen() throws Exception {
        daemon.value(COMPRESSION_OFF);
        daemon.value(
                "SELECT config_maintenance_jobs('metrics'::_ps_catalog.signal_type, 'retention', 2, '30 min', '{\"a\": 1}')");
        assertThat(
                        daemon.rows(
                                "SELECT job_type, enabled, schedule_interval, config FROM prom_info.maintenance_job ORDER BY job_type"))
                .isEqualTo(List.of("compression|f|01:00:00|{}", "retention|t|00:30:00|{\"a\": 1}"));

        daemon.execute("CALL execute_maintenance()");
        assertThat(
                        daemon.value(
                                "SELECT bool_and(finished_at >= started_at AND failure IS NULL) FROM prom_info.maintenance_job"))
                .isEqualTo("t");
    }

    @Test
    void thereAreNoTracesAndNoOtherKinds() throws Exception {
        assertThat(daemon.value("SELECT config_maintenance_jobs('traces', 'retention', 1, '1 min')"))
                .isEqualTo("f");
        daemon.execute("CALL execute_maintenance('traces', 'retention')");
        assertThat(daemon.value("SELECT schedule_interval FROM prom_info.maintenance_job WHERE job_type = 'retention'"))
                .isEqualTo("00:10:00");
        assertThatThrownBy(() -> daemon.value("SELECT config_maintenance_jobs('metrics', 'sweeping', 1, '1 min')"))
                .hasMessageContaining("job_type: \"sweeping\"");
    }

    private void sendClosedBlock(int hoursAgo) throws Exception {
        long time = System.currentTimeMillis() - Duration.ofHours(hoursAgo).toMillis();
        assertThat(daemon.send(TestSample.of("old", time, hoursAgo)).statusCode())
                .isEqualTo(204);
        daemon.awaitViews();
    }
}
