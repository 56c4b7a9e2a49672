package io.promgres.energy;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Dimensions, sessions and facts that people write, beside what is computed of samples. */
class HandWrittenIT {

    private static final Instant T0 = Instant.parse("2026-03-02T10:00:00Z");
    private static final String BUSY = "node_cpu_seconds_total{cpu=\"0\",mode=\"user\",instance=\"172.16.100.50:9100\","
            + "machine_name=\"m1\",cloud_project_name=\"p1\"}";
    private static final String SECONDS_OF_MACHINES =
            "SELECT count(DISTINCT machine_id), sum(busy_cpu_seconds_total) FROM fact_usage WHERE scope = 'machine'";

    private EnergyDatabase energy;

    @BeforeEach
    void start() throws SQLException {
        energy = new EnergyDatabase(RuleFiles.read(List.of()));
    }

    @AfterEach
    void stop() {
        energy.close();
    }

    private void run(String sql) throws SQLException {
        try (Connection connection = energy.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** A busy CPU for 40 minutes: 60 seconds in each minute. */
    private void sendCounter() {
        for (int minute = 0; minute <= 40; minute++) {
            energy.send(BUSY, T0.plusSeconds(minute * 60L), minute * 60);
        }
    }

    private void insertSession(String columns, String values) throws SQLException {
        run("INSERT INTO dim_user (user_id, display_name) VALUES ('ann', 'Ann') ON CONFLICT DO NOTHING");
        run("INSERT INTO dim_machine (machine_name) VALUES ('m1') ON CONFLICT DO NOTHING");
        run("INSERT INTO dim_instance (host) VALUES ('172.16.100.50') ON CONFLICT DO NOTHING");
        run(
                "INSERT INTO active_workspace (instance_id, machine_id, user_id, " + columns + ")"
                        + " SELECT instance_id, machine_id, 'ann', " + values
                        + " FROM dim_instance, dim_machine WHERE host = '172.16.100.50' AND port IS NULL AND machine_name = 'm1'");
    }

    @Test
    void aSessionByHandStaysAndItsUserHasTheTimeBetweenItsStartAndItsEnd() throws SQLException {
        sendCounter();
        energy.project(T0.plusSeconds(2400));
        insertSession("started_at, ended_at", "'2026-03-02T10:10:00Z', '2026-03-02T10:20:00Z'");
        energy.project(T0.plusSeconds(2400));

        // 10 minutes of a busy CPU are 600 s; at 12 W 7200 J, 0.002 kWh.
        assertThat(energy.query(
                        "SELECT user_id, sum(busy_cpu_seconds_total), trim_scale(sum(busy_kwh)) FROM v_user_timeseries"
                                + " GROUP BY user_id"))
                .containsExactly("ann|600|0.002");
        assertThat(energy.query("SELECT workspace_id, origin FROM active_workspace"))
                .containsExactly("manual-1|manual");

        run("DELETE FROM active_workspace");
        energy.project(T0.plusSeconds(2400));
        energy.rebuild(T0, T0.plusSeconds(2400));
        assertThat(energy.query("SELECT sum(busy_cpu_seconds_total) FROM v_user_timeseries"))
                .containsExactly("600");
    }

    @Test
    void aSessionByHandThatIsCorrectedMovesItsTimeToTheOtherUser() throws SQLException {
        insertSession("started_at", "'2026-03-02T10:10:00Z'");
        sendCounter();
        energy.project(T0.plusSeconds(2400));
        // From 10:10 to 10:40: 31 samples.
        assertThat(energy.query("SELECT user_id, sum(busy_cpu_seconds_total) FROM v_user_timeseries GROUP BY 1"))
                .containsExactly("ann|1860");

        run("INSERT INTO dim_user (user_id) VALUES ('bob')");
        run("UPDATE active_workspace SET user_id = 'bob', ended_at = '2026-03-02T10:30:00Z'");
        energy.project(T0.plusSeconds(2400));
        assertThat(energy.query("SELECT user_id, sum(busy_cpu_seconds_total) FROM v_user_timeseries GROUP BY 1"))
                .containsExactly("bob|1200");
    }

    @Test
    void aSessionByHandFindsSeriesThatNameNothing() throws SQLException {
        String nameless = "node_cpu_seconds_total{cpu=\"0\",mode=\"user\",instance=\"172.16.100.50:9100\"}";
        for (int minute = 0; minute <= 10; minute++) {
            energy.send(nameless, T0.plusSeconds(minute * 60L), minute * 60);
        }
        energy.project(T0.plusSeconds(600));
        insertSession("started_at, ended_at", "'2026-03-02T10:00:00Z', '2026-03-02T10:05:00Z'");
        energy.project(T0.plusSeconds(600));
        // 10:01 to 10:04 are steps of the first bucket.
        assertThat(energy.query("SELECT user_id, busy_cpu_seconds_total FROM v_user_timeseries"))
                .containsExactly("ann|240");
    }

    @Test
    void aFactByHandStaysWhereABucketIsComputed() throws SQLException {
        run("INSERT INTO dim_project (cloud_project_name) VALUES ('p1')");
        run(
                "INSERT INTO fact_usage (scope, ts, project_id, busy_kwh) SELECT 'project', '2026-03-02T10:00:00Z', project_id, 7"
                        + " FROM dim_project");
        sendCounter();
        energy.project();
        energy.rebuild(T0, T0.plusSeconds(2400));

        assertThat(energy.query("SELECT busy_kwh + idle_kwh, busy_cpu_seconds_total, origin FROM fact_usage"
                        + " WHERE scope = 'project' AND ts = '2026-03-02T10:00:00Z'"))
                .containsExactly("7|0|manual");
        assertThat(energy.query("SELECT count(*) FROM fact_usage WHERE scope = 'project' AND origin = 'samples'"))
                .containsExactly("8");
    }

    @Test
    void aFactThatIsChangedByHandIsLeftAlone() throws SQLException {
        sendCounter();
        energy.project();
        run("UPDATE fact_usage SET busy_kwh = 1 WHERE scope = 'project' AND ts = '2026-03-02T10:00:00Z'");
        energy.rebuild(T0, T0.plusSeconds(2400));
        assertThat(energy.query("SELECT busy_kwh, origin FROM fact_usage WHERE scope = 'project' AND busy_kwh = 1"))
                .containsExactly("1|manual");
    }

    @Test
    void aMachineThatIsRenamedOrDeletedCountsOnce() throws SQLException {
        sendCounter();
        energy.project();
        assertThat(energy.query(SECONDS_OF_MACHINES)).containsExactly("1|2400");

        run("UPDATE dim_machine SET machine_name = 'renamed'");
        energy.rebuild(T0, T0.plusSeconds(2400));
        assertThat(energy.query(SECONDS_OF_MACHINES)).containsExactly("1|2400");
        assertThat(energy.query("SELECT machine_name FROM dim_machine")).containsExactly("renamed");

        run("DELETE FROM dim_machine");
        energy.send(BUSY, T0.plusSeconds(2460), 2460);
        energy.project();
        energy.rebuild(T0, T0.plusSeconds(2500));
        assertThat(energy.query(SECONDS_OF_MACHINES)).containsExactly("1|2460");
        assertThat(energy.query("SELECT machine_name, busy_cpu_seconds_total FROM v_machine_totals"))
                .containsExactly("m1|2460");

        run("DELETE FROM dim_machine");
        run("INSERT INTO dim_machine (machine_id, machine_name) VALUES (77, 'm1')");
        energy.rebuild(T0, T0.plusSeconds(2500));
        assertThat(energy.query(SECONDS_OF_MACHINES)).containsExactly("1|2460");
        assertThat(energy.query("SELECT machine_id, busy_cpu_seconds_total FROM v_machine_totals"))
                .containsExactly("77|2460");
    }

    @Test
    void aUserWhoseIdIsChangedCountsOnce() throws SQLException {
        energy.send("usage_busy_kwh{user_id=\"ann\"}", T0, 1);
        energy.project();
        run("UPDATE dim_user SET user_id = 'anna'");
        energy.rebuild(T0, T0.plusSeconds(60));
        assertThat(energy.query("SELECT user_id, busy_kwh FROM fact_usage")).containsExactly("anna|1");
    }

    @Test
    void whatAPersonSaysOfAUserIsNotWrittenOverByLabels() throws SQLException {
        run("INSERT INTO dim_user (user_id, display_name) VALUES ('ann', 'Dr Ann')");
        energy.send("usage_busy_kwh{user_id=\"ann\",display_name=\"ann b\",group_name=\"physics\"}", T0, 1);
        energy.send("usage_busy_kwh{user_id=\"bob\",display_name=\"bob\"}", T0, 1);
        energy.project();
        run("UPDATE dim_user SET display_name = 'Bob' WHERE user_id = 'bob'");
        energy.send("usage_idle_kwh{user_id=\"bob\",display_name=\"bob c\"}", T0, 1);
        energy.project();

        assertThat(energy.query(
                        "SELECT user_id, display_name, group_name, origin FROM dim_user LEFT JOIN dim_group USING (group_id)"
                                + " ORDER BY 1"))
                .containsExactly("ann|Dr Ann|physics|manual", "bob|Bob||manual");
    }

    @Test
    void everyTableMayBePublished() throws SQLException {
        run(
                "DO $$ BEGIN EXECUTE (SELECT 'CREATE PUBLICATION everything FOR TABLE ' || string_agg(oid::regclass::text, ', ')"
                        + " FROM pg_class WHERE relkind = 'r' AND relnamespace IN ('energy'::regnamespace, '_energy'::regnamespace)); END $$");
        sendCounter();
        energy.project();
        insertSession("started_at", "'2026-03-02T10:10:00Z'");
        energy.send(BUSY, T0.plusSeconds(90), 80);
        energy.project();
        run("DELETE FROM active_workspace");
        energy.rebuild(T0, T0.plusSeconds(2400));
        assertThat(energy.query(SECONDS_OF_MACHINES)).containsExactly("1|2400");
    }
}
