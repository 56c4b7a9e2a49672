package io.promgres.http;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;

/** A request's line and headers: all that is known before its body is read. Immutable. */
public final class RequestHead {

    private final String method;
    private final String path;
    private final String query;
    private final HttpHeaders headers;

    RequestHead(HttpRequest request) {
        String target = originForm(request.uri());
        int mark = target.indexOf('?');
        this.method = request.method().name();
        this.path = mark < 0 ? target : target.substring(0, mark);
        this.query = mark < 0 ? "" : target.substring(mark + 1);
        this.headers = request.headers();
    }

    public String method() {
        return method;
    }

    /** The path as sent: neither percent-decoded nor normalised. */
    public String path() {
        return path;
    }

    /** What follows the question mark, as sent; may be empty. */
    public String query() {
        return query;
    }

    /**
     * A header's value without the blanks around it; the values of several lines are joined by commas (RFC 9110, 5.3).
     *
     * @param name in any case
     * @return empty if the header is absent
     */
    public String header(String name) {
        return String.join(", ", headers.getAll(name)).strip();
    }

    // A client that takes us for a proxy sends http://host/path (RFC 9112, 3.2.2).
    private static String originForm(String target) {
        if (target.startsWith("/")) {
            return target;
        }
        int authority = target.indexOf("://");
        int path = authority < 0 ? -1 : target.indexOf('/', authority + 3);
        return path < 0 ? target : target.substring(path);
    }
}
