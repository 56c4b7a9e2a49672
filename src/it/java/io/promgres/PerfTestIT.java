package io.promgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.Await;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Results of performance tests, with the whole daemon. */
class PerfTestIT {

    private static final String JID = "24b3c9dc-13e3-4529-a0a3-92340751be17";

    private static TestDatabase database;
    private static RunningDaemon daemon;

    @BeforeAll
    static void start() throws Exception {
        database = TestDatabase.fresh("CREATEROLE");
        daemon = RunningDaemon.on(
                database, "perf-test.prefixes", "profile_data_,none", "perf-test.max-body-bytes", "1KiB");
    }

    @AfterAll
    static void stop() throws Exception {
        daemon.close();
        database.close();
    }

    @Test
    void theConfiguredPrefixesAreTakenAndNoOthers() throws Exception {
        assertThat(post("profile_data_lookup_metrics", "[]").statusCode()).isEqualTo(201);
        assertThat(post("lookup_metrics", "[]").statusCode()).isEqualTo(201);
        assertThat(post("perf_test_lookup_metrics", "[]").statusCode()).isEqualTo(404);
    }

    @Test
    void theConfiguredLimitHolds() throws Exception {
        assertThat(post("job", "[" + " ".repeat(1024) + "]").statusCode()).isEqualTo(413);
    }

    @Test
    void labelledSamplesBecomeResultsByThemselves() throws Exception {
        daemon.send(TestSample.of(
                "deploy_seconds",
                1_772_366_400_000L,
                1.5,
                "perf_test_jid",
                JID,
                "perf_test_pid",
                "4a003e85-e8bb-4a95-a340-eec1727cfd0d"));

        Await.until(
                "the projected sample",
                () -> daemon.rows("SELECT value, \"timestamp\" FROM metric_data.perf_test_phase_metrics")
                        .equals(List.of("1.5|2026-03-01 12:00:00")));
        assertThat(daemon.rows("SELECT started = completed FROM metric_data.perf_test_job WHERE jid = ?::uuid", JID))
                .containsExactly("t");
    }

    @Test
    void readersMayReadResultsAndNothingMore() throws Exception {
        assertThat(daemon.rows("""
                        SELECT bool_and(has_schema_privilege('prom_reader', 'metric_data', 'USAGE')),
                               bool_and(has_table_privilege('prom_reader', c.oid, 'SELECT')),
                               bool_or(has_table_privilege('prom_reader', c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE'))
                        FROM pg_class c WHERE c.relnamespace = 'metric_data'::regnamespace AND c.relkind = 'r'""")).containsExactly("t|t|f");
    }

    private static HttpResponse<String> post(String table, String json) throws Exception {
        return daemon.sender().postJson("/perf-test/" + table, json);
    }
}
