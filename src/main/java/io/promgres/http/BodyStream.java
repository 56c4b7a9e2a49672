package io.promgres.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;

/**
 * A body on its way from the event loop, where it arrives, to a thread that reads it: one piece at a time, and the next is asked
 * for when that is read. So a piece is in memory, however long the body is, and a slow reader holds the client back.
 *
 * <p>One thread reads; the event loop puts.
 */
final class BodyStream extends InputStream {

    private final Runnable wanted;
    private byte[] piece;
    private int at;
    private boolean ended;
    private String failure;

    /**
     * @param first piece; not to be changed
     * @param wanted called by the reading thread when it has read a piece and wants the next
     */
    BodyStream(byte[] first, Runnable wanted) {
        this.piece = first;
        this.wanted = wanted;
    }

    /** @param next not empty, not to be changed; only after it was asked for */
    synchronized void put(byte[] next) {
        piece = next;
        at = 0;
        notifyAll();
    }

    /** Nothing more comes. */
    synchronized void end() {
        ended = true;
        notifyAll();
    }

    /** The body stays incomplete: the reader gets an exception, now or with its next read. */
    synchronized void fail(String why) {
        failure = why;
        notifyAll();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        int count;
        boolean more;
        synchronized (this) {
            awaitPiece();
            if (piece == null) {
                return -1;
            }
            count = Math.min(length, piece.length - at);
            System.arraycopy(piece, at, into, offset, count);
            at += count;
            piece = at < piece.length ? piece : null;
            more = piece == null && !ended;
        }
        if (more) {
            wanted.run();
        }
        return count;
    }

    private void awaitPiece() throws IOException {
        try {
            while (piece == null && !ended && failure == null) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
        if (failure != null) {
            throw new IOException(failure);
        }
    }
}
