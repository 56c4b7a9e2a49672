package io.promgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.config.DatabaseUri;
import io.promgres.testing.AnyServer;
import io.promgres.testing.Await;
import io.promgres.testing.PackagedDaemon;
import io.promgres.testing.PackagedDaemon.Ended;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.Sql;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A database that does not do: the daemon says so at its start, or says that it is not ready. */
@AnyServer
class ReadinessIT {

    private static final long NOW = Instant.now().toEpochMilli();
    private static final int LOOKS = 3;

    @TempDir
    private Path directory;

    @Test
    void aDaemonThatCanWriteIsReady() throws Exception {
        try (TestDatabase database = TestDatabase.migrated();
                RunningDaemon daemon = RunningDaemon.on(database)) {
            assertThat(daemon.sender().get("/-/ready").statusCode()).isEqualTo(200);
            assertThat(daemon.sender().get("/-/healthy").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aReadOnlyDatabaseMakesItUnreadyAndWritesAre503UntilItIsWritableAgain() throws Exception {
        try (TestDatabase database = TestDatabase.migrated();
                RunningDaemon daemon = RunningDaemon.on(database);
                Connection owner = database.connect()) {
            assertStored(daemon.send(TestSample.of("before", NOW, 1)));
            setReadOnly(owner, true);
            Await.until(
                    "unreadiness", () -> daemon.sender().get("/-/ready").body().contains("read-only"));

            assertThat(daemon.sender().get("/-/ready").statusCode()).isEqualTo(503);
            HttpResponse<String> refused = daemon.send(TestSample.of("before", NOW + 1, 2));
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.headers().firstValue("Retry-After")).isPresent();
            assertThat(refused.body()).contains("read-only");

            setReadOnly(owner, false);
            Await.until("readiness", () -> daemon.sender().get("/-/ready").statusCode() == 200);
            Await.until(
                    "a write",
                    () -> daemon.send(TestSample.of("before", NOW + 1, 2)).statusCode() == 204);
            daemon.awaitViews();
            assertThat(daemon.rows("SELECT value FROM prom_metric.before ORDER BY time"))
                    .containsExactly("1", "2");
        }
    }

    @Test
    void aDaemonWhoseRoleMayNotWriteIsNotReadyAndSaysSo() throws Exception {
        try (TestDatabase database = TestDatabase.fresh();
                TestDatabase other = TestDatabase.fresh();
                RunningDaemon owner = RunningDaemon.on(database)) {
            assertStored(owner.send(TestSample.of("before", NOW, 1)));
            try (RunningDaemon daemon =
                    RunningDaemon.on(of(other, database), "migrate", "false", "energy.enabled", "false")) {
                HttpResponse<String> ready = daemon.sender().get("/-/ready");
                assertThat(ready.statusCode()).isEqualTo(503);
                assertThat(ready.body()).contains("permission denied");
                assertThat(daemon.send(TestSample.of("before", NOW + 1, 2)).statusCode())
                        .isEqualTo(503);
            }
        }
    }

    @Test
    void aPasswordThatWasChangedIsNamedByReadinessAndByAnswers() throws Exception {
        try (TestDatabase database = TestDatabase.fresh();
                RunningDaemon daemon = RunningDaemon.on(database);
                Connection owner = database.connect()) {
            Sql.execute(owner, "ALTER ROLE CURRENT_USER PASSWORD 'rotated'");
            Sql.rows(
                    owner,
                    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'promgres'"
                            + " AND datname = current_database()");
            String said = "password authentication failed for user \""
                    + database.uri().user() + '"';
            // The first requests may still meet the sessions that have ended.
            Await.until(
                    "readiness names it",
                    () -> daemon.sender().get("/-/ready").body().contains(said));
            Await.until(
                    "answers name it",
                    () -> daemon.send(TestSample.of("m", NOW, 1)).body().contains(said));
        }
    }

    @Test
    void aWrongPasswordEndsTheStartWithOneLine() throws Exception {
        try (TestDatabase database = TestDatabase.fresh()) {
            DatabaseUri uri = database.uri();
            DatabaseUri wrong =
                    new DatabaseUri(uri.hosts(), uri.database(), uri.user(), Optional.of("not-it"), Map.of());
            Ended ended = PackagedDaemon.run(directory, "serve", "--listen", "127.0.0.1:0", "--db", wrong.psql());

            assertThat(ended.code()).isEqualTo(1);
            assertThat(ended.errors()).singleElement().asString().contains("password authentication failed");
            assertThat(ended.errors().toString()).doesNotContain("not-it");
        }
    }

    @Test
    void aDatabaseInAnotherEncodingEndsTheStartWithOneLineThatSaysWhatToDo() throws Exception {
        try (TestDatabase database = TestDatabase.fresh("CREATEDB");
                Connection connection = database.connect()) {
            String name = database.uri().database() + "_latin1";
            Sql.execute(connection, "CREATE DATABASE " + name + " ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0");
            DatabaseUri uri = database.uri();
            DatabaseUri latin1 = new DatabaseUri(uri.hosts(), name, uri.user(), uri.password(), Map.of());
            Ended ended = PackagedDaemon.run(directory, "serve", "--listen", "127.0.0.1:0", "--db", latin1.psql());
            Sql.execute(connection, "DROP DATABASE " + name);

            assertThat(ended.code()).isEqualTo(1);
            assertThat(ended.errors()).singleElement().asString().contains("UTF8", "LATIN1");
        }
    }

    @Test
    void aTypoInTheConfigurationEndsTheStartWithFileLineAndSuggestion() throws Exception {
        Path file = Files.writeString(directory.resolve("typo.yaml"), "# mine\ningest:\n  max-ahed: 5m\n");
        Ended ended = PackagedDaemon.run(directory, "serve", "--config", file.toString());

        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.errors()).singleElement().asString().contains("typo.yaml", "3", "max-ahed", "max-ahead");
    }

    /** How a role that is nobody here connects to a database. */
    private static DatabaseUri of(TestDatabase role, TestDatabase database) {
        return new DatabaseUri(
                database.uri().hosts(),
                database.uri().database(),
                role.uri().user(),
                role.uri().password(),
                Map.of());
    }

    private static void assertStored(HttpResponse<String> answer) {
        assertThat(answer.body()).isEmpty();
        assertThat(answer.statusCode()).isEqualTo(204);
    }

    /** As a standby or a full managed database is; new sessions have it, so the daemon's are ended. */
    private static void setReadOnly(Connection owner, boolean readOnly) throws Exception {
        String database = Sql.rows(owner, "SELECT current_database()").get(0);
        Sql.execute(owner, "SET default_transaction_read_only = off");
        Sql.execute(owner, "ALTER DATABASE " + database + " SET default_transaction_read_only = " + readOnly);
        String since = Sql.rows(owner, "SELECT clock_timestamp()").get(0);
        // A session that is about to begin has read the setting before it can be seen.
        int[] looks = {0};
        Await.until("no session is older than the setting", () -> {
            List<String> older = Sql.rows(
                    owner,
                    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'promgres'"
                            + " AND datname = current_database() AND backend_start < '" + since + "'");
            looks[0] = older.isEmpty() ? looks[0] + 1 : 0;
            return looks[0] == LOOKS;
        });
    }
}
