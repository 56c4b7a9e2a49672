package io.promgres.datamodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promgres.codec.proto.Remote.WriteRequest;
import io.promgres.codec.proto.Types.BucketSpan;
import io.promgres.codec.proto.Types.Exemplar;
import io.promgres.codec.proto.Types.Histogram;
import io.promgres.codec.proto.Types.Label;
import io.promgres.codec.proto.Types.MetricMetadata;
import io.promgres.codec.proto.Types.Sample;
import io.promgres.codec.proto.Types.TimeSeries;
import io.promgres.config.DatabaseUri;
import io.promgres.testing.Await;
import io.promgres.testing.Packed;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.Sql;
import io.promgres.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.xerial.snappy.Snappy;

/** What the role of a tenant sees, logged in as itself: its own series, and nothing of another tenant, by no way at all. */
class TenantRolesIT {

    private static final long NOW = System.currentTimeMillis();
    private static final long OLD = NOW - 3 * 86_400_000;
    private static final double OF_A = 123.25;
    private static final double SECRET = 666.25;

    private static TestDatabase database;
    private static RunningDaemon db;
    private static String roleA;
    private static Connection tenantA;

    @BeforeAll
    static void fill() throws Exception {
        database = TestDatabase.fresh("CREATEROLE");
        db = RunningDaemon.on(database, "tenancy.tenants", "a,b,c");
        roleA = db.value("SELECT current_user || '_tenant_a'");
        for (String role : List.of(roleA, otherRole())) {
            db.execute("CREATE ROLE " + role + " LOGIN PASSWORD 'tenant'");
            db.execute("GRANT " + role + " TO CURRENT_USER");
        }
        send("a", OF_A, "public", "cpu", "only_a");
        send("b", SECRET, "secret", "cpu", "secret_metric");
        db.awaitViews();
        db.execute("CALL prom_api.set_tenant_role('a', '" + roleA + "')");
        db.execute("CALL prom_api.set_tenant_role('c', '" + otherRole() + "')");
        // What comes after the role was set, and what has been packed, is under the same rules.
        send("a", OF_A, "public", "later_a");
        send("b", SECRET, "secret", "secret_later");
        db.awaitViews();
        db.execute("CALL prom_api.execute_maintenance()");
        Await.until(
                "old samples are packed",
                () -> !db.rows("SELECT 1 FROM " + Packed.of("cpu") + " LIMIT 1").isEmpty()
                        && !db.rows("SELECT 1 FROM " + Packed.of("secret_metric") + " LIMIT 1")
                                .isEmpty());
        db.rows("SELECT make_text_view('cpu')");
        tenantA = connect(roleA);
    }

    private static String otherRole() throws SQLException {
        return db.value("SELECT current_user || '_tenant_c'");
    }

    private static Connection connect(String role) throws SQLException {
        DatabaseUri owner = database.uri();
        return TestDatabase.connect(
                new DatabaseUri(owner.hosts(), owner.database(), role, Optional.of("tenant"), Map.of()));
    }

    @AfterAll
    static void close() throws Exception {
        // Roles outlive their database: they go even if the filling failed.
        if (tenantA != null) {
            tenantA.close();
        }
        for (String role : List.of(roleA, otherRole())) {
            db.execute("DROP OWNED BY " + role);
            db.execute("DROP ROLE " + role);
        }
        db.close();
        database.close();
    }

    /** Two samples, one of a block that is packed, and an exemplar, with metadata, for each metric. */
    private static void send(String tenant, double value, String word, String... metrics) throws Exception {
        WriteRequest.Builder request = WriteRequest.newBuilder();
        for (String metric : metrics) {
            TimeSeries.Builder series = request.addTimeseriesBuilder();
            String[] labels = {"__name__", metric, "instance", "i", "job", "j", word + "_key", "x", "word", word};
            for (int i = 0; i < labels.length; i += 2) {
                series.addLabels(label(labels[i], labels[i + 1]));
            }
            series.addSamples(sample(OLD, value)).addSamples(sample(NOW, value));
            series.addExemplars(Exemplar.newBuilder()
                    .setTimestamp(NOW)
                    .setValue(value)
                    .addLabels(label("trace_id", word + "-trace")));
            series.addHistograms(Histogram.newBuilder()
                    .setTimestamp(NOW + 1)
                    .setCountInt(1)
                    .setSum(value)
                    .addPositiveSpans(BucketSpan.newBuilder().setLength(1))
                    .addPositiveDeltas(1));
            request.addMetadata(MetricMetadata.newBuilder()
                    .setMetricFamilyName(metric)
                    .setHelp(metric.equals("cpu") ? "Shared." : "Help of " + word)
                    .setType(MetricMetadata.MetricType.GAUGE));
        }
        byte[] body = Snappy.compress(request.build().toByteArray());
        assertThat(db.sender()
                        .post("/api/v1/write", body, "X-Scope-OrgID", tenant)
                        .statusCode())
                .isEqualTo(204);
    }

    private static Label label(String name, String value) {
        return Label.newBuilder().setName(name).setValue(value).build();
    }

    private static Sample sample(long time, double value) {
        return Sample.newBuilder().setTimestamp(time).setValue(value).build();
    }

    private static List<String> rows(String sql) throws SQLException {
        return Sql.rows(tenantA, sql);
    }

    @Test
    void itSeesItsOwnSamplesSeriesLabelsAndExemplars() throws Exception {
        assertThat(rows("SELECT value FROM prom_metric.cpu ORDER BY time")).containsExactly("123.25", "123.25");
        assertThat(rows("SELECT value FROM prom_metric.only_a")).hasSize(2);
        assertThat(rows("SELECT value FROM prom_metric.later_a")).hasSize(2);
        assertThat(rows("SELECT word, __tenant__, job FROM prom_series.cpu")).containsExactly("public|a|j");
        assertThat(rows("SELECT value FROM prom_latest.cpu")).containsExactly("123.25");
        assertThat(rows("SELECT DISTINCT value, word FROM prom_text.cpu")).containsExactly("123.25|public");
        assertThat(rows("SELECT value, word FROM prom_text_latest.cpu")).containsExactly("123.25|public");
        assertThat(rows("SELECT DISTINCT sum, word FROM prom_text_histogram.cpu"))
                .containsExactly("123.25|public");
        assertThat(rows("SELECT value, exemplar_labels->>'trace_id', val(word_id) FROM prom_exemplar.cpu e"
                        + " JOIN prom_metric.cpu USING (series_id, value) WHERE e.time = cpu.time"))
                .containsExactly("123.25|public-trace|public");
        assertThat(
                        rows(
                                "SELECT jsonb(labels)->>'word' FROM cpu WHERE labels ?? ('word' == 'public')"
                                        + " AND labels ?? ('job' !== 'x') AND labels ?? ('word' !=~ '^sec') AND labels @> jsonb '{\"job\": \"j\"}'"))
                .containsExactly("public", "public");
        assertThat(rows("SELECT key, values FROM prom_info.label WHERE key IN ('word', '__tenant__') ORDER BY key"))
                .containsExactly("__tenant__|{a}", "word|{public}");
        assertThat(rows("SELECT num_series_approx, num_metric FROM prom_info.system_stats"))
                .containsExactly("3|3");
        assertThat(rows("SELECT metric_family, help FROM prom_info.metadata ORDER BY 1"))
                .containsExactly("cpu|Shared.", "later_a|Help of public", "only_a|Help of public");
    }

    @Test
    void noRelationOfTheDatabaseShowsAnythingOfAnotherTenant() throws Exception {
        List<String> readable = new ArrayList<>();
        for (String relation : rows("SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c"
                + " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'v', 'm', 'p')"
                + " AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'")) {
            for (String row : readable(relation)) {
                readable.add(relation);
                assertThat(row).as(relation).doesNotContain("secret", "666.25");
            }
        }
        assertThat(readable)
                .contains("prom_metric.cpu", "prom_data.landing", "prom_data.packed", "_prom_catalog.series")
                .doesNotContain("prom_metric.secret_metric", "prom_series.secret_later");
        // The sentinels are where the test looks.
        assertThat(db.rows("SELECT l::text FROM prom_data.landing l")).anyMatch(row -> row.contains("666.25"));
        assertThat(db.rows("SELECT b::text FROM " + Packed.of("secret_metric")))
                .anyMatch(row -> row.contains("666.25"));
        assertThat(db.rows("SELECT h.sum FROM prom_data.histogram h")).contains("666.25");
        assertThat(db.rows("SELECT m.help FROM prom_info.metadata m")).contains("Help of secret");
    }

    private static List<String> readable(String relation) throws SQLException {
        try {
            return rows("SELECT r::text FROM " + relation + " r");
        } catch (SQLException e) {
            assertThat(e.getSQLState()).as(relation + ": " + e.getMessage()).isEqualTo("42501");
            return List.of();
        }
    }

    @Test
    void noFunctionTellsOfAnotherTenant() throws Exception {
        String series = db.value("SELECT series_id FROM prom_series.secret_metric");
        String labels = db.value("SELECT labels FROM prom_series.secret_metric");
        assertThat(rows("SELECT labels(" + series + ")")).containsExactly("");
        assertThat(rows("SELECT jsonb('" + labels + "'::label_array), (labels_info('" + labels + "')).vals"))
                .allSatisfy(row -> assertThat(row).doesNotContain("secret", "\"b\""));
        assertThat(rows("SELECT val(i) FROM generate_series(1, 1000) i"))
                .contains("public")
                .doesNotContain("secret", "b");
        String secret = db.value("SELECT id FROM _prom_catalog.label WHERE key = 'word' AND value = 'secret'");
        assertThat(rows("SELECT label_cardinality(" + secret + ")")).containsExactly("0");
        assertThat(rows("SELECT label_key_position('secret_metric', 'job') IS NULL"))
                .containsExactly("t");
        assertThat(rows("SELECT * FROM get_metric_metadata('secret_metric')")).isEmpty();
        assertThat(rows("SELECT * FROM get_multiple_metric_metadata('{secret_metric,only_a}')"))
                .hasSize(1);
        assertThat(rows("SELECT matcher('{\"word\": \"secret\"}')")).containsExactly("{-1}");
    }

    @Test
    void itsNewestSamplesAreItsOwn() throws Exception {
        assertThat(rows("SELECT DISTINCT value FROM newest_samples('cpu', 100)"))
                .containsExactly("123.25");
    }

    @Test
    void aConditionThatLooksAtEveryRowSeesOnlyItsOwn() throws Exception {
        Sql.execute(
                tenantA,
                "CREATE FUNCTION pg_temp.seen(value float8) RETURNS boolean LANGUAGE plpgsql COST 0.0001 AS"
                        + " $$ BEGIN IF value = 666.25 THEN RAISE EXCEPTION 'seen %', value; END IF; RETURN true; END $$");
        assertThat(rows("SELECT value FROM prom_metric.cpu WHERE pg_temp.seen(value)"))
                .hasSize(2);
        assertThat(rows("SELECT values FROM prom_data.landing WHERE pg_temp.seen(values[1])"))
                .isNotEmpty();
        assertThat(rows("SELECT * FROM prom_metric.secret_metric WHERE pg_temp.seen(value)"))
                .isEmpty();
    }

    @Test
    void itChangesNothing() {
        for (String statement : List.of(
                "DELETE FROM _prom_catalog.series",
                "INSERT INTO _prom_catalog.tenant_role SELECT current_user, 'b', 1",
                "CALL prom_api.set_tenant_role('b', current_user)",
                "SELECT _prom_catalog.add_tenant_role('b', current_user)",
                "SELECT set_default_retention_period('1 day')",
                "SELECT drop_metric('cpu')")) {
            assertThatThrownBy(() -> Sql.execute(tenantA, statement))
                    .as(statement)
                    .hasMessageContaining("permission denied");
        }
    }

    @Test
    void everybodyElseSeesEverythingAndUsesTheIndexOfLabels() throws Exception {
        db.execute("GRANT prom_reader TO CURRENT_USER");
        try (Connection reader = db.connect()) {
            Sql.execute(reader, "SET ROLE prom_reader");
            Sql.execute(reader, "SET enable_seqscan = off");
            assertThat(Sql.rows(reader, "SELECT DISTINCT value FROM prom_metric.cpu ORDER BY 1"))
                    .containsExactly("123.25", "666.25");
            assertThat(
                            String.join(
                                    "\n",
                                    Sql.rows(
                                            reader,
                                            "EXPLAIN SELECT * FROM _prom_catalog.series s WHERE s.labels ?? ('word' == 'secret')")))
                    .contains("series_labels");
        }
        db.execute("REVOKE prom_reader FROM CURRENT_USER");
    }

    @Test
    void aRoleOfATenantThatHasSentNothingSeesNothing() throws Exception {
        try (Connection other = connect(otherRole())) {
            assertThat(Sql.rows(other, "SELECT * FROM prom_metric.cpu")).isEmpty();
            assertThat(Sql.rows(other, "SELECT * FROM prom_info.label WHERE num_values > 0"))
                    .isEmpty();
        }
    }

    @Test
    void aRoleThatSeesEverythingAnywayIsRefused() {
        assertThatThrownBy(() -> db.execute("CALL prom_api.set_tenant_role('a', 'prom_admin')"))
                .hasMessageContaining("prom_reader, which reads everything");
        assertThatThrownBy(() -> db.execute(
                        "DO $$ BEGIN EXECUTE format('CALL prom_api.set_tenant_role(''a'', %L)', current_user); END $$"))
                .hasMessageContaining("it sees everything");
        assertThatThrownBy(() -> db.execute("CALL prom_api.set_tenant_role('a', 'nobody_of_that_name')"))
                .hasMessageContaining("there is no role");
        assertThatThrownBy(() -> db.execute("CALL prom_api.set_tenant_role('', 'prom_admin')"))
                .hasMessageContaining("a tenant has a name");
    }
}
