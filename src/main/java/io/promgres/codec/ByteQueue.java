package io.promgres.codec;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.zip.Checksum;

/**
 * Bytes that are written at one end and taken from the other, in pieces: however many there are, none is in memory twice. One
 * thread at a time.
 */
public final class ByteQueue {

    private final int pieceBytes;
    private final ArrayDeque<byte[]> full = new ArrayDeque<>();
    private byte[] last;
    private int used;

    /** @param pieceBytes the size of a piece, the last one apart */
    public ByteQueue(int pieceBytes) {
        this.pieceBytes = pieceBytes;
        this.last = new byte[pieceBytes];
    }

    public int size() {
        return full.size() * pieceBytes + used;
    }

    public void write(int value) {
        if (used == pieceBytes) {
            full.add(last);
            last = new byte[pieceBytes];
            used = 0;
        }
        last[used++] = (byte) value;
    }

    public void write(byte[] bytes) {
        for (int from = 0; from < bytes.length; ) {
            write(bytes[from++]);
            int count = Math.min(bytes.length - from, pieceBytes - used);
            System.arraycopy(bytes, from, last, used, count);
            used += count;
            from += count;
        }
    }

    /** The base-128 encoding of protobuf, of a number that is not negative. */
    public void writeVarint(int value) {
        int rest = value;
        for (; (rest & ~0x7f) != 0; rest >>>= 7) {
            write(rest & 0x7f | 0x80);
        }
        write(rest);
    }

    /** Adds all bytes to a checksum. */
    public void update(Checksum checksum) {
        full.forEach(checksum::update);
        checksum.update(last, 0, used);
    }

    /** Takes everything from this queue to the end of another. */
    public void moveTo(ByteQueue other) {
        while (size() > 0) {
            other.write(take());
        }
    }

    /** Takes the first piece; it is empty if there is nothing. */
    public byte[] take() {
        byte[] first = full.poll();
        if (first == null) {
            first = Arrays.copyOf(last, used);
            used = 0;
        }
        return first;
    }
}
