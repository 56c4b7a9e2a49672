package io.promgres.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.Optional;

/** The rules of HTTP/1.1 itself that a request can break, whatever its route; after each the connection is closed. */
final class HttpRules {

    /** The body's length is known only when it ends. */
    static final long CHUNKED = -1;

    private HttpRules() {}

    /** @return the answer to a request that could be decoded and breaks a rule */
    static Optional<Response> violation(HttpRequest request) {
        if (request.protocolVersion().majorVersion() != 1) {
            return Optional.of(Problem.HTTP_VERSION_NOT_SUPPORTED.answer(
                    request.protocolVersion() + " is not supported, only HTTP/1.1 and HTTP/1.0"));
        }
        if (!namesOneHost(request)) {
            return Optional.of(Problem.MALFORMED_REQUEST.answer("an HTTP/1.1 request has one Host header"));
        }
        return badTransferCoding(request).or(() -> badExpectation(request));
    }

    /** The answer to bytes that the decoder could not take. */
    static Response undecodable(Throwable cause) {
        if (cause instanceof TooLongHttpLineException) {
            return Problem.REQUEST_LINE_TOO_LONG.answer(
                    "the request line is over " + HttpServer.MAX_REQUEST_LINE + " bytes");
        }
        if (cause instanceof TooLongHttpHeaderException) {
            return Problem.HEADERS_TOO_LARGE.answer("the headers are too large: " + cause.getMessage());
        }
        return Problem.MALFORMED_REQUEST.answer(
                "not an HTTP request; if the client's URL begins with https, write http,"
                        + " or give this daemon a certificate (tls_server_config): " + cause.getMessage());
    }

    /** @return bytes, or {@link #CHUNKED} */
    static long bodyLength(HttpRequest request) {
        return HttpUtil.isTransferEncodingChunked(request) ? CHUNKED : HttpUtil.getContentLength(request, 0L);
    }

    private static boolean namesOneHost(HttpRequest request) {
        int hosts = request.headers().getAll(HttpHeaderNames.HOST).size();
        return hosts == 1 || hosts == 0 && request.protocolVersion().equals(HttpVersion.HTTP_1_0);
    }

    private static Optional<Response> badTransferCoding(HttpRequest request) {
        String codings = String.join(", ", request.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING));
        if (codings.isEmpty() || HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(codings.strip())) {
            return Optional.empty();
        }
        return Optional.of(Problem.TRANSFER_CODING_NOT_SUPPORTED.answer(
                "Transfer-Encoding \"" + codings + "\" is not supported, only chunked"));
    }

    private static Optional<Response> badExpectation(HttpRequest request) {
        String expect = request.headers().get(HttpHeaderNames.EXPECT);
        if (expect == null || HttpHeaderValues.CONTINUE.contentEqualsIgnoreCase(expect)) {
            return Optional.empty();
        }
        return Optional.of(Problem.EXPECTATION_FAILED.answer(
                "Expect \"" + expect + "\" is not supported, only " + HttpHeaderValues.CONTINUE));
    }
}
