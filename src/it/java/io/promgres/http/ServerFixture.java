package io.promgres.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.daemon.HealthEndpoint;
import io.promgres.daemon.MetricsEndpoint;
import io.promgres.observe.Metrics;
import io.promgres.remotewrite.WriteEndpoint;
import io.promgres.remotewrite.WriteProtocol;
import io.promgres.testing.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A server with remote write and the probes, whose store is the test; at the end it holds no bytes of anybody. */
abstract class ServerFixture {

    static final int WORKERS = 2;
    static final int BODY_LIMIT = 200_000;
    static final int DECODED_LIMIT = 400_000;
    static final String LARGE_BODY = "x".repeat(1_000);

    final Metrics metrics = new Metrics("test");
    final RecordingReceiver receiver = new RecordingReceiver();
    final ExecutorService workers = Executors.newFixedThreadPool(WORKERS);
    InFlight inFlight;
    HttpServer server;
    volatile String notReady;

    @BeforeEach
    void start() throws IOException {
        start(Duration.ofSeconds(20), Duration.ofSeconds(20), 10_000_000);
    }

    @AfterEach
    void stop() {
        server.close();
        workers.shutdownNow();
        metrics.close();
        assertThat(inFlight.usedBytes()).isZero();
        assertThat(inFlight.waiting()).isZero();
    }

    static void await(BooleanSupplier condition) throws Exception {
        Await.until("what a request does to the server", condition::getAsBoolean);
    }

    RawClient connect() throws IOException {
        return new RawClient(server.address());
    }

    void start(Duration queueTimeout, Duration readTimeout, long budget) throws IOException {
        server = serverWith(settings(queueTimeout, readTimeout, Duration.ofSeconds(20)), budget);
    }

    static HttpSettings settings(Duration queueTimeout, Duration readTimeout, Duration closeTimeout) {
        InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        HttpLimits limits = HttpLimits.DEFAULT.withTimeouts(readTimeout, Duration.ofSeconds(20));
        return new HttpSettings(anyPort, 2, limits, queueTimeout, Duration.ofSeconds(5), closeTimeout);
    }

    HttpServer serverWith(HttpSettings settings, long budget) throws IOException {
        inFlight = new InFlight(budget);
        return HttpServer.start(settings, routes(), inFlight, metrics);
    }

    /** How long a write may take. */
    Duration patience() {
        return Duration.ofSeconds(20);
    }

    Routes routes() {
        WriteEndpoint write = new WriteEndpoint(
                receiver,
                EnumSet.of(WriteProtocol.V1),
                new WriteEndpoint.Bounds(BODY_LIMIT, DECODED_LIMIT, DECODED_LIMIT, patience()));
        return Routes.builder(metrics)
                .add("POST", "/api/v1/write", write, workers)
                .add("POST", "/write", write, workers)
                .add("GET", "/metrics", new MetricsEndpoint(metrics.registry()), workers)
                .add("GET", "/-/healthy", HealthEndpoint.alive(Optional::empty), Runnable::run)
                .add("GET", "/-/ready", HealthEndpoint.ready(() -> Optional.ofNullable(notReady)), workers)
                .build();
    }
}
