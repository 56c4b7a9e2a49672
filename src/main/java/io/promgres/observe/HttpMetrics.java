package io.promgres.observe;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.function.LongSupplier;

/** What the HTTP server keeps of itself. Thread-safe. */
public final class HttpMetrics {

    static final String REQUEST_DURATION = "promgres_http_request_duration";

    private final MeterRegistry registry;
    private final Counter tlsFailures;

    HttpMetrics(MeterRegistry registry) {
        this.registry = registry;
        tlsFailures = Counter.builder("promgres_http_tls_handshake_failures_total")
                .description("Connections that ended before TLS was established")
                .register(registry);
    }

    /**
     * The meters of one route; ask once, at start.
     *
     * @param path as in the routing table, never as a client sent it
     * @param method likewise
     */
    public RouteMetrics route(String path, String method) {
        Timer duration = Timer.builder(REQUEST_DURATION)
                .description("From a request's headers to its response")
                .serviceLevelObjectives(LatencyBuckets.ALL)
                .tag("path", path)
                .register(registry);
        return new RouteMetrics(
                code -> Counter.builder("promgres_http_requests_total")
                        .description("HTTP requests answered")
                        .tag("path", path)
                        .tag("method", method)
                        .tag("code", Integer.toString(code))
                        .register(registry),
                duration);
    }

    /**
     * The counters of what clients ran into; ask once, at start.
     *
     * @param limits by the names that the label {@code limit} shows
     */
    public <E extends Enum<E>> CounterByReason<E> limitRefusals(Class<E> limits) {
        return new CounterByReason<>(
                limits,
                limit -> Counter.builder("promgres_http_limit_refusals_total")
                        .description("Requests or connections that were refused or closed because of a limit")
                        .tag("limit", limit.toString())
                        .register(registry));
    }

    /**
     * A request was answered 401 or 403.
     *
     * @param group of routes
     * @param known whether the credentials were right, but not for this group
     */
    public void unauthorized(String group, boolean known) {
        Counter.builder("promgres_http_unauthorized_total")
                .description("Requests without the right credentials for their group of routes")
                .tag("group", group)
                .tag("code", known ? "403" : "401")
                .register(registry)
                .increment();
    }

    public void tlsHandshakeFailed() {
        tlsFailures.increment();
    }

    /** Shows what clients take; call once. */
    public void show(LongSupplier connections, LongSupplier requests) {
        gauge("promgres_http_connections", "HTTP connections that are open", connections);
        gauge("promgres_http_requests_in_flight", "HTTP requests that are being worked on", requests);
    }

    private void gauge(String name, String description, LongSupplier value) {
        Gauge.builder(name, value::getAsLong).description(description).register(registry);
    }
}
