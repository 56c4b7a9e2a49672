package io.promgres.remotewrite;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.Summary;
import io.prometheus.metrics.expositionformats.PrometheusProtobufWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Labels;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A program that Prometheus scrapes, instrumented with its Java client: counters and histograms, native and classic, with
 * exemplars and the times when they were created. It counts on with each scrape, can begin again, and can go away.
 */
final class ScrapeTarget implements AutoCloseable {

    private final Random random = new Random(11);
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final HttpServer server;

    private Program program = new Program();
    private int scrapes;
    private boolean gone;

    /** What is lost when it begins again. */
    private static final class Program {
        private final PrometheusRegistry registry = new PrometheusRegistry();
        private final Counter orders = Counter.builder()
                .name("orders_total")
                .help("Orders, by \"where\" they\ncame from.")
                .labelNames("country")
                .register(registry);
        private final Gauge queue = Gauge.builder()
                .name("queue.length")
                .help("Orders that wait.")
                .withoutExemplars()
                .register(registry);
        private final Histogram latency = Histogram.builder()
                .name("latency_seconds")
                .help("How long an order takes.")
                .labelNames("country")
                .classicUpperBounds(0.1, 0.5, 1, 5)
                .nativeMaxNumberOfBuckets(40)
                .register(registry);
        private final Histogram change = Histogram.builder()
                .name("price_change_ratio")
                .help("Of prices, up and down.")
                .nativeOnly()
                .nativeInitialSchema(3)
                .register(registry);
        private final Summary size = Summary.builder()
                .name("order_bytes")
                .help("Size of an order.")
                .withoutExemplars()
                .quantile(0.5)
                .register(registry);
    }

    ScrapeTarget() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(thread);
        server.createContext("/metrics", this::scrape);
        server.start();
    }

    /** Such as 127.0.0.1:1234. */
    String address() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    synchronized int scrapes() {
        return scrapes;
    }

    /** Counts from 0 again, as after a restart. */
    synchronized void beginAgain() {
        program = new Program();
    }

    /** Answers nothing but errors from now on. */
    synchronized void goAway() {
        gone = true;
    }

    private synchronized void scrape(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (gone) {
                exchange.sendResponseHeaders(503, -1);
                return;
            }
            work();
            PrometheusProtobufWriter writer = new PrometheusProtobufWriter();
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            writer.write(body, program.registry.scrape(), EscapingScheme.ALLOW_UTF8);
            exchange.getResponseHeaders().set("Content-Type", writer.getContentType());
            exchange.sendResponseHeaders(200, body.size());
            body.writeTo(exchange.getResponseBody());
            scrapes++;
        }
    }

    private void work() {
        for (String country : new String[] {"at", "türkiye"}) {
            for (int i = random.nextInt(20); i >= 0; i--) {
                String trace = Long.toHexString(random.nextLong());
                program.orders.labelValues(country).incWithExemplar(Labels.of("trace_id", trace));
                program.latency
                        .labelValues(country)
                        .observeWithExemplar(
                                Math.exp(2 * random.nextGaussian() - 1), Labels.of("trace_id", trace, "span", "é\"\\"));
            }
        }
        program.queue.set(random.nextGaussian() * 100);
        program.change.observeWithExemplar(random.nextGaussian(), Labels.of("trace_id", "of a change"));
        program.size.observe(random.nextInt(10_000));
    }

    @Override
    public void close() {
        server.stop(0);
        thread.shutdown();
    }
}
