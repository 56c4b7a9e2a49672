package io.promgres.wire;

import java.io.IOException;

/** Reads a chunk in the XOR encoding of Prometheus; see {@link XorChunk} for the layout. For one chunk. */
final class XorChunkReader {

    private static final int COUNT_BYTES = 2;

    private final byte[] bytes;
    private long position;
    private int leading;
    private int width;

    XorChunkReader(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * Hands over the samples of the chunk within a range.
     *
     * @param first milliseconds since the epoch
     * @param last the last millisecond that belongs to it
     * @throws MalformedBodyException if the chunk ends within a sample
     * @throws IOException of the receiver
     */
    void read(long first, long last, SeriesReceiver receiver) throws MalformedBodyException, IOException {
        int count = count(bytes);
        position = (long) COUNT_BYTES * Byte.SIZE;
        long time = 0;
        long distance = 0;
        long value = 0;
        for (int i = 0; i < count; i++) {
            if (i == 0) {
                long zigzag = varint();
                time = zigzag >>> 1 ^ -(zigzag & 1);
                value = bits(Long.SIZE);
            } else {
                distance = i == 1 ? varint() : distance + change();
                time += distance;
                value ^= difference();
            }
            if (time >= first && time <= last) {
                receiver.sample(time, value);
            }
        }
    }

    /** The number of samples that a chunk of any encoding begins with. */
    static int count(byte[] chunk) throws MalformedBodyException {
        if (chunk.length < COUNT_BYTES) {
            throw new MalformedBodyException("a chunk of " + chunk.length + " bytes");
        }
        return (chunk[0] & 0xff) << 8 | chunk[1] & 0xff;
    }

    private long change() throws MalformedBodyException {
        if (bits(1) == 0) {
            return 0;
        }
        if (bits(1) == 0) {
            return change(14);
        }
        if (bits(1) == 0) {
            return change(17);
        }
        return bits(1) == 0 ? change(20) : bits(Long.SIZE);
    }

    /** The format's own range: one more above than below zero. */
    private long change(int size) throws MalformedBodyException {
        long change = bits(size);
        return change > 1L << size - 1 ? change - (1L << size) : change;
    }

    private long difference() throws MalformedBodyException {
        if (bits(1) == 0) {
            return 0;
        }
        if (bits(1) == 1) {
            leading = (int) bits(5);
            width = (int) bits(6);
            width = width == 0 ? Long.SIZE : width;
        }
        int trailing = Long.SIZE - leading - width;
        if (trailing < 0 || width == 0) {
            throw new MalformedBodyException("a chunk with a value of more than 64 bits, or of none");
        }
        return bits(width) << trailing;
    }

    private long varint() throws MalformedBodyException {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            long next = bits(Byte.SIZE);
            value |= (next & 0x7f) << shift;
            if (next < 0x80) {
                return value;
            }
        }
        throw new MalformedBodyException("a chunk with a number of more than 10 bytes");
    }

    private long bits(int count) throws MalformedBodyException {
        if (position + count > (long) bytes.length * Byte.SIZE) {
            throw new MalformedBodyException("a chunk that ends within a sample");
        }
        long value = 0;
        int rest = count;
        while (rest > 0) {
            int offset = (int) (position & 7);
            int now = Math.min(Byte.SIZE - offset, rest);
            int part = (bytes[(int) (position >>> 3)] & 0xff) >>> Byte.SIZE - offset - now & (1 << now) - 1;
            value = value << now | part;
            position += now;
            rest -= now;
        }
        return value;
    }
}
