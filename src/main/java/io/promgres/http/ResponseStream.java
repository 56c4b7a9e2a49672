package io.promgres.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpContent;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.TimeUnit;

/** Pieces of a body on their way to one client. Used by the thread that makes them, never by an event loop. */
final class ResponseStream implements Streaming.Body {

    private final ChannelHandlerContext context;
    private final long timeoutMillis;
    private ChannelFuture former;

    /** @param timeoutMillis for the client to take a piece */
    ResponseStream(ChannelHandlerContext context, long timeoutMillis) {
        this.context = context;
        this.timeoutMillis = timeoutMillis;
    }

    @Override
    public void write(byte[] bytes) throws IOException {
        awaitFormer();
        if (bytes.length > 0) {
            former = context.writeAndFlush(new DefaultHttpContent(Unpooled.wrappedBuffer(bytes)));
        }
    }

    /** Waits until the client's socket has taken all that was written. */
    void awaitFormer() throws IOException {
        if (former == null) {
            return;
        }
        try {
            if (!former.await(timeoutMillis, TimeUnit.MILLISECONDS)) {
                throw new IOException("the client has taken nothing for " + timeoutMillis + " ms");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
        if (!former.isSuccess()) {
            throw new IOException("the client is gone", former.cause());
        }
        former = null;
    }
}
