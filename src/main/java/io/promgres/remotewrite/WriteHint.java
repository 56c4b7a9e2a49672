package io.promgres.remotewrite;

import io.promgres.http.RequestHead;
import java.util.Optional;

/** Tells a Prometheus that is configured with a wrong path the right one. */
public final class WriteHint {

    /** Where remote write is taken. */
    public static final String PATH = "/api/v1/write";

    private static final String VERSION = "X-Prometheus-Remote-Write-Version";

    private WriteHint() {}

    /** What an answer to this request, which has no route, says besides: empty if it is no remote write. */
    public static Optional<String> to(RequestHead head) {
        boolean protobuf = head.header("Content-Type").startsWith("application/x-protobuf")
                && head.header("X-Prometheus-Remote-Read-Version").isEmpty();
        boolean writes = head.method().equals("POST")
                && (protobuf || !head.header(VERSION).isEmpty());
        return writes
                ? Optional.of("remote write is taken at " + PATH + ": remote_write: - url: http://HOST:PORT" + PATH)
                : Optional.empty();
    }
}
