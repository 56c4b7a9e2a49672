package io.promgres.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.promgres.access.RouteGroup;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * One request from its headers to its response, with what it holds: bytes of the budget, a place, and its body. Confined to the
 * connection's event loop until {@link #handOver}; {@link #release} may be called by any thread.
 */
final class Exchange {

    // A sender that announces 32 MiB and sends nothing costs this much.
    private static final int FIRST_BYTES = 1 << 14;

    private final RequestHead head;
    private final Route route;
    private final boolean decoded;
    private final long bodyLength;
    private final boolean keepAlive;
    private final boolean continueExpected;
    private final boolean chunksUnderstood;
    private final long startNanos = System.nanoTime();

    private final ClientWatch client = new ClientWatch();
    private final AtomicReference<PermitCounter> place = new AtomicReference<>();
    private volatile InFlight.Claim claim;
    private final AtomicBoolean begun = new AtomicBoolean();
    private boolean expired;
    private ByteBuf body;
    private boolean bodyEnded;
    private BodyStream stream;

    /** @param route of the request, or one that stands for what is no request */
    Exchange(HttpRequest request, RequestHead head, Route route) {
        this.head = head;
        this.route = route;
        this.decoded = request.decoderResult().isSuccess();
        this.bodyLength = decoded ? HttpRules.bodyLength(request) : 0;
        this.keepAlive = decoded && HttpUtil.isKeepAlive(request);
        this.chunksUnderstood = request.protocolVersion().compareTo(HttpVersion.HTTP_1_1) >= 0;
        this.continueExpected = decoded && HttpUtil.is100ContinueExpected(request);
    }

    /** False for bytes that are no request: its head says nothing then. */
    boolean isDecoded() {
        return decoded;
    }

    RequestHead head() {
        return head;
    }

    Route route() {
        return route;
    }

    Endpoint endpoint() {
        return route.endpoint();
    }

    boolean keepAlive() {
        return keepAlive;
    }

    boolean continueExpected() {
        return continueExpected;
    }

    /** Whether the client understands a body in chunks; HTTP/1.0 does not. */
    boolean chunksUnderstood() {
        return chunksUnderstood;
    }

    boolean hasBody() {
        return bodyLength != 0;
    }

    /** Whether the headers announce more than the endpoint takes. */
    boolean announcesTooMuch() {
        return bodyLength > endpoint().bodyLimit();
    }

    /** What is claimed from the budget before anything of the body has come, in bytes. */
    int firstBytesInFlight() {
        return bodyLength == HttpRules.CHUNKED ? FIRST_BYTES : (int) Math.min(bodyLength, FIRST_BYTES);
    }

    /** What has come of the body takes, in bytes; at least what was claimed first. */
    int bytesArrived() {
        return body == null ? firstBytesInFlight() : body.capacity();
    }

    /** What handling the body takes, in bytes, now that it is there. */
    long bytesInFlight() {
        return endpoint().bytesInFlight(request());
    }

    /**
     * Takes one of the places for requests, until {@link #release}. Probes need none: an orchestrator must not kill what
     * is only busy.
     *
     * @param limit 0 for none
     * @return false if all are taken
     */
    boolean takePlace(PermitCounter places, int limit) {
        if (route.group() == RouteGroup.HEALTH) {
            return true;
        }
        boolean taken = places.take(limit);
        if (taken) {
            place.set(places);
        }
        return taken;
    }

    void holds(InFlight.Claim claim) {
        this.claim = claim;
        client.holds(claim);
    }

    /** What it holds of the budget; null if it has no body. */
    InFlight.Claim claim() {
        return claim;
    }

    void bodyEnded() {
        bodyEnded = true;
    }

    boolean isBodyEnded() {
        return bodyEnded;
    }

    /** @return false if the body is over the endpoint's limit; then nothing was added */
    boolean add(ByteBuf content, ByteBufAllocator allocator) {
        if (content.readableBytes() > endpoint().bodyLimit() - (body == null ? 0 : body.readableBytes())) {
            return false;
        }
        if (content.isReadable()) {
            if (body == null) {
                body = allocator.heapBuffer(firstBytesInFlight());
            }
            body.writeBytes(content);
        }
        return true;
    }

    /** Whether what has come of the body is more than its endpoint handles as a whole. */
    boolean isOutgrown() {
        return body != null && body.readableBytes() > endpoint().wholeUpTo();
    }

    /** What handling the body takes while it arrives, in bytes. */
    long streamBytesInFlight() {
        return endpoint().streamBytesInFlight(head);
    }

    /**
     * Makes a stream of the body that has come in part.
     *
     * @param wanted called by the thread that reads it, when the next piece is wanted
     * @return how many bytes have come
     */
    int openStream(Runnable wanted) {
        byte[] first = ByteBufUtil.getBytes(body);
        dropBody();
        stream = new BodyStream(first, wanted);
        return first.length;
    }

    /** The body that arrives while it is handled; null if it is handled as a whole. */
    BodyStream stream() {
        return stream;
    }

    /** How long its endpoint may take from now on, now that it has the body; empty for as long as it likes. */
    Optional<Duration> timeLeft() {
        return endpoint().answerWithin().map(limit -> {
            Duration left = limit.minusNanos(System.nanoTime() - startNanos);
            Duration least = limit.dividedBy(2);
            return left.compareTo(least) < 0 ? least : left;
        });
    }

    /** How long it may wait for a thread; empty for as long as it takes. */
    Optional<Duration> waitsWithin() {
        return stream == null ? endpoint().waitsWithin(request()) : Optional.empty();
    }

    /**
     * Takes it from the queue for a thread, after {@link #handOver}.
     *
     * @return false if a thread has it already
     */
    boolean leaveQueue() {
        boolean left = begun.compareAndSet(false, true);
        if (left) {
            dropBody();
        }
        return left;
    }

    /** The client is answered before its endpoint is done, which holds what it holds until it is. */
    void expire() {
        expired = true;
        client.gone();
    }

    boolean isExpired() {
        return expired;
    }

    /** Says whether the client is there. */
    ClientWatch client() {
        return client;
    }

    /**
     * Has the endpoint handle the request, whose body is complete or a stream, on the route's executor. The body belongs to
     * that executor from here on, unless the request leaves its queue.
     *
     * @param answer called once, on any thread, whatever happens
     */
    void handOver(UnexpectedErrorLog faults, Consumer<Response> answer) {
        Consumer<Response> once = onlyOnce(answer);
        long queuedNanos = System.nanoTime();
        try {
            route.executor().execute(() -> {
                client.waited(Duration.ofNanos(System.nanoTime() - queuedNanos));
                work(faults, once);
            });
        } catch (RejectedExecutionException e) {
            dropBody();
            once.accept(endpoint()
                    .problem(Problem.UNAVAILABLE, "promgres is stopping")
                    .retryAfter(1));
        }
    }

    // Nothing may escape: the client would wait, and its bytes in flight be lost, for ever.
    private void work(UnexpectedErrorLog faults, Consumer<Response> answer) {
        if (!begun.compareAndSet(false, true)) {
            return;
        }
        try {
            if (client.isGone()) {
                answer.accept(endpoint().problem(Problem.UNAVAILABLE, "the client waits no more"));
                return;
            }
            handleBy(endpoint(), answer);
        } catch (Throwable bug) {
            faults.report(head.method() + " " + head.path() + " failed", bug);
            answer.accept(endpoint().problem(Problem.INTERNAL_ERROR, "a bug in promgres; its log tells more"));
        } finally {
            dropBody();
        }
    }

    private void handleBy(Endpoint endpoint, Consumer<Response> answer) {
        if (stream == null) {
            endpoint.handle(request(), answer);
        } else {
            endpoint.handle(head, stream, answer);
        }
    }

    /**
     * Has a body made on the route's executor.
     *
     * @param ended called once, on any thread, with whether the body is complete
     */
    void stream(Streaming streaming, ResponseStream body, UnexpectedErrorLog faults, Consumer<Boolean> ended) {
        try {
            route.executor().execute(() -> ended.accept(write(streaming, body, faults)));
        } catch (RejectedExecutionException e) {
            ended.accept(false);
        }
    }

    private boolean write(Streaming streaming, ResponseStream body, UnexpectedErrorLog faults) {
        try {
            streaming.writeTo(body);
            body.awaitFormer();
            return true;
        } catch (IOException clientIsGone) {
            return false;
        } catch (Throwable failure) {
            faults.report(head.method() + " " + head.path() + " ended in the middle of its answer", failure);
            return false;
        }
    }

    private static Consumer<Response> onlyOnce(Consumer<Response> answer) {
        AtomicBoolean answered = new AtomicBoolean();
        return response -> {
            if (answered.compareAndSet(false, true)) {
                answer.accept(response);
            }
        };
    }

    /** Counts the answer and gives back the bytes in flight, unless the endpoint is still at work with them. */
    void finish(int status) {
        if (!expired) {
            release();
        }
        route.metrics().answered(status, System.nanoTime() - startNanos);
    }

    /** Gives back the bytes in flight and the place; the second call does nothing. */
    void release() {
        InFlight.Claim held = claim;
        if (held != null) {
            held.release();
        }
        PermitCounter taken = place.getAndSet(null);
        if (taken != null) {
            taken.giveBack();
        }
    }

    /** Throws away the body; not after the exchange was handed to its executor. */
    void dropBody() {
        if (body != null) {
            body.release();
            body = null;
        }
    }

    private Request request() {
        return body == null
                ? new Request(head, new byte[0], 0, 0, client)
                : new Request(
                        head, body.array(), body.arrayOffset() + body.readerIndex(), body.readableBytes(), client);
    }
}
