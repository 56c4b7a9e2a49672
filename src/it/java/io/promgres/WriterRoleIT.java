package io.promgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.codec.proto.Remote.WriteRequest;
import io.promgres.codec.proto.Types.Histogram;
import io.promgres.codec.proto.Types.Label;
import io.promgres.codec.proto.Types.TimeSeries;
import io.promgres.config.DatabaseUri;
import io.promgres.testing.Await;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.Sql;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.xerial.snappy.Snappy;

/** A daemon whose role is a member of prom_writer and owns nothing: it takes samples in, and leaves the rest to others. */
class WriterRoleIT {

    private static final long NOW = System.currentTimeMillis();
    private static final long PACKED = NOW - Duration.ofDays(3).toMillis();

    @Test
    void aDaemonOfTheWriterRoleStoresWhatTheOwnersDaemonPacks() throws Exception {
        try (TestDatabase database = TestDatabase.fresh("CREATEROLE");
                TestDatabase stranger = TestDatabase.fresh();
                RunningDaemon owner = RunningDaemon.on(database)) {
            assertStored(owner.send(TestSample.of("both", PACKED, 1, "job", "a")));
            owner.awaitViews();
            owner.execute("CALL execute_maintenance()");
            owner.execute("GRANT prom_writer TO " + stranger.uri().user());
            owner.execute("REVOKE TEMPORARY ON DATABASE " + database.uri().database() + " FROM PUBLIC");
            try (RunningDaemon writer =
                    RunningDaemon.on(as(stranger, database), "migrate", "false", "energy.enabled", "false")) {
                assertThat(writer.sender().get("/-/ready").statusCode()).isEqualTo(200);
                List<TestSample> sent = List.of(
                        TestSample.of("both", NOW, 2, "job", "a"),
                        TestSample.of("both", PACKED + 1, 3, "job", "a"),
                        TestSample.of("both", NOW, 4, "job", "b", "later", "label"),
                        TestSample.of("fresh", NOW - Duration.ofDays(400).toMillis(), 5));
                assertStored(writer.send(sent));
                assertStored(writer.send(sent));
                assertStored(writer.sender().post(histogram()));
                Await.until(
                        "the view of histograms",
                        () -> owner.value("SELECT to_regclass('prom_histogram.distributed') IS NOT NULL")
                                .equals("t"));
                assertThat(owner.value("SELECT sum FROM prom_histogram.distributed"))
                        .isEqualTo("1.5");
                Await.until("all views", () -> owner.stored().size() == 5);
                assertThat(owner.value("SELECT later FROM prom_series.both WHERE later IS NOT NULL"))
                        .isEqualTo("label");
            }
            owner.execute("CALL execute_maintenance()");
            assertThat(owner.value("SELECT count(*) FROM prom_metric.both")).isEqualTo("4");
        }
    }

    @Test
    void rolesThatWereMadeAfterTheMigrationGetTheirRightsFromTheNext() throws Exception {
        try (TestDatabase administrator = TestDatabase.fresh("CREATEROLE");
                Connection roles = administrator.connect();
                TestDatabase database = TestDatabase.fresh();
                Connection owner = database.connect()) {
            assertThat(migrate(database)).contains("To do", "Done.");
            Sql.execute(roles, "CREATE ROLE prom_reader; CREATE ROLE prom_writer");

            assertThat(migrate(database)).contains("up to date");
            assertThat(Sql.rows(owner, """
                    SELECT has_table_privilege('prom_writer', '_prom_catalog.label', 'INSERT'),
                           has_database_privilege('prom_writer', current_database(), 'TEMPORARY'),
                           has_table_privilege('prom_reader', 'prom_info.metric', 'SELECT')""")).containsExactly("t|t|t");
        }
    }

    @Test
    void aDaemonThatMayNotMakeTemporaryTablesIsNotReadyAndSaysSo() throws Exception {
        try (TestDatabase stranger = TestDatabase.fresh();
                TestDatabase database = TestDatabase.fresh();
                RunningDaemon owner = RunningDaemon.on(database)) {
            String role = stranger.uri().user();
            owner.execute("GRANT USAGE ON SCHEMA prom_data TO " + role);
            owner.execute("GRANT INSERT ON prom_data.landing TO " + role);
            owner.execute("REVOKE TEMPORARY ON DATABASE " + database.uri().database() + " FROM PUBLIC");
            try (RunningDaemon writer =
                    RunningDaemon.on(as(stranger, database), "migrate", "false", "energy.enabled", "false")) {
                assertThat(writer.sender().get("/-/ready").body()).contains("GRANT TEMPORARY ON DATABASE", role);
            }
        }
    }

    private static String migrate(TestDatabase database) {
        StringWriter out = new StringWriter();
        int code = Main.run(
                new PrintWriter(out),
                new PrintWriter(out),
                "migrate",
                "--db",
                database.uri().psql());
        assertThat(code).as(out.toString()).isZero();
        return out.toString();
    }

    private static byte[] histogram() throws IOException {
        TimeSeries.Builder series = TimeSeries.newBuilder()
                .addLabels(Label.newBuilder().setName("__name__").setValue("distributed"))
                .addHistograms(Histogram.newBuilder().setTimestamp(NOW).setSum(1.5));
        return Snappy.compress(
                WriteRequest.newBuilder().addTimeseries(series).build().toByteArray());
    }

    private static DatabaseUri as(TestDatabase role, TestDatabase database) {
        DatabaseUri own = role.uri();
        return new DatabaseUri(own.hosts(), database.uri().database(), own.user(), own.password(), Map.of());
    }

    private static void assertStored(HttpResponse<String> answer) {
        assertThat(answer.body()).isEmpty();
        assertThat(answer.statusCode()).isEqualTo(204);
    }
}
