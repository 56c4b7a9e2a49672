package io.promgres.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.promgres.ingest.InFlight;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;

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
    private final HttpSettings settings;
    private final Inbox inbox = new Inbox();

    private ChannelHandlerContext context;
    private State state = State.HEAD;
    private Exchange exchange;
    private Deadline deadline;

    Connection(Service service) {
        this.service = service;
        this.settings = service.settings();
    }

    /** What the next message is for; {@code reads} tells whether one is wanted at all. */
    private enum State {
        HEAD(true),
        ADMISSION(false),
        BODY(true),
        WORKING(false),
        RESPONDING(false),
        DISCARDING(true),
        DISCARDING_THEN_CLOSING(true),
        CLOSED(false);

        private final boolean reads;

        State(boolean reads) {
            this.reads = reads;
        }
    }

    /** Closes the connection now if it is idle, else after the response. Any thread. */
    void drain() {
        onLoop(
                () -> {
                    if (state == State.HEAD || state == State.DISCARDING || state == State.DISCARDING_THEN_CLOSING) {
                        close();
                    }
                },
                () -> {});
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        deadline = new Deadline(ctx);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        awaitHead(settings.readTimeout());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (state == State.CLOSED) {
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
        if (state == State.ADMISSION || state == State.BODY) {
            exchange.dropBody();
            exchange.release();
        }
        state = State.CLOSED;
        inbox.clear();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        // A connection that the client cut is nothing to report.
        if (!(cause instanceof IOException)) {
            service.faults().report("connection failed", cause);
        }
        close();
    }

    // Reads the socket if a message is wanted and none is there.
    private void proceed() {
        deliverInbox();
        if (state.reads && inbox.isEmpty()) {
            context.read();
        }
    }

    private void deliverInbox() {
        try {
            inbox.deliver(() -> state.reads, this::take);
        } catch (RuntimeException bug) {
            exceptionCaught(context, bug);
        }
    }

    private void take(HttpObject message) {
        if (state == State.HEAD) {
            begin((HttpRequest) message);
        } else if (message.decoderResult().isFailure()) {
            undecodableBody(message.decoderResult().cause());
        } else if (state == State.BODY) {
            addToBody((HttpContent) message);
        } else if (message instanceof LastHttpContent) {
            discarded();
        }
    }

    private void begin(HttpRequest request) {
        deadline.cancel();
        RequestHead head = new RequestHead(request);
        Optional<Response> violation = HttpRules.violation(request);
        if (violation.isPresent()) {
            exchange = new Exchange(request, head, service.routes().unrouted());
            respondAndClose(violation.get());
            return;
        }
        exchange = new Exchange(request, head, service.routes().find(head.method(), head.path()));
        refuseOrAdmit();
    }

    private void refuseOrAdmit() {
        Optional<Response> refusal = exchange.endpoint().refuse(exchange.head());
        if (refusal.isPresent()) {
            // After a refusal a client that asked first may or may not send its body: there is no telling what follows.
            respond(refusal.get(), !exchange.continueExpected());
        } else if (exchange.announcesTooMuch()) {
            respondAndClose(bodyTooLarge());
        } else if (exchange.hasBody()) {
            admit(exchange);
        } else {
            state = State.BODY;
        }
    }

    // A client that hangs up while it waits here is noticed when it is granted or the time is over: nothing is read.
    private void admit(Exchange candidate) {
        state = State.ADMISSION;
        candidate.holds(service.inFlight()
                .claim(
                        candidate.mostBytesInFlight(),
                        claim -> onLoop(() -> admitted(candidate, claim), claim::release)));
        if (state == State.ADMISSION) {
            deadline.set(settings.queueTimeout(), this::overloaded);
        }
    }

    private void admitted(Exchange candidate, InFlight.Claim claim) {
        if (exchange != candidate || state != State.ADMISSION) {
            claim.release();
            return;
        }
        candidate.holds(claim);
        state = State.BODY;
        deadline.set(settings.readTimeout(), this::bodyTimedOut);
        if (candidate.continueExpected()) {
            context.writeAndFlush(ResponseEncoding.continueResponse());
        }
        proceed();
    }

    private void addToBody(HttpContent content) {
        if (!exchange.add(content.content(), context.alloc())) {
            respondAndClose(bodyTooLarge());
        } else if (content instanceof LastHttpContent) {
            exchange.bodyEnded();
            deadline.cancel();
            state = State.WORKING;
            handOver(exchange);
        }
    }

    private void handOver(Exchange request) {
        request.handOver(service.faults(), response -> onLoop(() -> answered(request, response), request::release));
    }

    private void answered(Exchange request, Response response) {
        if (state == State.CLOSED) {
            request.finish(response.status());
        } else {
            respond(response, true);
        }
    }

    private void respondAndClose(Response response) {
        respond(response, false);
    }

    private void respond(Response response, boolean mayKeepAlive) {
        if (state == State.BODY) {
            exchange.dropBody();
        }
        boolean keepAlive = mayKeepAlive && exchange.keepAlive() && !service.isDraining();
        state = State.RESPONDING;
        Exchange request = exchange;
        if (response.streaming().isPresent()) {
            stream(request, response, keepAlive);
            return;
        }
        deadline.set(settings.readTimeout(), this::close);
        context.writeAndFlush(ResponseEncoding.encode(response, request.head().method(), keepAlive))
                .addListener(sent -> {
                    request.finish(response.status());
                    responded(request, keepAlive && sent.isSuccess());
                });
    }

    // The stream itself notices a client that takes nothing, so there is no deadline for the whole.
    private void stream(Exchange request, Response response, boolean mayKeepAlive) {
        boolean chunked = request.chunksUnderstood();
        boolean keepAlive = mayKeepAlive && chunked;
        deadline.cancel();
        context.writeAndFlush(ResponseEncoding.encodeHead(response, chunked, keepAlive));
        ResponseStream body = new ResponseStream(context, settings.readTimeout().toMillis());
        request.stream(
                response.streaming().orElseThrow(),
                body,
                service.faults(),
                complete -> onLoop(() -> streamed(request, response, complete, keepAlive), request::release));
    }

    private void streamed(Exchange request, Response response, boolean complete, boolean keepAlive) {
        if (state == State.CLOSED || !complete) {
            request.finish(response.status());
            close();
            return;
        }
        deadline.set(settings.readTimeout(), this::close);
        context.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT).addListener(sent -> {
            request.finish(response.status());
            responded(request, keepAlive && sent.isSuccess());
        });
    }

    private void responded(Exchange request, boolean keepAlive) {
        if (state == State.CLOSED) {
            return;
        }
        exchange = null;
        if (request.isBodyEnded()) {
            if (keepAlive) {
                awaitHead(settings.idleTimeout());
            } else {
                close();
            }
        } else {
            discard(keepAlive);
        }
    }

    private void discard(boolean keepAlive) {
        if (keepAlive) {
            state = State.DISCARDING;
            deadline.set(settings.readTimeout(), this::close);
        } else {
            state = State.DISCARDING_THEN_CLOSING;
            deadline.set(LINGER, this::close);
            ((DuplexChannel) context.channel()).shutdownOutput();
        }
        proceed();
    }

    private void discarded() {
        if (state == State.DISCARDING) {
            awaitHead(settings.idleTimeout());
        } else {
            close();
        }
    }

    private void awaitHead(Duration timeout) {
        if (service.isDraining()) {
            close();
            return;
        }
        state = State.HEAD;
        deadline.set(timeout, this::close);
        proceed();
    }

    private void undecodableBody(Throwable cause) {
        if (state == State.BODY) {
            respondAndClose(HttpRules.undecodable(cause));
        } else {
            close();
        }
    }

    private void overloaded() {
        exchange.release();
        service.metrics().overloaded();
        respond(
                exchange.endpoint()
                        .problem(
                                Problem.OVERLOADED,
                                "overloaded: no room within "
                                        + settings.queueTimeout().toSeconds()
                                        + " s in the budget of "
                                        + service.inFlight().budgetBytes()
                                        + " bytes in flight; send it again later")
                        .retryAfter(retryAfterSeconds()),
                !exchange.continueExpected());
    }

    private void bodyTimedOut() {
        respondAndClose(exchange.endpoint()
                .problem(
                        Problem.BODY_TIMEOUT,
                        "the body did not arrive within "
                                + settings.readTimeout().toSeconds() + " s"));
    }

    private Response bodyTooLarge() {
        return exchange.endpoint()
                .problem(
                        Problem.BODY_TOO_LARGE,
                        "the body is over " + exchange.endpoint().bodyLimit() + " bytes");
    }

    private long retryAfterSeconds() {
        return settings.retryAfter().toSeconds();
    }

    private void close() {
        deadline.cancel();
        context.close();
    }

    // Runs the task on the event loop, or, if that has stopped, the other one here.
    private void onLoop(Runnable task, Runnable stopped) {
        if (context.executor().inEventLoop()) {
            task.run();
            return;
        }
        try {
            context.executor().execute(task);
        } catch (RejectedExecutionException e) {
            stopped.run();
        }
    }
}
