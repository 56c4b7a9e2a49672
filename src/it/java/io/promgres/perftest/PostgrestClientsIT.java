package io.promgres.perftest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.promgres.testing.AnyServer;
import io.promgres.testing.Programs;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * PostgREST's own clients report and read results. {@code .ci/postgrest-clients} fetches them and prints the directory, which
 * the system property {@code test.postgrest-clients} names; without it the tests are skipped.
 */
@AnyServer
class PostgrestClientsIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PROPERTY = "test.postgrest-clients";
    private static final Path SCRIPTS = Path.of("src/it/resources/postgrest");

    private ResultsServer server;

    @BeforeEach
    void start() throws Exception {
        assumeTrue(
                !System.getProperty(PROPERTY, "").isEmpty() && Files.isDirectory(clients()),
                "needs PostgREST's clients: -D" + PROPERTY + "=$(.ci/postgrest-clients)");
        server = new ResultsServer();
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void theClientForJavaScriptReportsAndReads() throws Exception {
        Programs.Ended ended = Programs.run(
                "node", SCRIPTS.resolve("client.cjs").toString(), clients().toString(), server.url());

        assertSaid(ended, """
                {"insert": 201,
                 "again": [409, "23505"],
                 "upsert": {"title": "Time"},
                 "ignored": [],
                 "job": {"project": "js", "status": 1},
                 "status": {"status": 0},
                 "meta": 4,
                 "missing": [{"id": 50, "name": "version"}, {"id": 5, "name": "tags"}],
                 "page": [5, 206, ["build", "note"]],
                 "head": 6,
                 "in": [{"label": "tags"}, {"label": "note"}],
                 "or": [{"name": "build"}, {"name": "version"}],
                 "like": [{"name": "version"}],
                 "not": [{"name": "build"}],
                 "maybe": null,
                 "none": "PGRST116",
                 "unknown": "42703"}""");
    }

    @Test
    void theClientForPythonReportsAndReads() throws Exception {
        Programs.Ended ended = Programs.run(
                clients().resolve("venv/bin/python").toString(),
                SCRIPTS.resolve("client.py").toString(),
                server.url());

        assertSaid(ended, """
                {"insert": "deployTime",
                 "again": "23505",
                 "upsert": "Time",
                 "ignored": [],
                 "status": {"status": 0},
                 "meta": 4,
                 "page": [4, ["note", "tags"]],
                 "in": [{"name": "tags"}, {"name": "note"}],
                 "or": [{"name": "build"}, {"name": "version"}],
                 "like": [{"name": "version"}],
                 "not": [{"name": "build"}],
                 "none": "PGRST116",
                 "unknown": "42703"}""");
    }

    private static void assertSaid(Programs.Ended ended, String expected) throws Exception {
        assertThat(ended.code()).as(ended.said()).isZero();
        String[] lines = ended.said().strip().split("\n");
        assertThat(JSON.readTree(lines[lines.length - 1])).isEqualTo(JSON.readTree(expected));
    }

    private static Path clients() {
        return Path.of(System.getProperty(PROPERTY, ""));
    }
}
