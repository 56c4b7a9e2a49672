package io.promgres.http;

/** What can be wrong with a request or its answer: the one table from error to HTTP status. */
public enum Problem {
    /** Not HTTP, or HTTP that its own rules forbid. */
    MALFORMED_REQUEST(400),
    /** The body is not what its headers say: not snappy, not protobuf, not JSON. */
    MALFORMED_BODY(400),
    /** Some samples cannot be stored; the others are. */
    REJECTED_SAMPLES(400),
    /** The tenant that a request names is not one of those that there are, or it has to name one. */
    UNKNOWN_TENANT(400),
    /** A query that cannot be answered, or asks for more than is allowed. */
    REFUSED_QUERY(400),
    /** The body would become too large when decoded; 400 as Prometheus answers it. */
    DECODED_TOO_LARGE(400),
    /** Credentials are absent or wrong. */
    UNAUTHENTICATED(401),
    /** Credentials are right, but not for this; or it is switched off. */
    FORBIDDEN(403),
    NOT_FOUND(404),
    METHOD_NOT_ALLOWED(405),
    /** What the client takes as an answer is not what there is. */
    NOT_ACCEPTABLE(406),
    /** What is to be inserted is there already, or refers to something that is not. */
    CONFLICT(409),
    /** The body did not arrive in time. */
    BODY_TIMEOUT(408),
    BODY_TOO_LARGE(413),
    REQUEST_LINE_TOO_LONG(414),
    UNSUPPORTED_MEDIA_TYPE(415),
    /** The rows that are asked for begin after the last one. */
    RANGE_NOT_SATISFIABLE(416),
    EXPECTATION_FAILED(417),
    /** The name in Host is none by which this is reached. */
    MISDIRECTED(421),
    HEADERS_TOO_LARGE(431),
    /** A bug: nothing that a client sends or a database does ends here. */
    INTERNAL_ERROR(500),
    /** The configuration that is to be reloaded is wrong; the old one stays in force. */
    RELOAD_FAILED(500),
    TRANSFER_CODING_NOT_SUPPORTED(501),
    /** The database is away, or the daemon starts or stops: the same request succeeds later. */
    UNAVAILABLE(503),
    /**
     * More is in flight than the budget allows. Never 429, on which Prometheus drops the samples instead of sending
     * them again.
     */
    OVERLOADED(503),
    HTTP_VERSION_NOT_SUPPORTED(505);

    private final int status;

    Problem(int status) {
        this.status = status;
    }

    public int status() {
        return status;
    }

    /** @param message what was wrong, in words for the person who reads the sender's log */
    public Response answer(String message) {
        return Response.text(status, message);
    }
}
