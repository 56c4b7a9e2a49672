package io.promgres.http;

import io.promgres.access.RouteGroup;
import io.promgres.daemon.HealthEndpoint;
import io.promgres.daemon.MetricsEndpoint;
import io.promgres.daemon.ReloadEndpoint;
import io.promgres.observe.Metrics;
import io.promgres.remotewrite.WriteEndpoint;
import io.promgres.remotewrite.WriteProtocol;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A server with a route of each group and a web config file, without a database behind. */
final class WebServer implements AutoCloseable {

    static final int BODY_LIMIT = 1_000_000;

    final RecordingReceiver receiver = new RecordingReceiver();
    final Metrics metrics = new Metrics("test");
    final InFlight inFlight = new InFlight(50_000_000);
    final WebAccess access;
    final HttpServer http;
    private final ExecutorService workers = Executors.newFixedThreadPool(2);
    private final Path file;

    private WebServer(Path file, HttpLimits limits) throws IOException {
        this.file = file;
        access = WebAccess.of(Optional.ofNullable(file), true);
        InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        http = HttpServer.start(
                HttpSettings.listeningOn(anyPort).withLimits(limits), routes(), access, inFlight, metrics);
    }

    /** @param config of the file web.yml, which is written to the directory */
    static WebServer with(Path directory, String config) throws IOException {
        return new WebServer(Files.writeString(directory.resolve("web.yml"), config), HttpLimits.DEFAULT);
    }

    static WebServer open(HttpLimits limits) throws IOException {
        return new WebServer(null, limits);
    }

    /** Changes the file and has it read. */
    void reload(String config) throws IOException {
        Files.writeString(file, config);
        access.reload();
    }

    RawClient connect() throws IOException {
        return new RawClient(http.address());
    }

    /** The value of a metric of this server. */
    double metric(String line) {
        return metrics.registry()
                .scrape()
                .lines()
                .filter(one -> one.startsWith(line + " "))
                .mapToDouble(one -> Double.parseDouble(one.substring(line.length() + 1)))
                .findFirst()
                .orElse(0);
    }

    private Routes routes() {
        WriteEndpoint write = new WriteEndpoint(
                receiver,
                EnumSet.of(WriteProtocol.V1),
                new WriteEndpoint.Bounds(BODY_LIMIT, BODY_LIMIT, BODY_LIMIT, Duration.ofSeconds(20)));
        Endpoint fine = (request, answer) -> answer.accept(Response.text(200, "fine"));
        return Routes.builder(metrics)
                .group(RouteGroup.WRITE)
                .add("POST", "/write", write, workers)
                .group(RouteGroup.READ)
                .add("GET", "/", fine, workers)
                .group(RouteGroup.PERF_TEST)
                .addBelow("/perf-test/", fine, workers)
                .group(RouteGroup.METRICS)
                .add("GET", "/metrics", new MetricsEndpoint(metrics.registry()), workers)
                .group(RouteGroup.HEALTH)
                .add("GET", "/-/healthy", HealthEndpoint.alive(Optional::empty), Runnable::run)
                .group(RouteGroup.ADMIN)
                .add("POST", "/-/reload", new ReloadEndpoint(true, access::reload), workers)
                .build();
    }

    @Override
    public void close() {
        http.close();
        workers.shutdownNow();
        metrics.close();
    }
}
