package io.promgres.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.http.RawClient.Answer;
import io.promgres.model.Counts;
import io.promgres.remotewrite.WriteOutcome;
import io.promgres.testing.AnyServer;
import java.io.IOException;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each route answers, as its clients see it: raw bytes in, status out. */
@AnyServer
class AnswersIT extends ServerFixture {

    @ParameterizedTest
    @ValueSource(strings = {"/api/v1/write", "/write", "/write?x=1", "http://x/api/v1/write"})
    void aStoredWriteIsAnswered204WithoutABody(String path) throws IOException {
        try (RawClient client = connect()) {
            Answer answer = client.post(path, "", "body").answer();

            assertThat(answer.status()).isEqualTo(204);
            assertThat(answer.headers()).doesNotContainKey("content-length").containsKey("date");
            assertThat(receiver.bodies).containsExactly("body");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "PARTLY_REJECTED, 400",
        "MALFORMED, 400",
        "TOO_LARGE, 400",
        "UNAVAILABLE, 503",
    })
    void everyOutcomeHasItsStatusAndTellsWhy(WriteOutcome.Kind kind, int status) throws IOException {
        receiver.answersWith(new WriteOutcome(kind, Counts.NONE, "this is why", 7));
        try (RawClient client = connect()) {
            Answer answer = client.post("/write", "", "body").answer();

            assertThat(answer.status()).isEqualTo(status);
            assertThat(answer.body()).isEqualTo("this is why\n");
            assertThat(answer.headers()).containsEntry("content-type", "text/plain; charset=utf-8");
        }
    }

    @Test
    void anUnavailableStoreTellsWhenToComeBack() throws IOException {
        receiver.answersWith(WriteOutcome.unavailable("the database is away", 7));
        try (RawClient client = connect()) {
            assertThat(client.post("/write", "", "body").answer().headers()).containsEntry("retry-after", "7");
        }
    }

    @Test
    void aBugIsAnswered500AndTheConnectionGoesOn() throws IOException {
        receiver.answersWith(null);
        try (RawClient client = connect()) {
            assertThat(client.post("/write", "", "body").answer().status()).isEqualTo(500);

            receiver.answersWith(WriteOutcome.stored(Counts.NONE));
            assertThat(client.post("/write", "", "body").answer().status()).isEqualTo(204);
        }
    }

    @Test
    void aSecondAnswerToARequestIsIgnored() throws Exception {
        receiver.holdsItsAnswers();
        try (RawClient client = connect()) {
            client.post("/write", "", "one");
            Consumer<WriteOutcome> first = receiver.nextPending();
            first.accept(WriteOutcome.stored(Counts.NONE));
            assertThat(client.answer().status()).isEqualTo(204);

            client.post("/write", "", "two");
            Consumer<WriteOutcome> second = receiver.nextPending();
            first.accept(WriteOutcome.malformed("again"));
            second.accept(WriteOutcome.stored(Counts.NONE));
            assertThat(client.answer().status()).isEqualTo(204);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Type: application/x-protobuf\r\nContent-Encoding: snappy\r\n",
                "content-type:APPLICATION/x-protobuf ; proto=\"prometheus.WriteRequest\"\r\ncontent-encoding: Snappy\r\n",
                "Content-Type:\r\nContent-Encoding:\r\n",
                "X-Prometheus-Remote-Write-Version: 77\r\n"
            })
    void headersOfVersionOneAreAcceptedHoweverTheyAreSpelt(String headers) throws IOException {
        try (RawClient client = connect()) {
            assertThat(client.post("/write", headers, "body").answer().status()).isEqualTo(204);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Type: application/json",
                "Content-Type: application/x-protobuf;proto=io.prometheus.write.v2.Request",
                "Content-Encoding: gzip",
                "Content-Encoding: snappy\r\nContent-Encoding: snappy"
            })
    void anotherTypeOrEncodingIsAnswered415BeforeTheBodyIsSent(String header) throws IOException {
        try (RawClient client = connect()) {
            client.send("POST /write HTTP/1.1\r\nHost: x\r\n" + header + "\r\nContent-Length: 4\r\n\r\n");
            Answer refused = client.answer();
            assertThat(refused.status()).isEqualTo(415);
            assertThat(refused.body()).contains("is not supported, only");

            client.send("body");
            assertThat(client.post("/write", "", "next").answer().status()).isEqualTo(204);
            assertThat(receiver.bodies).containsExactly("next");
        }
    }

    @Test
    void aRefusalNamesWhatIsSupported() throws IOException {
        try (RawClient client = connect()) {
            assertThat(client.post("/write", "Content-Encoding: zstd\r\n", "")
                            .answer()
                            .headers())
                    .containsEntry("accept-encoding", "snappy");
            assertThat(client.post("/write", "Content-Type: text/plain\r\n", "")
                            .answer()
                            .headers())
                    .containsEntry("accept", "application/x-protobuf;proto=prometheus.WriteRequest");
        }
    }

    @Test
    void anotherMethodIsAnswered405WithWhatIsAllowed() throws IOException {
        try (RawClient client = connect()) {
            Answer write = client.get("/api/v1/write").answer();
            assertThat(write.status()).isEqualTo(405);
            assertThat(write.headers()).containsEntry("allow", "POST");

            Answer metrics = client.post("/metrics", "", "body").answer();
            assertThat(metrics.status()).isEqualTo(405);
            assertThat(metrics.headers()).containsEntry("allow", "GET, HEAD");
        }
    }

    @Test
    void anUnknownPathIsAnswered404AndItsBodySkipped() throws IOException {
        try (RawClient client = connect()) {
            assertThat(client.post("/nowhere", "", "body").answer().status()).isEqualTo(404);
            assertThat(client.get("/-/healthy").answer().status()).isEqualTo(200);
        }
    }

    @Test
    void readyFollowsItsCheck() throws IOException {
        try (RawClient client = connect()) {
            assertThat(client.get("/-/ready").answer().status()).isEqualTo(200);

            notReady = "the database is away";
            Answer answer = client.get("/-/ready").answer();
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.body()).isEqualTo("the database is away\n");
        }
    }

    @Test
    void metricsComeInTheFormatThatIsAskedFor() throws IOException {
        try (RawClient client = connect()) {
            client.post("/write", "", "body").answer();
            client.get("/no/such/path").answer();

            Answer text = client.get("/metrics").answer();
            assertThat(text.headers().get("content-type")).startsWith("text/plain; version=0.0.4");
            assertThat(text.body())
                    .contains("promgres_http_requests_total{code=\"204\",method=\"POST\",path=\"/write\"} 1.0")
                    .contains("promgres_http_requests_total{code=\"404\",method=\"other\",path=\"other\"} 1.0");

            Answer open = client.send(
                            "GET /metrics HTTP/1.1\r\nHost: x\r\nAccept: application/openmetrics-text;version=1.0.0\r\n\r\n")
                    .answer();
            assertThat(open.headers().get("content-type")).startsWith("application/openmetrics-text");
            assertThat(open.body()).endsWith("# EOF\n");
        }
    }
}
