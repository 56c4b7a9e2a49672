package io.promgres.datamodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promgres.testing.RunningDaemon;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Defaults, what metrics have of their own, and where it shows. */
class SettingsIT {

    private TestDatabase database;
    private RunningDaemon db;

    @BeforeEach
    void fill() throws Exception {
        database = TestDatabase.migrated();
        db = RunningDaemon.on(database);
        db.send(TestSample.of("up", System.currentTimeMillis(), 1, "job", "node"));
        db.awaitViews();
    }

    @AfterEach
    void close() throws Exception {
        db.close();
        database.close();
    }

    private String info(String metric) throws SQLException {
        return db.value("SELECT retention_period, chunk_interval FROM prom_info.metric WHERE metric_name = ?", metric);
    }

    @Test
    void theDefaultsAreThoseOfTheDocumentation() throws Exception {
        assertThat(db.value("SELECT get_default_metric_retention_period(), get_default_chunk_interval(),"
                        + " get_metric_retention_period('nope'), get_metric_chunk_interval('nope')"))
                .isEqualTo("90 days|02:00:00|90 days|02:00:00");
        assertThat(info("up")).isEqualTo("90 days|02:00:00");
    }

    @Test
    void aDefaultAppliesToMetricsWithoutASettingOfTheirOwnWheneverTheyCame() throws Exception {
        db.value("SELECT set_metric_retention_period('up', interval '3 days'), set_metric_chunk_interval('up', '4 h')");
        assertThat(
                        db.value(
                                "SELECT set_default_retention_period(180 * INTERVAL '1 day'), set_default_chunk_interval('1 h')"))
                .isEqualTo("t|t");
        db.send(TestSample.of("later", System.currentTimeMillis(), 1));
        db.awaitViews();

        assertThat(info("up")).isEqualTo("3 days|04:00:00");
        assertThat(info("later")).isEqualTo("180 days|01:00:00");
        assertThat(db.value("SELECT reset_metric_retention_period('up'), reset_metric_chunk_interval('up')"))
                .isEqualTo("t|t");
        assertThat(info("up")).isEqualTo("180 days|01:00:00");
    }

    @Test
    void aSettingMakesAMetricThatIsUnknown() throws Exception {
        String odd = "a\"; DROP TABLE x; --";
        db.value("SELECT set_metric_retention_period(?, interval '1 day')", odd);
        assertThat(info(odd)).isEqualTo("1 day|02:00:00");
        assertThat(db.rows("SELECT * FROM prom_metric.\"a\"\"; DROP TABLE x; --\""))
                .isEmpty();
        assertThat(db.value("SELECT count(*) FROM prom_info.metric")).isEqualTo("2");
        db.value("SELECT reset_metric_retention_period('unknown')");
        assertThat(db.value("SELECT count(*) FROM prom_info.metric")).isEqualTo("2");
    }

    @Test
    void aSchemaMayBeNamed() throws Exception {
        db.value("SELECT set_metric_retention_period('prom_data', 'up', interval '5 days')");
        assertThat(db.value("SELECT get_metric_retention_period('prom_data', 'up')"))
                .isEqualTo("5 days");
        db.value("SELECT reset_metric_retention_period('prom_data', 'up')");
        assertThat(info("up")).startsWith("90 days");
        assertThatThrownBy(() -> db.value("SELECT set_metric_retention_period('public', 'up', interval '5 days')"))
                .hasMessageContaining("public.up is not a metric of promgres");
    }

    @Test
    void whatCannotBeIsRefused() {
        for (String call : new String[] {
            "set_default_retention_period('0')",
            "set_default_retention_period(NULL)",
            "set_metric_retention_period('up', '-1 day')",
            "set_metric_retention_period('', interval '1 day')",
            "set_default_chunk_interval('1 month')",
            "set_metric_chunk_interval('up', '1 s')",
            "set_default_compression_setting(NULL)",
            "set_compression_on_metric_table('nope', true)",
            "config_maintenance_jobs(-1, '1 min')"
        }) {
            assertThatThrownBy(() -> db.value("SELECT " + call)).as(call).isInstanceOf(SQLException.class);
        }
    }

    @Test
    void compressionFollowsTheDefaultUnlessSet() throws Exception {
        String compression = "SELECT _prom_catalog.metric_compression(id) FROM prom_info.metric";
        assertThat(db.value(compression)).isEqualTo("t");
        db.value("SELECT set_default_compression_setting(false)");
        assertThat(db.value(compression)).isEqualTo("f");
        db.value("SELECT set_metric_compression_setting('up', true)");
        assertThat(db.value(compression)).isEqualTo("t");
        db.value("SELECT set_compression_on_metric_table('up', false)");
        db.value("SELECT set_default_compression_setting(true)");
        assertThat(db.value(compression)).isEqualTo("f");
        db.value("SELECT reset_metric_compression_setting('up')");
        assertThat(db.value(compression)).isEqualTo("t");
    }

    @Test
    void aViewOfAMetricCanBeRegisteredOnce() throws Exception {
        db.execute("CREATE VIEW public.hourly AS SELECT time, series_id, value AS highest FROM prom_metric.up");
        assertThat(db.value("SELECT register_metric_view('public', 'hourly')")).isEqualTo("t");
        assertThat(db.value("SELECT register_metric_view('public', 'hourly', true)"))
                .isEqualTo("f");
        assertThatThrownBy(() -> db.value("SELECT register_metric_view('public', 'hourly')"))
                .hasMessageContaining("registered already");
        assertThat(db.value("SELECT unregister_metric_view('public', 'hourly')"))
                .isEqualTo("t");
        assertThat(db.value("SELECT unregister_metric_view('public', 'hourly', true)"))
                .isEqualTo("f");
        assertThatThrownBy(() -> db.value("SELECT unregister_metric_view('public', 'hourly')"))
                .hasMessageContaining("not registered");
    }

    @Test
    void aViewThatIsNoMetricIsNotRegistered() throws Exception {
        db.execute("CREATE VIEW public.alien AS SELECT now() AS time, 1::bigint AS series_id, 1::float8 AS value");
        db.execute("CREATE VIEW public.timeless AS SELECT series_id, value FROM prom_metric.up");
        db.execute("CREATE VIEW public.nameless AS SELECT time, value FROM prom_metric.up");
        db.execute("CREATE VIEW public.up AS SELECT time, series_id, value FROM prom_metric.up");
        db.execute("CREATE VIEW public.worthless AS SELECT time, series_id FROM prom_metric.up");
        String[][] refused = {
            {"alien", "not made of a metric"},
            {"timeless", "no column time"},
            {"nameless", "no column series_id"},
            {"worthless", "no column of type double precision"},
            {"up", "a metric has this name"},
            {"absent", "no such view"}
        };
        for (String[] view : refused) {
            assertThatThrownBy(() -> db.value("SELECT register_metric_view('public', ?)", view[0]))
                    .hasMessageContaining(view[1]);
        }
        assertThatThrownBy(() -> db.value("SELECT register_metric_view('prom_metric', 'up')"))
                .hasMessageContaining("our own");
    }
}
