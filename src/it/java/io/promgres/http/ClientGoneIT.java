package io.promgres.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.observe.Metrics;
import io.promgres.testing.AnyServer;
import io.promgres.testing.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients that go away while their request is worked on. */
@AnyServer
class ClientGoneIT {

    private final Metrics metrics = new Metrics("test");
    private final ExecutorService workers = Executors.newFixedThreadPool(2);
    private final CompletableFuture<String> gone = new CompletableFuture<>();
    private final CountDownLatch working = new CountDownLatch(1);
    private final BlockingQueue<Runnable> queue = new LinkedBlockingQueue<>();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        Duration patience = Duration.ofSeconds(20);
        HttpLimits limits = HttpLimits.DEFAULT.withTimeouts(patience, patience);
        HttpSettings settings = new HttpSettings(anyPort, 1, limits, patience, Duration.ofSeconds(5), patience);
        Routes routes = Routes.builder(metrics)
                .add("GET", "/watched", this::untilGone, workers)
                .add("GET", "/quick", this::answerWatched, workers)
                .add("GET", "/queued", this::answerWaited, queue::add)
                .build();
        server = HttpServer.start(settings, routes, new InFlight(1 << 20), metrics);
    }

    private void untilGone(Request request, Consumer<Response> answer) {
        request.client().whenGone(() -> gone.complete(request.head().path()));
        working.countDown();
        gone.thenAccept(path -> answer.accept(Response.text(200, path)));
    }

    private void answerWatched(Request request, Consumer<Response> answer) {
        request.client().whenGone(() -> gone.complete(request.head().path()));
        answer.accept(Response.text(200, "quick"));
    }

    private void answerWaited(Request request, Consumer<Response> answer) {
        answer.accept(Response.text(200, "" + request.client().waited().toNanos()));
    }

    @AfterEach
    void stop() {
        server.close();
        workers.shutdownNow();
        metrics.close();
    }

    @Test
    void whoWorksForAClientLearnsThatItHasGone() throws Exception {
        try (Socket client =
                new Socket(server.address().getAddress(), server.address().getPort())) {
            send(client, "/watched");
            assertThat(working.await(20, TimeUnit.SECONDS)).isTrue();
        }

        assertThat(gone.get(20, TimeUnit.SECONDS)).isEqualTo("/watched");
    }

    @Test
    void aClientThatStaysIsAnsweredAgainAndAgain() throws Exception {
        try (RawClient client = new RawClient(server.address())) {
            for (int i = 0; i < 5; i++) {
                client.send("GET /quick HTTP/1.1\r\nHost: x\r\n\r\nGET /quick HTTP/1.1\r\nHost: x\r\n\r\n");
                assertThat(client.answer().body()).isEqualTo("quick\n");
                assertThat(client.answer().body()).isEqualTo("quick\n");
            }
            assertThat(gone).isNotDone();
        }
    }

    @Test
    void anEndpointIsToldHowLongTheRequestHasWaitedForItsThread() throws Exception {
        try (RawClient client = new RawClient(server.address())) {
            client.send("GET /queued HTTP/1.1\r\nHost: x\r\n\r\n");
            Runnable work = queue.poll(20, TimeUnit.SECONDS);
            long since = System.nanoTime();
            Await.until("some time has passed", () -> System.nanoTime() - since > 1_000_000);
            work.run();

            assertThat(Long.parseLong(client.answer().body().strip())).isGreaterThan(1_000_000);
        }
    }

    private static void send(Socket client, String path) throws IOException {
        client.getOutputStream()
                .write(("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
    }
}
