package io.promgres.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.observe.Metrics;
import io.promgres.testing.AnyServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Responses whose body is made while it is sent. */
@AnyServer
class StreamingIT {

    private static final int PIECE = 1 << 16;
    // More than the socket buffers of both sides can take.
    private static final int ENDLESS = 10_000;

    private final Metrics metrics = new Metrics("test");
    private final ExecutorService workers = Executors.newFixedThreadPool(2);
    private final AtomicLong written = new AtomicLong();
    private final CompletableFuture<Exception> ended = new CompletableFuture<>();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        Duration patience = Duration.ofSeconds(20);
        HttpLimits limits = HttpLimits.DEFAULT.withTimeouts(Duration.ofSeconds(2), patience);
        HttpSettings settings = new HttpSettings(anyPort, 1, limits, patience, Duration.ofSeconds(5), patience);
        Routes routes = Routes.builder(metrics)
                .add("GET", "/three", streaming(body -> pieces(body, 3)), workers)
                .add("GET", "/endless", streaming(body -> pieces(body, ENDLESS)), workers)
                .add("GET", "/broken", streaming(this::broken), workers)
                .add("GET", "/empty", streaming(body -> {}), workers)
                .build();
        server = HttpServer.start(settings, routes, new InFlight(1 << 20), metrics);
    }

    private static Endpoint streaming(Streaming streaming) {
        return (request, answer) -> answer.accept(Response.streamed(200, "text/plain", streaming));
    }

    private void pieces(Streaming.Body body, int count) throws IOException {
        try {
            for (int i = 0; i < count; i++) {
                body.write(new byte[PIECE]);
                written.incrementAndGet();
            }
            ended.complete(null);
        } catch (IOException e) {
            ended.complete(e);
            throw e;
        }
    }

    private void broken(Streaming.Body body) throws IOException {
        body.write(new byte[PIECE]);
        throw new IllegalStateException("a bug");
    }

    @AfterEach
    void stop() {
        server.close();
        workers.shutdownNow();
        metrics.close();
    }

    @Test
    void thePiecesComeAsOneBodyAndTheConnectionIsUsedAgain() throws Exception {
        HttpClient client = HttpClient.newHttpClient();
        for (int i = 0; i < 3; i++) {
            HttpResponse<byte[]> answer = client.send(request("/three"), HttpResponse.BodyHandlers.ofByteArray());
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("Transfer-Encoding")).contains("chunked");
            assertThat(answer.body()).hasSize(3 * PIECE);
        }
        assertThat(client.send(request("/empty"), HttpResponse.BodyHandlers.ofByteArray())
                        .body())
                .isEmpty();
    }

    @Test
    void aClientOfHttp10GetsTheBodyUpToTheEndOfTheConnection() throws Exception {
        try (Socket socket = new Socket()) {
            socket.connect(server.address());
            socket.getOutputStream().write("GET /three HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
            byte[] answer = socket.getInputStream().readAllBytes();
            assertThat(new String(answer, StandardCharsets.ISO_8859_1)).doesNotContain("chunked");
            assertThat(answer.length).isBetween(3 * PIECE, 3 * PIECE + 500);
        }
    }

    @Test
    void aFailureInTheMiddleCutsTheConnectionSoThatAPartIsNotTakenForTheWhole() {
        CompletableFuture<HttpResponse<byte[]>> answer =
                HttpClient.newHttpClient().sendAsync(request("/broken"), HttpResponse.BodyHandlers.ofByteArray());
        assertThat(answer).failsWithin(20, TimeUnit.SECONDS).withThrowableThat().withCauseInstanceOf(IOException.class);
    }

    @Test
    void aClientThatTakesNothingHoldsTheWriterBackAndIsCutOff() throws Exception {
        try (Socket socket = new Socket()) {
            socket.connect(server.address());
            socket.getOutputStream()
                    .write("GET /endless HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
            assertThat(ended.get(20, TimeUnit.SECONDS)).hasMessageContaining("has taken nothing");
            assertThat(written.get()).isLessThan(ENDLESS / 2);
        }
    }

    @Test
    void aClientThatGoesEndsTheWriter() throws Exception {
        try (Socket socket = new Socket()) {
            socket.connect(server.address());
            socket.getOutputStream()
                    .write("GET /endless HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
            assertThat(socket.getInputStream().read()).isEqualTo('H');
        }
        assertThat(ended.get(20, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
        assertThat(written.get()).isLessThan(ENDLESS);
    }

    private HttpRequest request(String path) {
        return HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + server.address().getPort() + path))
                .build();
    }
}
