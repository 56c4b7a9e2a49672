package io.promgres.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.DateFormatter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.util.Date;

/** Turns a response into what Netty sends. */
final class ResponseEncoding {

    private ResponseEncoding() {}

    /**
     * @param method of the request: HEAD gets the headers of the body without the body
     * @param keepAlive whether the connection stays open
     */
    static FullHttpResponse encode(Response response, String method, boolean keepAlive) {
        ByteBuf body = method.equals("HEAD") ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(response.body());
        FullHttpResponse message =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(response.status()), body);
        setHeaders(message, response, keepAlive);
        // The encoder leaves the length out where the status allows none.
        message.headers().set(HttpHeaderNames.CONTENT_LENGTH, response.body().length);
        return message;
    }

    /**
     * The head of a response whose body follows in pieces.
     *
     * @param chunked false if the client speaks HTTP/1.0: the body then ends with the connection
     */
    static HttpResponse encodeHead(Response response, boolean chunked, boolean keepAlive) {
        HttpResponse message =
                new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(response.status()));
        setHeaders(message, response, keepAlive);
        HttpUtil.setTransferEncodingChunked(message, chunked);
        return message;
    }

    private static void setHeaders(HttpResponse message, Response response, boolean keepAlive) {
        response.headers().forEach(header -> message.headers().add(header.getKey(), header.getValue()));
        message.headers()
                .set(HttpHeaderNames.DATE, DateFormatter.format(new Date()))
                // HTTP/1.0 needs to be told that the connection stays open; HTTP/1.1 may be.
                .set(HttpHeaderNames.CONNECTION, keepAlive ? HttpHeaderValues.KEEP_ALIVE : HttpHeaderValues.CLOSE);
    }

    /** Tells a client that waits for it to send the body. */
    static FullHttpResponse continueResponse() {
        return new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER);
    }
}
