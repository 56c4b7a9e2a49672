package io.promgres.http;

import java.util.Locale;

/** What a client can run into; {@link #toString()} is its name in the metric of refusals. */
public enum Limit {
    CONNECTIONS,
    REQUESTS,
    /** Passwords that wait to be checked. */
    PASSWORD_CHECKS,
    REQUEST_LINE_BYTES,
    HEADER_BYTES,
    BODY_BYTES,
    DECODED_BYTES,
    /** A body that hardly came while others waited for bytes in flight. */
    SLOW_BODY,
    /** Headers, a body, or an answer that was not taken in time. */
    READ_TIMEOUT,
    /** A request of a page of another origin. */
    CROSS_ORIGIN,
    /** A name in Host, on the loopback, that may be a stranger's. */
    HOST_NAME,
    /** What the endpoint did for a request took too long. */
    ANSWER_TIME;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
