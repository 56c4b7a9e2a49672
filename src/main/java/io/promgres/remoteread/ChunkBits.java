package io.promgres.remoteread;

import io.promgres.codec.MalformedBodyException;

/** Reads the bits of a chunk, the highest of a byte first, and the numbers that Prometheus' encodings make of them. */
final class ChunkBits {

    private static final int COUNT_BYTES = 2;

    private final byte[] bytes;
    private long position;

    /** Begins behind the number of samples. */
    ChunkBits(byte[] chunk) {
        bytes = chunk;
        position = (long) COUNT_BYTES * Byte.SIZE;
    }

    /** The number of samples that a chunk of any encoding begins with. */
    static int count(byte[] chunk) throws MalformedBodyException {
        if (chunk.length < COUNT_BYTES) {
            throw new MalformedBodyException("a chunk of " + chunk.length + " bytes");
        }
        return (chunk[0] & 0xff) << 8 | chunk[1] & 0xff;
    }

    /** A number of that many bits, at most 64. */
    long bits(int count) throws MalformedBodyException {
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

    /** A number with its sign. The format's own range: one more above than below zero. */
    long signedBits(int count) throws MalformedBodyException {
        long number = bits(count);
        return number > 1L << count - 1 ? number - (1L << count) : number;
    }

    /** A number in groups of 7 bits, each in 8, the lowest first. */
    long varint() throws MalformedBodyException {
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

    /** The same of a number with a sign, which is in the lowest bit. */
    long signedVarint() throws MalformedBodyException {
        long zigzag = varint();
        return zigzag >>> 1 ^ -(zigzag & 1);
    }

    /** A number of a histogram's chunk: a prefix says its width, see {@link ChunkInteger.WIDTHS}. */
    long unsigned() throws MalformedBodyException {
        int width = width();
        return width == 0 ? 0 : bits(width);
    }

    /** The same with a sign. */
    long signed() throws MalformedBodyException {
        int width = width();
        if (width == 0) {
            return 0;
        }
        return width == Long.SIZE ? bits(width) : signedBits(width);
    }

    private int width() throws MalformedBodyException {
        for (int prefix = 0; prefix <= ChunkInteger.WIDTHS.length; prefix++) {
            if (bits(1) == 0) {
                return prefix == 0 ? 0 : ChunkInteger.WIDTHS[prefix - 1];
            }
        }
        return Long.SIZE;
    }
}
