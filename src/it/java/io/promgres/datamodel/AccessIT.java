package io.promgres.datamodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promgres.schema.Migrations;
import io.promgres.testing.QueryClient;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.Sql;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the roles may do and may not, in a database whose owner may create roles; and what Grafana asks as prom_reader. */
class AccessIT {

    private static TestDatabase database;
    private static RunningDaemon db;

    @BeforeAll
    static void fill() throws Exception {
        database = TestDatabase.fresh("CREATEROLE");
        db = RunningDaemon.on(database);
        db.send(
                TestSample.of("up", System.currentTimeMillis(), 1, "job", "node"),
                TestSample.of("gone", System.currentTimeMillis(), 1));
        db.awaitViews();
        // From version 16 on, who creates a role administers it, but is no member.
        for (String role :
                new String[] {"prom_reader", "prom_writer", "prom_modifier", "prom_maintenance", "prom_admin"}) {
            db.execute("GRANT " + role + " TO CURRENT_USER");
        }
    }

    @AfterAll
    static void close() throws Exception {
        db.close();
        database.close();
    }

    private static void as(String role, SqlWork work) throws Exception {
        try (Connection connection = db.connect()) {
            Sql.execute(connection, "SET ROLE " + role);
            work.on(connection);
        }
    }

    private interface SqlWork {
        void on(Connection connection) throws SQLException;
    }

    private static void assertRefused(Connection connection, String... statements) {
        for (String statement : statements) {
            assertThatThrownBy(() -> Sql.execute(connection, statement))
                    .as(statement)
                    .hasMessageContaining("permission denied");
        }
    }

    @Test
    void aReaderReadsEverythingAndChangesNothing() throws Exception {
        as("prom_reader", connection -> {
            for (String query : new String[] {
                "SELECT jsonb(labels), val(job_id), value FROM up WHERE labels ? ('job' == 'node') AND labels @> jsonb '{}'",
                "SELECT * FROM prom_series.up WHERE eq(labels, jsonb '{\"job\": \"node\"}')",
                "SELECT increase(time, value) FROM up",
                "SELECT * FROM prom_latest.up",
                "SELECT * FROM prom_info.metric",
                "SELECT * FROM prom_info.label",
                "SELECT * FROM prom_info.metric_stats",
                "SELECT * FROM prom_info.system_stats",
                "SELECT get_metric_retention_period('up'), label_key_position('up', 'job')"
            }) {
                assertThatCode(() -> Sql.execute(connection, query)).as(query).doesNotThrowAnyException();
            }
            assertRefused(
                    connection,
                    "SELECT set_default_retention_period('1 day')",
                    "SELECT drop_metric('gone')",
                    "SELECT delete_series_from_metric('up', '{1}'::bigint[])",
                    "SELECT _prom_catalog.make_views(1)",
                    "INSERT INTO prom_data.landing VALUES (now(), 1, '{1}')",
                    "DELETE FROM _prom_catalog.series",
                    "CREATE VIEW prom_metric.mine AS SELECT 1");
        });
    }

    @Test
    void aModifierDeletesSamplesButSetsNothing() throws Exception {
        as("prom_modifier", connection -> {
            Sql.execute(
                    connection,
                    "SELECT delete_series_from_metric('up', matcher('{\"job\": \"nope\"}'), 'epoch', now())");
            assertRefused(
                    connection,
                    "SELECT set_metric_retention_period('up', interval '1 day')",
                    "SELECT drop_metric('gone')");
        });
    }

    @Test
    void anAdministratorSetsAndDrops() throws Exception {
        as("prom_admin", connection -> {
            Sql.execute(connection, "SELECT set_metric_retention_period('up', interval '100 days')");
            Sql.execute(connection, "SELECT set_metric_chunk_interval('made', '1 h')");
            Sql.execute(connection, "SELECT drop_metric('gone')");
            assertRefused(connection, "TRUNCATE prom_data.landing", "DELETE FROM _prom_catalog.metric");
        });
        assertThat(db.rows("SELECT metric_name, retention_period FROM prom_info.metric"))
                .contains("made|90 days", "up|100 days")
                .doesNotContain("gone|90 days");
    }

    @Test
    void maintenanceIsForItsRole() throws Exception {
        as("prom_maintenance", connection -> Sql.execute(connection, "CALL prom_api.execute_maintenance()"));
        as("prom_reader", connection -> assertRefused(connection, "CALL prom_api.execute_maintenance()"));
    }

    @Test
    void oneRoleIncludesAnother() throws Exception {
        assertThat(
                        db.rows(
                                "SELECT r, pg_has_role('prom_admin', r, 'MEMBER'), pg_has_role('prom_maintenance', r, 'MEMBER'),"
                                        + " pg_has_role('prom_modifier', r, 'MEMBER')"
                                        + " FROM unnest(ARRAY['prom_maintenance', 'prom_modifier', 'prom_reader', 'prom_writer']) r"))
                .containsExactly(
                        "prom_maintenance|t|t|f", "prom_modifier|t|f|t", "prom_reader|t|t|t", "prom_writer|t|f|t");
    }

    @Test
    void grafanaFindsEveryViewWithItsColumnsAsAReader() throws Exception {
        as("prom_reader", connection -> {
            assertThat(Sql.rows(
                            connection,
                            "SELECT schema_name FROM information_schema.schemata WHERE schema_name ~ '^prom_'"
                                    + " AND has_schema_privilege(schema_name, 'USAGE') ORDER BY 1"))
                    .contains("prom_api", "prom_info", "prom_latest", "prom_metric", "prom_series");
            assertThat(Sql.rows(
                            connection,
                            "SELECT table_schema FROM information_schema.tables WHERE table_name = 'up' ORDER BY 1"))
                    .contains("prom_latest", "prom_metric", "prom_series");
            assertThat(
                            Sql.rows(
                                    connection,
                                    "SELECT column_name, data_type FROM information_schema.columns"
                                            + " WHERE table_schema = 'prom_metric' AND table_name = 'up' ORDER BY ordinal_position"))
                    .containsExactly(
                            "time|timestamp with time zone",
                            "value|double precision",
                            "series_id|bigint",
                            "labels|ARRAY",
                            "job_id|integer");
            assertThat(Sql.rows(
                            connection,
                            "SELECT table_name FROM information_schema.tables WHERE quote_ident(table_schema) IN"
                                    + " (SELECT trim(s) FROM unnest(string_to_array(current_setting('search_path'), ',')) s)"
                                    + " AND table_name = 'up'"))
                    .containsExactly("up");
        });
    }

    @Test
    void aMetricDoesNotTakeThePlaceOfARelationOfOurs() throws Exception {
        db.send(
                TestSample.of("fact_usage", System.currentTimeMillis(), 1),
                TestSample.of("dim_project", System.currentTimeMillis(), 1));
        db.awaitViews();
        try (Connection connection = db.connect()) {
            assertThat(Sql.rows(connection, "SELECT busy_kwh FROM fact_usage")).isEmpty();
            assertThat(Sql.rows(connection, "SELECT cloud_project_name FROM dim_project"))
                    .isEmpty();
            assertThat(Sql.rows(connection, "SELECT value FROM prom_metric.fact_usage"))
                    .containsExactly("1");
        }
    }

    @Test
    void aMetricThatComesLaterIsReadableToo() throws Exception {
        db.send(TestSample.of("later", System.currentTimeMillis(), 1));
        db.awaitViews();
        as(
                "prom_reader",
                connection -> assertThat(Sql.rows(connection, "SELECT value FROM later"))
                        .containsExactly("1"));
    }

    /** A grant writes the relation's row in the catalog, also one that is there. */
    @Test
    void anotherStartGrantsOnlyWhatLacks() throws Exception {
        db.execute("REVOKE SELECT ON prom_series.up FROM prom_reader");
        String rows = """
                SELECT oid::regclass, xmin FROM pg_class
                WHERE relnamespace IN ('prom_metric'::regnamespace, 'prom_series'::regnamespace, 'prom_latest'::regnamespace)
                  AND oid <> 'prom_series.up'::regclass ORDER BY 1""";
        List<String> before = db.rows(rows);

        new Migrations(database.uri()).migrate();

        assertThat(db.rows(rows)).isEqualTo(before);
        as(
                "prom_reader",
                connection -> assertThat(Sql.rows(connection, "SELECT count(*) FROM prom_series.up"))
                        .containsExactly("1"));
    }

    @Test
    void functionsThatActForTheOwnerPinTheirSearchPath() throws Exception {
        assertThat(db.rows(
                        "SELECT p.oid::regprocedure FROM pg_proc p WHERE p.prosecdef AND p.proowner = current_user::regrole"
                                + " AND NOT coalesce('search_path=pg_catalog, pg_temp' = ANY (p.proconfig), false)"))
                .isEmpty();
        assertThat(db.rows(
                        "SELECT p.oid::regprocedure FROM pg_proc p WHERE p.prosecdef AND p.proowner = current_user::regrole"
                                + " AND has_function_privilege('public', p.oid, 'EXECUTE')"))
                .isEmpty();
    }

    @Test
    void aViewOfARoleThatLacksTheDaemonsRightsIsNotReadWithThem() throws Exception {
        QueryClient client = new QueryClient(db.url());
        db.execute("CREATE SCHEMA lent");
        db.execute("GRANT USAGE, CREATE ON SCHEMA lent TO prom_reader");
        db.execute("CREATE VIEW lent.up_again AS SELECT time, series_id, value FROM prom_metric.up");
        assertThat(db.value("SELECT register_metric_view('lent', 'up_again')")).isEqualTo("t");
        assertThat(client.get("/api/v1/query", "query", "up_again").body()).contains("\"up_again\"");

        db.execute("ALTER VIEW lent.up_again OWNER TO prom_reader");
        HttpResponse<String> refused = client.get("/api/v1/query", "query", "up_again");
        assertThat(refused.statusCode()).isBetween(400, 499);
        assertThat(refused.body()).contains("lent", "up_again", "prom_reader", "no member");
        db.value("SELECT unregister_metric_view('lent', 'up_again')");
        assertThatThrownBy(() -> db.value("SELECT register_metric_view('lent', 'up_again')"))
                .hasMessageContaining("its owner, prom_reader, is no member");
        db.execute("DROP SCHEMA lent CASCADE");
    }
}
