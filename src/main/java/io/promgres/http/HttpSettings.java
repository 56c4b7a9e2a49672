package io.promgres.http;

import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * How the HTTP server listens and how long it waits.
 *
 * @param listen address to bind; port 0 picks a free one
 * @param eventLoops threads that read and write sockets, at least 1
 * @param limits what clients may take, as long as no reload changes it
 * @param queueTimeout how long a request waits for bytes in flight until it is answered 503
 * @param retryAfter what that answer asks the sender to wait; sent in whole seconds
 * @param closeTimeout how long {@link HttpServer#close} lets requests in flight finish
 */
public record HttpSettings(
        InetSocketAddress listen,
        int eventLoops,
        HttpLimits limits,
        Duration queueTimeout,
        Duration retryAfter,
        Duration closeTimeout) {

    /** Settings for one address: a thread for each core, and times that suit Prometheus' defaults. */
    public static HttpSettings listeningOn(InetSocketAddress listen) {
        return new HttpSettings(
                listen,
                Runtime.getRuntime().availableProcessors(),
                HttpLimits.DEFAULT,
                Duration.ofSeconds(10),
                Duration.ofSeconds(5),
                Duration.ofSeconds(5));
    }

    /** The same with another {@link #queueTimeout}. */
    public HttpSettings withQueueTimeout(Duration timeout) {
        return new HttpSettings(listen, eventLoops, limits, timeout, retryAfter, closeTimeout);
    }

    /** The same with other {@link #limits}. */
    public HttpSettings withLimits(HttpLimits others) {
        return new HttpSettings(listen, eventLoops, others, queueTimeout, retryAfter, closeTimeout);
    }
}
