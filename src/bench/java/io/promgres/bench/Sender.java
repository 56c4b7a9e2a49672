package io.promgres.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * A client with one connection, which it keeps, and one request under way: sends its requests scrape by scrape. Goes on
 * where it stopped. Not thread-safe.
 */
final class Sender implements AutoCloseable {

    private static final byte[] STORED = "HTTP/1.1 204 ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END_OF_HEAD = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final List<RequestTemplate> requests;
    private final SocketChannel channel;
    private final ByteBuffer answer = ByteBuffer.allocate(1 << 12);
    private long scrape;
    private int next;

    Sender(InetSocketAddress daemon, List<RequestTemplate> requests) throws IOException {
        this.requests = requests;
        channel = SocketChannel.open(daemon);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }

    /** What was sent and stored in a run: samples, and the time that each request took in nanoseconds. */
    record Sent(long samples, long[] nanos) {}

    /** Sends all requests once. */
    Sent scrape() throws IOException {
        return send(Long.MAX_VALUE, requests.size(), 0);
    }

    /**
     * Sends until a time, at least once: there is no figure of nothing.
     *
     * @param end as {@link System#nanoTime} has it
     * @param pause from the begin of a request to the begin of the next, nanoseconds; 0 for none. A request that begins
     *     late because the one before took too long counts from when it should have begun
     */
    Sent sendUntil(long end, long pause) throws IOException {
        return send(end, Integer.MAX_VALUE, pause);
    }

    private Sent send(long end, int most, long pause) throws IOException {
        long[] nanos = new long[1024];
        long samples = 0;
        int count = 0;
        // Senders do not keep step.
        long due = System.nanoTime() - (pause > 0 ? ThreadLocalRandom.current().nextLong(pause) : 0);
        do {
            if (pause > 0) {
                due = waitFor(due + pause);
            } else {
                due = System.nanoTime();
            }
            samples += sendNext();
            if (count == nanos.length) {
                nanos = Arrays.copyOf(nanos, count * 2);
            }
            nanos[count++] = System.nanoTime() - due;
        } while (count < most && System.nanoTime() < end);
        return new Sent(samples, Arrays.copyOf(nanos, count));
    }

    private static long waitFor(long due) {
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
        return due;
    }

    private int sendNext() throws IOException {
        RequestTemplate request = requests.get(next);
        ByteBuffer bytes = request.of(scrape);
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        awaitStored();
        if (++next == requests.size()) {
            next = 0;
            scrape++;
        }
        return request.samples();
    }

    /** @throws IOException with the answer, if it is another one than that everything was stored */
    private void awaitStored() throws IOException {
        answer.clear();
        do {
            if (channel.read(answer) < 0) {
                throw new IOException("the daemon closed the connection");
            }
        } while (!isComplete());
        if (Arrays.mismatch(answer.array(), 0, STORED.length, STORED, 0, STORED.length) >= 0) {
            throw new IOException(
                    "not stored: " + new String(answer.array(), 0, answer.position(), StandardCharsets.UTF_8));
        }
    }

    // An answer of 204 has no body; of any other the begin of the body is enough.
    private boolean isComplete() {
        int end = answer.position();
        return end >= END_OF_HEAD.length
                        && Arrays.equals(
                                answer.array(), end - END_OF_HEAD.length, end, END_OF_HEAD, 0, END_OF_HEAD.length)
                || !answer.hasRemaining()
                || end > STORED.length
                        && Arrays.mismatch(answer.array(), 0, STORED.length, STORED, 0, STORED.length) >= 0;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
