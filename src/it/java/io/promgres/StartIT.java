package io.promgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.config.DatabaseUri;
import io.promgres.config.HostPort;
import io.promgres.testing.AnyServer;
import io.promgres.testing.Await;
import io.promgres.testing.OldPostgres;
import io.promgres.testing.Programs;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.Sql;
import io.promgres.testing.StartingDaemon;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import io.promgres.testing.Wire;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Scanner;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a daemon does until it is ready: it answers, waits for what comes by itself, and ends for what does not. */
@AnyServer
class StartIT {

    private static final long NOW = System.currentTimeMillis();

    @TempDir
    private Path directory;

    private record Ended(int code, List<String> errors) {}

    /** Runs a command in this JVM until it ends by itself. */
    private static Ended run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
        return new Ended(code, err.toString().lines().toList());
    }

    private static Ended serve(DatabaseUri uri, String... more) {
        String[] all = new String[more.length + 5];
        System.arraycopy(new String[] {"serve", "--listen", "127.0.0.1:0", "--db", uri.psql()}, 0, all, 0, 5);
        System.arraycopy(more, 0, all, 5, more.length);
        return run(all);
    }

    private static void assertEnds(Ended ended, String... words) {
        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.errors())
                .singleElement()
                .asString()
                .startsWith("promgres: ")
                .contains(words);
    }

    @Test
    void aDatabaseThatIsAwayIsWaitedForAndEveryRequestIsToldSo() throws Exception {
        int port = Programs.freePort();
        List<Wire> wires = new ArrayList<>();
        try (TestDatabase database = TestDatabase.migrated();
                StartingDaemon daemon =
                        new StartingDaemon("db", at(database.uri(), port).psql())) {
            HttpResponse<String> ready =
                    daemon.awaitReadinessSays("waits for the database at 127.0.0.1:" + port + ": ");
            assertThat(ready.statusCode()).isEqualTo(503);
            assertThat(ready.body()).contains("refused");
            assertThat(daemon.sender().get("/-/healthy").statusCode()).isEqualTo(200);
            HttpResponse<String> write = daemon.sender().send(TestSample.of("m", NOW, 1));
            assertThat(write.statusCode()).isEqualTo(503);
            assertThat(write.headers().firstValue("Retry-After")).isPresent();
            assertThat(write.body()).contains("waits for the database");
            assertThat(daemon.sender().get("/api/v1/labels").statusCode()).isEqualTo(503);

            wires.add(new Wire(port, database.uri().hosts().get(0).port()));
            Await.until("readiness", () -> daemon.sender().get("/-/ready").statusCode() == 200);
            assertThat(daemon.sender().send(TestSample.of("m", NOW, 1)).statusCode())
                    .isEqualTo(204);
        } finally {
            for (Wire wire : wires) {
                wire.close();
            }
        }
    }

    @Test
    void aHostThatHasNoAddressYetIsWaitedForAndNamed() throws Exception {
        try (StartingDaemon daemon = new StartingDaemon("db", "postgresql://u@db.invalid/d", "migrate", "false")) {
            assertThat(daemon.awaitReadinessSays("waits for").body()).contains("no such host: db.invalid");
        }
    }

    @Test
    void aDatabaseThatIsNotThereEndsTheStartWithTheStatementThatMakesIt() {
        try (TestDatabase database = TestDatabase.fresh()) {
            DatabaseUri uri = database.uri();
            DatabaseUri absent = new DatabaseUri(uri.hosts(), "absent", uri.user(), uri.password(), Map.of());

            assertEnds(
                    serve(absent),
                    "database \"absent\" does not exist",
                    "CREATE DATABASE absent OWNER " + uri.user() + " ENCODING 'UTF8' TEMPLATE template0");
        }
    }

    @Test
    void aWrongPasswordEndsTheStartAndSaysWhatToDo() {
        try (TestDatabase database = TestDatabase.fresh()) {
            DatabaseUri uri = database.uri();
            DatabaseUri wrong =
                    new DatabaseUri(uri.hosts(), uri.database(), uri.user(), Optional.of("not-it"), Map.of());
            Ended ended = serve(wrong);

            assertEnds(ended, "password authentication failed", "ALTER ROLE " + uri.user() + " PASSWORD");
            assertThat(ended.errors().toString()).doesNotContain("not-it");
        }
    }

    @Test
    void aDatabaseOfAnotherRoleEndsTheStartWithTheStatementThatHelps() {
        try (TestDatabase database = TestDatabase.fresh();
                TestDatabase other = TestDatabase.fresh()) {
            String role = other.uri().user();

            assertEnds(
                    serve(of(other, database)),
                    "permission denied",
                    "ALTER DATABASE " + database.uri().database() + " OWNER TO " + role);
        }
    }

    @Test
    void aSchemaOfAnotherRoleEndsTheStartThatWouldMigrateIt() {
        try (TestDatabase database = TestDatabase.migrated();
                TestDatabase other = TestDatabase.fresh()) {
            assertEnds(
                    serve(of(other, database)),
                    "belongs to role " + database.uri().user(),
                    "--no-migrate");
        }
    }

    @Test
    void withoutMigrationsADatabaseWithoutTheSchemaEndsTheStart() {
        try (TestDatabase database = TestDatabase.fresh()) {
            assertEnds(serve(database.uri(), "--no-migrate"), "has no schema of promgres", "promgres migrate");
        }
    }

    @Test
    void aServerThatIsTooOldEndsTheStart() throws Exception {
        try (OldPostgres server = new OldPostgres("13.4")) {
            DatabaseUri uri = DatabaseUri.parse("postgresql://promgres@127.0.0.1:" + server.port() + "/metrics");

            assertEnds(serve(uri), "PostgreSQL 13.4", "needs PostgreSQL 15");
        }
    }

    @Test
    void aPortThatIsTakenEndsTheStartBeforeAnythingIsMigratedOrMade() throws Exception {
        Path data = directory.resolve("data");
        try (ServerSocket taken = new ServerSocket(0, 0, InetAddress.getByName("127.0.0.1"));
                TestDatabase database = TestDatabase.fresh();
                Connection connection = database.connect()) {
            String address = "127.0.0.1:" + taken.getLocalPort();

            assertEnds(run("serve", "--listen", address, "--db", database.uri().psql()), address, "--listen HOST:PORT");
            assertThat(Sql.value(connection, "SELECT count(*) FROM pg_namespace WHERE nspname = '_prom_catalog'"))
                    .isEqualTo("0");
            assertEnds(run("serve", "--listen", address, "--data-dir", data.toString()), address);
            assertThat(data).doesNotExist();
            String port = Integer.toString(taken.getLocalPort());
            assertEnds(
                    run("serve", "--listen", "127.0.0.1:0", "--db-port", port, "--data-dir", data.toString()),
                    "--db-port PORT");
            assertThat(data.resolve("cluster")).doesNotExist();
        }
    }

    @Test
    void anAddressThatCannotBeListenedOnSaysWhy() {
        assertEnds(
                run("serve", "--insecure", "--listen", "nothing.invalid:9201"), "no such host", "--listen HOST:PORT");
        // Of a network for documentation, which no machine has.
        assertEnds(run("serve", "--insecure", "--listen", "192.0.2.1:9201"), "no such address", "--listen HOST:PORT");
    }

    @Test
    void aPasswordThatIsMissingEndsTheStartAndSaysWhereItIsWritten() {
        try (TestDatabase database = TestDatabase.fresh()) {
            DatabaseUri uri = database.uri();
            DatabaseUri without = new DatabaseUri(uri.hosts(), uri.database(), uri.user(), Optional.empty(), Map.of());

            assertEnds(serve(without), "no password", "postgresql://USER:PASSWORD@");
        }
    }

    /** Prometheus waits for the end of a request that it takes for HTTP; promgres answers at once that it is none. */
    @Test
    void thePortOfAWebServerInTheUriEndsTheStartAndCommandsAndIsNamedAsOne() throws Exception {
        try (TestDatabase database = TestDatabase.migrated();
                RunningDaemon daemon = RunningDaemon.on(database);
                ServerSocket patient = new ServerSocket(0, 0, InetAddress.getByName("127.0.0.1"))) {
            new Thread(() -> answerOnceARequestIsWhole(patient), "web server").start();
            for (int port : new int[] {daemon.port(), patient.getLocalPort()}) {
                DatabaseUri wrong = at(database.uri(), port);
                String[] words = {"127.0.0.1:" + port + " speaks HTTP", "5432", "db (PROMGRES_DB)"};

                assertEnds(serve(wrong), words);
                assertEnds(run("sql", "SELECT 1", "--db", wrong.psql()), words);
            }
        }
    }

    private static void answerOnceARequestIsWhole(ServerSocket server) {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                new Thread(() -> answer(client), "web client").start();
            } catch (IOException e) {
                return;
            }
        }
    }

    private static void answer(Socket client) {
        try (client) {
            Scanner request =
                    new Scanner(client.getInputStream(), StandardCharsets.ISO_8859_1).useDelimiter("\r\n\r\n");
            if (request.hasNext() && request.next().startsWith("GET ")) {
                client.getOutputStream().write("HTTP/1.0 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            }
        } catch (IOException e) {
            // The client has gone.
        }
    }

    @Test
    void aServerWithoutTlsEndsTheStartThatAsksForItAndSaysWhatHelps() {
        try (TestDatabase database = TestDatabase.fresh()) {
            DatabaseUri uri = database.uri();
            DatabaseUri encrypted = new DatabaseUri(
                    uri.hosts(), uri.database(), uri.user(), uri.password(), Map.of("sslmode", "require"));

            assertEnds(serve(encrypted), "does not support SSL; ", "ssl = on", "sslmode=prefer");
        }
    }

    @Test
    void whatWaitsForADaemonEndsWithIt() throws Exception {
        Process ended = new ProcessBuilder("sleep", "600").start();
        int port = Programs.freePort();
        CompletableFuture<Ended> health = CompletableFuture.supplyAsync(() ->
                run("health", "--listen", "127.0.0.1:" + port, "--wait", "10m", "--pid", Long.toString(ended.pid())));
        ended.destroy();

        assertThat(health.join().code()).isEqualTo(1);
    }

    private static DatabaseUri at(DatabaseUri uri, int port) {
        return new DatabaseUri(
                List.of(new HostPort("127.0.0.1", port)), uri.database(), uri.user(), uri.password(), Map.of());
    }

    /** How the role of one database connects to another. */
    private static DatabaseUri of(TestDatabase role, TestDatabase database) {
        return new DatabaseUri(
                database.uri().hosts(),
                database.uri().database(),
                role.uri().user(),
                role.uri().password(),
                Map.of());
    }
}
