package io.promgres.http;

import java.time.Duration;

/**
 * What clients may take of the server; can be replaced while it runs.
 *
 * @param connections at one time; 0 for no limit
 * @param requests being worked on at one time; 0 for no limit
 * @param headerBytes of one request
 * @param readTimeout for the first request's headers on a connection, for a whole body, and for a response to be taken
 * @param idleTimeout between two requests of a connection; longer than the 5 minutes after which Prometheus closes its
 *     own idle connections, so that a request never meets a connection that is being closed
 */
public record HttpLimits(int connections, int requests, int headerBytes, Duration readTimeout, Duration idleTimeout) {

    /** Limits that suit Prometheus' defaults. */
    public static final HttpLimits DEFAULT =
            new HttpLimits(4096, 1024, 16 * 1024, Duration.ofSeconds(60), Duration.ofMinutes(6));

    /** The same with other times. */
    public HttpLimits withTimeouts(Duration read, Duration idle) {
        return new HttpLimits(connections, requests, headerBytes, read, idle);
    }
}
