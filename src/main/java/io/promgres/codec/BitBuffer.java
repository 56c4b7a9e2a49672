package io.promgres.codec;

import java.util.Arrays;

/** Bits one after the other, the highest of a number first. A growable buffer, reused. */
public final class BitBuffer {

    private byte[] bytes = new byte[512];
    private int bits;

    public void clear() {
        Arrays.fill(bytes, (byte) 0);
        bits = 0;
    }

    /** Writes the low {@code width} bits of a number, at most 64. */
    public void write(long value, int width) {
        // One more byte than the bits take may be touched.
        if (bytes.length - bits / Byte.SIZE <= Long.BYTES + 1) {
            bytes = Arrays.copyOf(bytes, bytes.length * 2);
        }
        int rest = width;
        while (rest > 0) {
            int free = Byte.SIZE - (bits & 7);
            int now = Math.min(free, rest);
            long part = value >>> rest - now & (1 << now) - 1;
            bytes[bits >>> 3] |= (byte) (part << free - now);
            bits += now;
            rest -= now;
        }
    }

    /** Writes a number in groups of 7 bits, each in a byte, the lowest first. */
    public void writeVarint(long value) {
        long rest = value;
        for (; (rest & ~0x7fL) != 0; rest >>>= 7) {
            write(rest & 0x7f | 0x80, Byte.SIZE);
        }
        write(rest, Byte.SIZE);
    }

    /** How many bytes it takes. */
    public int bytes() {
        return (bits + 7) / Byte.SIZE;
    }

    /** A copy, filled up with zeros to whole bytes. */
    public byte[] toBytes() {
        return Arrays.copyOf(bytes, bytes());
    }
}
