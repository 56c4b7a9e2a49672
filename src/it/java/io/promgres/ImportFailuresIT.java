package io.promgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.AnyServer;
import io.promgres.testing.Programs;
import io.promgres.testing.StubServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an import says when it cannot begin. */
@AnyServer
class ImportFailuresIT {

    private final StringWriter err = new StringWriter();

    @TempDir
    private Path directory;

    @Test
    void nobodyListensAtTheUrl() throws Exception {
        String url = "http://127.0.0.1:" + Programs.freePort();
        assertThat(run(url)).isEqualTo(1);
        assertThat(err.toString())
                .isEqualTo("promgres: " + url + "/api/v1/read cannot be read from: Connection refused\n");
    }

    @Test
    void theUrlIsNoUrl() {
        assertThat(run("localhost:9090")).isEqualTo(1);
        assertThat(err.toString()).contains("\"localhost:9090\" is not a URL such as http://127.0.0.1:9090");
    }

    @Test
    void aServerThatIsNoPrometheusAnswers404() throws Exception {
        try (StubServer door = new StubServer(visit -> visit.answer(404, "text/html", "<h1>not here</h1>"))) {
            assertThat(run(door.url())).isEqualTo(1);
            assertThat(err.toString())
                    .contains("remote read from " + door.url() + "/api/v1/read: the answer is 404: <h1>not here</h1>")
                    .contains("is there a Prometheus");
        }
    }

    @Test
    void aServerThatIsNoPrometheusAnswersWithAPage() throws Exception {
        try (StubServer door = new StubServer(visit -> visit.answer(200, "text/html", "<h1>welcome</h1>"))) {
            assertThat(run(door.url())).isEqualTo(1);
            assertThat(err.toString()).contains("is not remote read: the answer has the Content-Type \"text/html\"");
        }
    }

    @Test
    void anAnswerThatIsDamagedIsNamed() throws Exception {
        String type = "application/x-streamed-protobuf; proto=prometheus.ChunkedReadResponse";
        try (StubServer door = new StubServer(visit -> visit.answer(200, type, "\u0003abcdefg"))) {
            assertThat(run(door.url())).isEqualTo(1);
            assertThat(err.toString()).contains("the checksum of a frame is wrong");
        }
    }

    @Test
    void passwordsGoIntoTheUrlAndOtherHeadersIntoAFile() throws Exception {
        try (StubServer door = new StubServer(visit -> visit.answer(401, "text/plain", "who are you?"))) {
            assertThat(run(door.url())).isEqualTo(1);
            assertThat(err.toString()).contains("the answer is 401: who are you? (user and password go into the URL");

            run(door.url().replace("http://", "http://me:s%20cret@"));
            String basic = Base64.getEncoder().encodeToString("me:s cret".getBytes());
            assertThat(door.headers().get(1).get("Authorization")).containsExactly("Basic " + basic);
            assertThat(err.toString()).doesNotContain("cret@");

            Path headers = Files.writeString(directory.resolve("headers"), "# secret\nAuthorization: Bearer abc\n");
            run(door.url(), "--headers", headers.toString());
            assertThat(door.headers().get(2).get("Authorization")).containsExactly("Bearer abc");
        }
    }

    @Test
    void aFileOfHeadersHasHeaders() throws Exception {
        Path headers = Files.writeString(directory.resolve("headers"), "X-Scope-OrgID: a\nBearer abc\n");
        assertThat(run("http://127.0.0.1:1", "--headers", headers.toString())).isEqualTo(1);
        assertThat(err.toString()).contains(headers + ", line 2: not a header");
    }

    @Test
    void aSelectorThatIsWrongIsWrongUsage() {
        assertThat(run("http://127.0.0.1:1", "--match", "{job='a'")).isEqualTo(2);
        assertThat(err.toString()).contains("--match: the selector {job='a' is wrong at character 9: expected }");
    }

    @Test
    void theEndIsAfterTheStart() {
        assertThat(run("http://127.0.0.1:1", "--start", "1769853600", "--end", "2026-01-31T10:00:00Z"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("--end 2026-01-31T10:00:00Z is not after --start 2026-01-31T10:00:00Z");
    }

    @Test
    void aTimeIsATime() {
        assertThat(run("http://127.0.0.1:1", "--start", "yesterday", "--end", "2026-01-31"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("'yesterday' is no time: write 2026-01-31T10:00:00Z");
    }

    private int run(String from, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "import", "--from", from, "--state", directory.resolve("state").toString()));
        arguments.addAll(Arrays.asList(more));
        if (!arguments.contains("--start")) {
            arguments.addAll(List.of("--start", "2026-01-30", "--end", "2026-01-31"));
        }
        return Main.run(new PrintWriter(new StringWriter()), new PrintWriter(err), arguments.toArray(String[]::new));
    }
}
