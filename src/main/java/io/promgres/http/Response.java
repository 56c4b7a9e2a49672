package io.promgres.http;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An answer that is held in memory as a whole, or one whose body is made while it is sent. Immutable, but for the body's
 * bytes: they must not change once the response is handed on. The server itself adds Content-Length or Transfer-Encoding,
 * Date and Connection.
 *
 * @param status the HTTP status
 * @param headers in the order in which they are sent
 * @param body may be empty; it is if there is {@code streaming}
 * @param streaming makes the body, if it is not in memory
 */
public record Response(
        int status, List<Map.Entry<String, String>> headers, byte[] body, Optional<Streaming> streaming) {

    private static final byte[] NOTHING = {};

    public Response {
        headers = List.copyOf(headers);
    }

    /** A response without a body. */
    public static Response empty(int status) {
        return new Response(status, List.of(), NOTHING, Optional.empty());
    }

    /** A response of plain text; a line feed is appended, so that it reads well in a terminal. */
    public static Response text(int status, String text) {
        return of(status, "text/plain; charset=utf-8", (text + "\n").getBytes(StandardCharsets.UTF_8))
                .with("X-Content-Type-Options", "nosniff");
    }

    public static Response of(int status, String contentType, byte[] body) {
        return new Response(status, List.of(Map.entry("Content-Type", contentType)), body, Optional.empty());
    }

    /** A response whose body is made while it is sent. */
    public static Response streamed(int status, String contentType, Streaming streaming) {
        return new Response(status, List.of(Map.entry("Content-Type", contentType)), NOTHING, Optional.of(streaming));
    }

    /** The same response with one header more. */
    public Response with(String name, String value) {
        List<Map.Entry<String, String>> more = new ArrayList<>(headers);
        more.add(Map.entry(name, value));
        return new Response(status, more, body, streaming);
    }

    /** The same response, asking the client to come back later. */
    public Response retryAfter(long seconds) {
        return with("Retry-After", Long.toString(Math.max(1, seconds)));
    }
}
