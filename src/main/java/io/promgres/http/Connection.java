package io.promgres.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Optional;

/**
 * One client's connection: its requests one after the other, each read only when the one before is answered.
 *
 * <p>The socket is read on demand ({@code autoRead} is off). A state that needs no message reads nothing, so that a
 * client which waits for the budget, or whose samples are being stored, is held back by TCP. What a single read of the
 * socket brought beyond what was wanted waits in the inbox.
 *
 * <p>Confined to the channel's event loop, unless a method says otherwise.
 */
final class Connection extends ChannelInboundHandlerAdapter {

    // How long a client that was refused may go on sending before the connection is cut. Closing at once would make
    // TCP reset it, and the client would lose the answer that it has not read yet.
    private static final Duration LINGER = Duration.ofSeconds(5);

    private final ServerContext service;
    private final PendingMessages inbox = new PendingMessages();

    private ChannelHandlerContext context;
    private EventLoopExecutor loop;
    private Deadline deadline;
    private Responder responder;
    private RequestAdmission gate;
    private BodyIntake bodyIntake;
    private StreamIntake streamIntake;
    private ConnectionState state = ConnectionState.HEAD;
    private Exchange exchange;
    private boolean used;

    Connection(ServerContext service) {
        this.service = service;
    }

    /** Closes the connection now if it is idle, else after the response. Any thread. */
    void drain() {
        loop.run(
                () -> {
                    if (state.isIdle()) {
                        close();
                    }
                },
                () -> {});
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        loop = new EventLoopExecutor(ctx.executor());
        deadline = new Deadline(ctx);
        responder = new Responder(ctx, service, loop, deadline, this::close);
        gate = new RequestAdmission(service, loop, deadline, new Entrance());
        bodyIntake = new BodyIntake(service, loop, deadline, new Body());
        streamIntake = new StreamIntake(service, loop, deadline, new BodyInPieces());
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        awaitHead(service.limits().readTimeout());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (state == ConnectionState.CLOSED) {
            ReferenceCountUtil.release(message);
            return;
        }
        inbox.add((HttpObject) message);
        deliverInbox();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        proceed();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        deadline.cancel();
        gate.leave();
        bodyIntake.leave();
        streamIntake.leave();
        // A worker keeps its body and its claim until it answers; a response that is being sent fails and ends there.
        if (exchange != null) {
            exchange.client().gone();
        }
        if (state.holdsRequest()) {
            exchange.dropBody();
            exchange.release();
        }
        state = ConnectionState.CLOSED;
        inbox.clear();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake && !handshake.isSuccess()) {
            service.metrics().http().tlsHandshakeFailed();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        Throwable reason = cause instanceof DecoderException && cause.getCause() != null ? cause.getCause() : cause;
        // A connection that the client cut, or that does not speak TLS as it should, is nothing to report.
        if (!(reason instanceof IOException)) {
            service.faults().report("connection failed", cause);
        }
        close();
    }

    // Reads the socket if a message is wanted and none is there. In the midst of a delivery the outer call does.
    private void proceed() {
        deliverInbox();
        if (state.reads() && inbox.isIdle()) {
            context.read();
        }
    }

    private void deliverInbox() {
        try {
            inbox.deliver(() -> state.reads(), this::take);
        } catch (RuntimeException bug) {
            exceptionCaught(context, bug);
        }
    }

    private void take(HttpObject message) {
        if (state == ConnectionState.HEAD) {
            begin((HttpRequest) message);
        } else if (message.decoderResult().isFailure()) {
            undecodableBody(message.decoderResult().cause());
        } else if (state == ConnectionState.BODY) {
            addToBody((HttpContent) message);
        } else if (state == ConnectionState.STREAMING) {
            streamIntake.add((HttpContent) message);
        } else if (message instanceof LastHttpContent) {
            discarded();
        }
    }

    private void begin(HttpRequest request) {
        deadline.cancel();
        used = true;
        RequestHead head = new RequestHead(request);
        Optional<Response> violation = request.decoderResult().isFailure()
                ? Optional.of(
                        service.refusals().undecodable(request.decoderResult().cause()))
                : HttpRules.violation(request)
                        .or(() -> service.refusals()
                                .strange(request, context.channel().localAddress()));
        if (violation.isPresent()) {
            exchange = new Exchange(request, head, service.routes().unrouted());
            respondAndClose(violation.get());
            return;
        }
        exchange = new Exchange(request, head, service.routes().find(head.method(), head.path()));
        state = ConnectionState.ENTERING;
        gate.enter(exchange);
    }

    /** What the gate says of the request that is at it. */
    private final class Entrance implements RequestAdmission.Listener {

        @Override
        public void admitted() {
            state = ConnectionState.BODY;
            if (exchange.hasBody()) {
                bodyIntake.begin(exchange);
            }
            if (exchange.hasBody() && exchange.continueExpected()) {
                context.writeAndFlush(ResponseEncoding.continueResponse());
            }
        }

        @Override
        public void refused(Response response, boolean mayKeepAlive) {
            respond(response, mayKeepAlive);
        }

        @Override
        public void goOn() {
            proceed();
        }
    }

    private void addToBody(HttpContent content) {
        boolean last = content instanceof LastHttpContent;
        if (!exchange.add(content.content(), context.alloc())) {
            bodyIntake.leave();
            respondAndClose(service.refusals().bodyTooLarge(exchange));
        } else if (!exchange.hasBody()) {
            exchange.bodyEnded();
            work();
        } else if (last) {
            exchange.bodyEnded();
            state = ConnectionState.WAITING;
            bodyIntake.ended();
        } else {
            state = ConnectionState.WAITING;
            bodyIntake.added(content.content().readableBytes());
        }
    }

    /** What becomes of the body that comes. */
    private final class Body implements BodyIntake.Listener {

        @Override
        public void goOn() {
            state = ConnectionState.BODY;
            proceed();
        }

        @Override
        public void complete() {
            work();
        }

        @Override
        public void outgrown() {
            state = ConnectionState.STREAM_FULL;
            streamIntake.begin(exchange);
            handOver(exchange);
        }

        @Override
        public void refused(Response response) {
            respond(response, exchange.isBodyEnded());
        }
    }

    /** What becomes of a body that is handled while it comes. */
    private final class BodyInPieces implements StreamIntake.Listener {

        @Override
        public void goOn() {
            state = ConnectionState.STREAMING;
            proceed();
        }

        @Override
        public void pause() {
            state = ConnectionState.STREAM_FULL;
        }

        @Override
        public void complete() {
            state = ConnectionState.WORKING;
        }

        @Override
        public void refused(Response response) {
            respondAndClose(response);
        }
    }

    private void work() {
        deadline.cancel();
        state = ConnectionState.WORKING;
        Exchange begun = exchange;
        begun.timeLeft().ifPresent(left -> deadline.set(left, () -> workTimedOut(begun)));
        begun.waitsWithin().ifPresent(limit -> {
            deadline.set(limit, () -> waitTimedOut(begun));
            begun.client().by(() -> loop.later(this::readWhileWorking));
            begun.client().whenGone(() -> clientLeftQueue(begun));
        });
        handOver(begun);
    }

    private void waitTimedOut(Exchange request) {
        if (request.leaveQueue()) {
            respond(request.endpoint().waitedTooLong(), true);
        }
    }

    private static void clientLeftQueue(Exchange request) {
        if (request.leaveQueue()) {
            request.finish(Problem.UNAVAILABLE.status());
        }
    }

    private void handOver(Exchange request) {
        request.client().by(() -> loop.later(this::readWhileWorking));
        request.handOver(service.faults(), response -> loop.run(() -> answered(request, response), request::release));
    }

    private void workTimedOut(Exchange request) {
        request.expire();
        respond(service.refusals().unanswered(request), true);
    }

    // What comes waits in the inbox; that nothing comes any more is what an endpoint wants to know.
    private void readWhileWorking() {
        if (state == ConnectionState.WORKING && inbox.isIdle()) {
            context.read();
        }
    }

    private void answered(Exchange request, Response response) {
        if (request.isExpired()) {
            request.release();
        } else if (state == ConnectionState.CLOSED) {
            request.finish(response.status());
        } else {
            deadline.cancel();
            streamIntake.leave();
            respond(response, true);
        }
    }

    private void respondAndClose(Response response) {
        respond(response, false);
    }

    private void respond(Response response, boolean mayKeepAlive) {
        if (state == ConnectionState.BODY || state == ConnectionState.WAITING) {
            exchange.dropBody();
        }
        boolean keepAlive = mayKeepAlive && exchange.keepAlive() && !service.isDraining();
        state = ConnectionState.RESPONDING;
        Exchange request = exchange;
        SocketAddress client = context.channel().remoteAddress();
        service.refusalLog().answered(request, response, client);
        service.routes().journal().answered(client, request.route().group(), request.head(), response);
        responder.send(request, response, keepAlive, staysOpen -> responded(request, staysOpen));
    }

    private void responded(Exchange request, boolean keepAlive) {
        if (state == ConnectionState.CLOSED) {
            return;
        }
        exchange = null;
        if (request.isBodyEnded()) {
            if (keepAlive) {
                awaitHead(service.limits().idleTimeout());
            } else {
                close();
            }
        } else {
            discard(keepAlive);
        }
    }

    private void discard(boolean keepAlive) {
        if (keepAlive) {
            state = ConnectionState.DISCARDING;
            deadline.set(service.limits().readTimeout(), this::slow);
        } else {
            state = ConnectionState.DISCARDING_THEN_CLOSING;
            deadline.set(LINGER, this::close);
            responder.end();
        }
        proceed();
    }

    private void discarded() {
        if (state == ConnectionState.DISCARDING) {
            awaitHead(service.limits().idleTimeout());
        } else {
            close();
        }
    }

    private void awaitHead(Duration timeout) {
        if (service.isDraining()) {
            close();
            return;
        }
        state = ConnectionState.HEAD;
        deadline.set(timeout, this::headTimedOut);
        proceed();
    }

    private void undecodableBody(Throwable cause) {
        if (state == ConnectionState.BODY) {
            bodyIntake.leave();
            respondAndClose(service.refusals().undecodable(cause));
        } else if (state == ConnectionState.STREAMING) {
            streamIntake.undecodable(cause);
        } else {
            close();
        }
    }

    // A connection that has had a request was only idle.
    private void headTimedOut() {
        if (used) {
            close();
        } else {
            slow();
        }
    }

    private void slow() {
        service.reached(Limit.READ_TIMEOUT);
        close();
    }

    private void close() {
        deadline.cancel();
        context.close();
    }
}
