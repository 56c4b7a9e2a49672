package io.promgres.energy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.StringJoiner;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Constraints of schema energy, as its guide has them, tried by somebody who writes into it by hand. */
class EnergySchemaIT {

    private static EnergyDatabase energy;

    private Connection connection;

    @BeforeAll
    static void start() throws SQLException {
        energy = new EnergyDatabase(RuleFiles.read(List.of()));
    }

    @AfterAll
    static void stop() {
        energy.close();
    }

    /** What a test does goes with its transaction. */
    @BeforeEach
    void fill() throws SQLException {
        connection = energy.connect();
        connection.setAutoCommit(false);
        run("INSERT INTO dim_group (group_id, group_name) VALUES (1, 'g')");
        run("INSERT INTO dim_user (user_id, group_id) VALUES ('ann', 1)");
        run("INSERT INTO dim_project (project_id, cloud_project_name) VALUES (1, 'p')");
        run("INSERT INTO dim_machine (machine_id, machine_name) VALUES (1, 'm')");
        run("INSERT INTO dim_instance (instance_id, host) VALUES (1, 'h')");
        run("INSERT INTO map_user_project VALUES ('ann', 1)");
        run("INSERT INTO map_project_machine VALUES (1, 1)");
        run("INSERT INTO active_workspace VALUES ('w', 1, 1, 'ann', 1, '2026-03-02T10:00:00Z')");
        run("INSERT INTO fact_usage (scope, ts, project_id, machine_id, user_id, busy_kwh) VALUES"
                + " ('ada', '2026-03-02T00:00:00Z', NULL, NULL, NULL, 1),"
                + " ('project', '2026-03-02T00:00:00Z', 1, NULL, NULL, 1),"
                + " ('machine', '2026-03-02T00:00:00Z', NULL, 1, NULL, 1),"
                + " ('user', '2026-03-02T00:00:00Z', NULL, NULL, 'ann', 1)");
    }

    @AfterEach
    void rollBack() throws SQLException {
        connection.rollback();
        connection.close();
    }

    private void run(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The rows of a query, columns separated by a bar, nothing for NULL. */
    private List<String> query(String sql) throws SQLException {
        List<String> lines = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            int columns = rows.getMetaData().getColumnCount();
            while (rows.next()) {
                StringJoiner line = new StringJoiner("|");
                for (int i = 1; i <= columns; i++) {
                    line.add(Objects.requireNonNullElse(rows.getString(i), ""));
                }
                lines.add(line.toString());
            }
        }
        return lines;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'ada', '2026-03-03', 1, NULL, NULL",
                "'project', '2026-03-03', NULL, NULL, NULL",
                "'project', '2026-03-03', 1, 1, NULL",
                "'machine', '2026-03-03', NULL, NULL, 'ann'",
                "'user', '2026-03-03', 1, NULL, 'ann'",
                "'user', '2026-03-03', NULL, NULL, NULL",
                "'group', '2026-03-03', NULL, NULL, NULL"
            })
    void aRowHasTheKeyOfItsScopeAndNoOther(String keys) {
        assertThatThrownBy(() -> run(
                        "INSERT INTO fact_usage (scope, ts, project_id, machine_id, user_id) VALUES (" + keys + ")"))
                .hasMessageContaining("violates check constraint");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'ada', '2026-03-02T00:00:00Z', NULL, NULL, NULL",
                "'project', '2026-03-02T00:00:00Z', 1, NULL, NULL",
                "'user', '2026-03-02T00:00:00Z', NULL, NULL, 'ann'"
            })
    void aTimeAndKeyStandOnceAlsoWhereKeysAreNull(String keys) {
        assertThatThrownBy(() -> run(
                        "INSERT INTO fact_usage (scope, ts, project_id, machine_id, user_id) VALUES (" + keys + ")"))
                .hasMessageContaining("fact_usage_key");
    }

    @Test
    void amountsAreNotNegative() {
        assertThatThrownBy(
                        () -> run("INSERT INTO fact_usage (scope, ts, idle_gCo2eq) VALUES ('ada', '2026-03-03', -1)"))
                .hasMessageContaining("violates check constraint");
    }

    @Test
    void aChangedKeyIsFollowedEverywhere() throws SQLException {
        run("UPDATE dim_user SET user_id = 'anna'");
        run("UPDATE dim_group SET group_id = 7");
        run("UPDATE dim_project SET project_id = 8");
        run("UPDATE dim_machine SET machine_id = 9");

        assertThat(query("SELECT user_id, group_id FROM dim_user")).containsExactly("anna|7");
        assertThat(query("SELECT * FROM map_user_project")).containsExactly("anna|8");
        assertThat(query("SELECT * FROM map_project_machine")).containsExactly("8|9");
        assertThat(query("SELECT machine_id, user_id, project_id FROM active_workspace"))
                .containsExactly("9|anna|8");
        assertThat(query("SELECT scope, project_id, machine_id, user_id FROM fact_usage ORDER BY scope"))
                .containsExactly("ada|||", "machine||9|", "project|8||", "user|||anna");
    }

    @Test
    void whatIsDeletedLeavesTheBridgesAndNothingElse() throws SQLException {
        run("DELETE FROM dim_group");
        run("DELETE FROM dim_project");
        run("DELETE FROM dim_user");

        assertThat(query("SELECT * FROM map_user_project")).isEmpty();
        assertThat(query("SELECT * FROM map_project_machine")).isEmpty();
        assertThat(query("SELECT workspace_id, user_id, project_id FROM active_workspace"))
                .containsExactly("w||");
        run("DELETE FROM dim_machine");
        assertThat(query("SELECT scope, project_id, machine_id, user_id FROM fact_usage ORDER BY scope"))
                .containsExactly("ada|||", "machine||1|", "project|1||", "user|||ann");
    }

    @Test
    void aUserOutlivesTheGroup() throws SQLException {
        run("DELETE FROM dim_group");

        assertThat(query("SELECT user_id, group_id FROM dim_user")).containsExactly("ann|");
    }

    @Test
    void indexesOfKeysHaveOnlyTheRowsThatHaveTheKey() throws SQLException {
        assertThat(query("SELECT pg_get_expr(indpred, indrelid) FROM pg_index"
                        + " WHERE indrelid = 'fact_usage'::regclass AND indpred IS NOT NULL ORDER BY 1"))
                .containsExactly("(machine_id IS NOT NULL)", "(project_id IS NOT NULL)", "(user_id IS NOT NULL)");
    }
}
