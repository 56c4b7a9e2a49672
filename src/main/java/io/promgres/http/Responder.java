package io.promgres.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Sends responses over one connection. Whatever becomes of one, its exchange is finished. Confined to the event loop.
 */
final class Responder {

    private final ChannelHandlerContext context;
    private final ServerContext service;
    private final EventLoopExecutor loop;
    private final Deadline deadline;
    private final Runnable close;

    /** @param close the connection, when the client takes no response */
    Responder(
            ChannelHandlerContext context,
            ServerContext service,
            EventLoopExecutor loop,
            Deadline deadline,
            Runnable close) {
        this.context = context;
        this.service = service;
        this.loop = loop;
        this.deadline = deadline;
        this.close = close;
    }

    /**
     * @param mayKeepAlive whether the connection may stay open
     * @param sent is told whether it does, when the response is sent; not called if that fails in its midst
     */
    void send(Exchange exchange, Response bare, boolean mayKeepAlive, Consumer<Boolean> sent) {
        Response response = withHeaders(bare);
        if (response.streaming().isPresent()) {
            stream(exchange, response, mayKeepAlive, sent);
            return;
        }
        deadline.set(service.limits().readTimeout(), this::notTaken);
        context.writeAndFlush(ResponseEncoding.encode(response, exchange.head().method(), mayKeepAlive))
                .addListener(written -> {
                    exchange.finish(response.status());
                    sent.accept(mayKeepAlive && written.isSuccess());
                });
    }

    /** Tells the client that nothing more comes, while what it sends is still read. */
    void end() {
        SslHandler tls = context.pipeline().get(SslHandler.class);
        if (tls == null) {
            ((DuplexChannel) context.channel()).shutdownOutput();
        } else {
            tls.closeOutbound();
        }
    }

    // The stream itself notices a client that takes nothing, so there is no deadline for the whole.
    private void stream(Exchange exchange, Response response, boolean mayKeepAlive, Consumer<Boolean> sent) {
        boolean chunked = exchange.chunksUnderstood();
        boolean keepAlive = mayKeepAlive && chunked;
        deadline.cancel();
        context.writeAndFlush(ResponseEncoding.encodeHead(response, chunked, keepAlive));
        ResponseStream body =
                new ResponseStream(context, service.limits().readTimeout().toMillis());
        exchange.stream(
                response.streaming().orElseThrow(),
                body,
                service.faults(),
                complete -> loop.run(() -> streamed(exchange, response, complete, keepAlive, sent), exchange::release));
    }

    private void streamed(
            Exchange exchange, Response response, boolean complete, boolean keepAlive, Consumer<Boolean> sent) {
        if (!context.channel().isActive() || !complete) {
            exchange.finish(response.status());
            close.run();
            return;
        }
        deadline.set(service.limits().readTimeout(), this::notTaken);
        context.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT).addListener(written -> {
            exchange.finish(response.status());
            sent.accept(keepAlive && written.isSuccess());
        });
    }

    private void notTaken() {
        service.reached(Limit.READ_TIMEOUT);
        close.run();
    }

    // A header that the endpoint sets itself wins.
    private Response withHeaders(Response response) {
        Response complete = response;
        for (Map.Entry<String, String> header : service.access().headers().entrySet()) {
            if (response.headers().stream().noneMatch(own -> own.getKey().equalsIgnoreCase(header.getKey()))) {
                complete = complete.with(header.getKey(), header.getValue());
            }
        }
        return complete;
    }
}
