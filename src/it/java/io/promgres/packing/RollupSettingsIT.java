package io.promgres.packing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promgres.testing.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which metrics are rolled up: none, all, or those that are chosen, with what was packed of them before. */
class RollupSettingsIT {

    private static final String VIEWS =
            "SELECT schemaname || '.' || viewname FROM pg_views WHERE schemaname LIKE 'prom\\_rollup\\_%' ORDER BY 1";
    private static final String ROWS =
            "SELECT (SELECT count(*) FROM _prom_rollup.\"5m\") + (SELECT count(*) FROM _prom_rollup.\"1h\")";

    private PackedDatabase database;
    private Connection connection;

    @BeforeEach
    void packTwoDays() throws Exception {
        database = new PackedDatabase();
        connection = database.connect();
        Instant start = Instant.now().minus(Duration.ofHours(40)).truncatedTo(ChronoUnit.HOURS);
        RandomSeries made = RandomSeries.of(new Random(1), 26, start, 36, 300_000);
        database.intern(made.labels());
        database.write(database.fast(), made.samples());
        database.packAll();
    }

    @AfterEach
    void dropDatabase() throws SQLException {
        connection.close();
        database.close();
    }

    @Test
    void nothingIsRolledUpByDefaultAndNoViewIsThere() throws Exception {
        assertThat(Sql.rows(connection, VIEWS)).isEmpty();
        assertThat(Sql.value(connection, ROWS)).isEqualTo("0");
        assertThat(Sql.rows(connection, "SELECT metric_name FROM prom_info.metric_rollup"))
                .isEmpty();
        assertThat(Sql.value(connection, "SELECT prom_api.get_default_rollups()"))
                .isEqualTo("none");
    }

    @Test
    void theDefaultBringsRollupsOfWhatWasPackedBeforeAndTakesThemAwayAgain() throws Exception {
        Sql.value(connection, "SELECT prom_api.set_default_rollups('1h, 5m')");
        database.pack();
        ExpectedRollups.assertShown(connection, "both", "5m", "1h");
        assertThat(Sql.value(connection, "SELECT bool_and(complete) FROM prom_info.metric_rollup"))
                .isEqualTo("t");

        Sql.value(connection, "SELECT prom_api.set_default_rollups('1h')");
        database.pack();
        ExpectedRollups.assertShown(connection, "hours alone", "1h");
        assertThat(Sql.rows(connection, VIEWS)).allMatch(view -> view.startsWith("prom_rollup_1h."));
        assertThat(database.count("_prom_rollup.\"5m\"")).isZero();

        Sql.value(connection, "SELECT prom_api.set_default_rollups('none')");
        database.pack();
        assertThat(Sql.rows(connection, VIEWS)).isEmpty();
        assertThat(Sql.value(connection, ROWS)).isEqualTo("0");
    }

    @Test
    void aMetricMayBeRolledUpAloneOrAloneNot() throws Exception {
        List<String> metrics = Sql.rows(connection, "SELECT metric_name FROM prom_info.metric ORDER BY 1");
        Sql.value(connection, "SELECT prom_api.set_metric_rollups('" + metrics.get(0) + "', '5m')");
        database.pack();
        assertThat(Sql.rows(connection, VIEWS)).containsExactly("prom_rollup_5m." + metrics.get(0));
        assertThat(Sql.value(connection, "SELECT view_name FROM prom_info.metric_rollup"))
                .isEqualTo("prom_rollup_5m." + metrics.get(0));

        Sql.value(connection, "SELECT prom_api.set_metric_rollups('" + metrics.get(0) + "', 'none')");
        Sql.value(connection, "SELECT prom_api.set_default_rollups('1h')");
        database.pack();
        assertThat(Sql.rows(connection, VIEWS))
                .hasSize(metrics.size() - 1)
                .doesNotContain("prom_rollup_1h." + metrics.get(0));

        Sql.value(connection, "SELECT prom_api.reset_metric_rollups('" + metrics.get(0) + "')");
        database.pack();
        ExpectedRollups.assertShown(connection, "all", "1h");
    }

    @Test
    void aResolutionThatIsNotThereIsRefused() {
        assertThatThrownBy(() -> Sql.value(connection, "SELECT prom_api.set_default_rollups('1h,2h')"))
                .hasMessageContaining("there are no rollups of 1h,2h")
                .hasMessageContaining("There are none, or, separated by commas: 5m, 1h.");
        assertThatThrownBy(() -> Sql.value(connection, "SELECT prom_api.set_metric_rollups('up', NULL)"))
                .hasMessageContaining("there are no rollups of NULL");
    }
}
