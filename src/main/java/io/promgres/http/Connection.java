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
import io.promgres.access.Authenticator;
import io.promgres.access.RouteGroup;
import io.promgres.access.Verdict;
import io.promgres.ingest.InFlight;
import java.io.IOException;
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

    private final Service service;
    private final Inbox inbox = new Inbox();

    private ChannelHandlerContext context;
    private Loop loop;
    private Deadline deadline;
    private Responder responder;
    private ConnectionState state = ConnectionState.HEAD;
    private Exchange exchange;
    private boolean used;

    Connection(Service service) {
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
        loop = new Loop(ctx.executor());
        deadline = new Deadline(ctx);
        responder = new Responder(ctx, service, loop, deadline, this::close);
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
        // A worker keeps its body and its claim until it answers; a response that is being sent fails and ends there.
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
            service.metrics().tlsHandshakeFailed();
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

    // Reads the socket if a message is wanted and none is there.
    private void proceed() {
        deliverInbox();
        if (state.reads() && inbox.isEmpty()) {
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
                : HttpRules.violation(request);
        if (violation.isPresent()) {
            exchange = new Exchange(request, head, service.routes().unrouted());
            respondAndClose(violation.get());
            return;
        }
        exchange = new Exchange(request, head, service.routes().find(head.method(), head.path()));
        if (exchange.takePlace(service.requests(), service.limits().requests())) {
            authenticate(exchange);
        } else {
            refuse(service.refusals().tooManyRequests(exchange));
        }
    }

    private void authenticate(Exchange candidate) {
        Authenticator authenticator = service.access().authenticator();
        RouteGroup group = candidate.route().group();
        String authorization = candidate.head().header("Authorization");
        Verdict verdict = authenticator.check(group, authorization);
        if (verdict != Verdict.UNDECIDED) {
            judged(verdict);
            return;
        }
        state = ConnectionState.AUTHENTICATION;
        boolean taken = service.passwordChecks().submit(() -> {
            Verdict decided = authenticator.decide(group, authorization);
            loop.run(() -> authenticated(candidate, decided), candidate::release);
        });
        if (!taken) {
            refuse(service.refusals().tooManyPasswords(candidate));
        }
    }

    private void authenticated(Exchange candidate, Verdict verdict) {
        if (exchange == candidate && state == ConnectionState.AUTHENTICATION) {
            judged(verdict);
            proceed();
        }
    }

    private void judged(Verdict verdict) {
        if (verdict == Verdict.GRANTED) {
            refuseOrAdmit();
        } else {
            refuse(service.refusals().refused(exchange, verdict));
        }
    }

    // Whoever is turned away need not send a large body first.
    private void refuse(Response response) {
        respond(response, !exchange.hasBody() && !exchange.continueExpected());
    }

    private void refuseOrAdmit() {
        Optional<Response> refusal = exchange.endpoint().refuse(exchange.head());
        if (refusal.isPresent()) {
            // After a refusal a client that asked first may or may not send its body: there is no telling what follows.
            respond(refusal.get(), !exchange.continueExpected());
        } else if (exchange.announcesTooMuch()) {
            respondAndClose(service.refusals().bodyTooLarge(exchange));
        } else if (exchange.hasBody()) {
            admit(exchange);
        } else {
            state = ConnectionState.BODY;
        }
    }

    // A client that hangs up while it waits here is noticed when it is granted or the time is over: nothing is read.
    private void admit(Exchange candidate) {
        state = ConnectionState.ADMISSION;
        candidate.holds(service.inFlight()
                .claim(
                        candidate.mostBytesInFlight(),
                        claim -> loop.run(() -> admitted(candidate, claim), claim::release)));
        if (state == ConnectionState.ADMISSION) {
            deadline.set(service.settings().queueTimeout(), this::overloaded);
        }
    }

    private void admitted(Exchange candidate, InFlight.Claim claim) {
        if (exchange != candidate || state != ConnectionState.ADMISSION) {
            claim.release();
            return;
        }
        candidate.holds(claim);
        state = ConnectionState.BODY;
        deadline.set(service.limits().readTimeout(), this::bodyTimedOut);
        if (candidate.continueExpected()) {
            context.writeAndFlush(ResponseEncoding.continueResponse());
        }
        proceed();
    }

    private void addToBody(HttpContent content) {
        if (!exchange.add(content.content(), context.alloc())) {
            respondAndClose(service.refusals().bodyTooLarge(exchange));
        } else if (content instanceof LastHttpContent) {
            exchange.bodyEnded();
            deadline.cancel();
            state = ConnectionState.WORKING;
            handOver(exchange);
        }
    }

    private void handOver(Exchange request) {
        request.handOver(service.faults(), response -> loop.run(() -> answered(request, response), request::release));
    }

    private void answered(Exchange request, Response response) {
        if (state == ConnectionState.CLOSED) {
            request.finish(response.status());
        } else {
            respond(response, true);
        }
    }

    private void respondAndClose(Response response) {
        respond(response, false);
    }

    private void respond(Response response, boolean mayKeepAlive) {
        if (state == ConnectionState.BODY) {
            exchange.dropBody();
        }
        boolean keepAlive = mayKeepAlive && exchange.keepAlive() && !service.isDraining();
        state = ConnectionState.RESPONDING;
        Exchange request = exchange;
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
            respondAndClose(service.refusals().undecodable(cause));
        } else {
            close();
        }
    }

    private void overloaded() {
        exchange.release();
        respond(service.refusals().overloaded(exchange), !exchange.continueExpected());
    }

    private void bodyTimedOut() {
        respondAndClose(service.refusals().bodyTimedOut(exchange));
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
