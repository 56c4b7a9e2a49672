package io.promgres.remoteread;

import io.promgres.codec.BitBuffer;

/**
 * A chunk of samples with their starts in the XOR2 encoding of Prometheus, which 3.12 and later read. A buffer that is used again and
 * again; one thread at a time.
 *
 * <p>Layout: the number of samples (2 bytes, big-endian); the head of {@link ChunkStarts}; the first time as a zigzag varint and the
 * first value in 64 bits; the second time as the varint of its distance and its value; then for each sample a prefix that says both
 * whether its distance and whether its value changed. A stale marker has a prefix of its own, and the value behind it differs from
 * the one before it. Each sample's start is behind it. Source of the format: Prometheus, tsdb/chunkenc/xor2.go.
 */
public final class Xor2Chunk {

    /** The bits of a stale marker. */
    static final long STALE = HistogramResets.STALE;

    /** No window of differing bits yet. */
    private static final int NO_WINDOW = -1;

    private static final int COUNT_BYTES = 2;

    private final BitBuffer out = new BitBuffer();
    private ChunkStarts.Writer starts;
    private int count;
    private long firstTime;
    private long lastTime;
    private long distance;
    private long value;
    private int leading;
    private int trailing;

    public Xor2Chunk() {
        clear();
    }

    /** Makes the chunk empty. */
    public void clear() {
        out.clear();
        out.write(0, (COUNT_BYTES + 1) * Byte.SIZE);
        starts = new ChunkStarts.Writer();
        count = 0;
        value = 0;
        leading = NO_WINDOW;
    }

    /**
     * Adds a sample.
     *
     * @param time milliseconds since the epoch, after that of the sample before
     * @param valueBits the value's 64 bits
     * @param start when the series began to count, milliseconds since the epoch; 0 if that is not known
     */
    public void add(long time, long valueBits, long start) {
        if (count == 0) {
            firstTime = time;
            out.writeVarint(time << 1 ^ time >> 63);
            out.write(valueBits, Long.SIZE);
        } else if (count == 1) {
            distance = time - lastTime;
            out.writeVarint(distance);
            writeValue(valueBits);
        } else {
            addFurther(time, valueBits);
        }
        starts.write(out, time, start);
        if (valueBits != STALE) {
            value = valueBits;
        }
        lastTime = time;
        count++;
    }

    private void addFurther(long time, long valueBits) {
        long newDistance = time - lastTime;
        long change = newDistance - distance;
        distance = newDistance;
        if (change != 0) {
            writeChange(change);
            writeValue(valueBits);
        } else if (valueBits == STALE) {
            out.write(0b11111, 5);
        } else if (valueBits == value) {
            out.write(0, 1);
        } else {
            out.write(0b10, 2);
            writeWindow(0, 1, 1, valueBits ^ value);
        }
    }

    private void writeChange(long change) {
        if (fits(change, 13)) {
            out.write(0b110, 3);
            out.write(change, 13);
        } else if (fits(change, 20)) {
            out.write(0b1110, 4);
            out.write(change, 20);
        } else {
            out.write(0b11110, 5);
            out.write(change, Long.SIZE);
        }
    }

    private static boolean fits(long change, int width) {
        long half = 1L << width - 1;
        return change >= -half && change < half;
    }

    private void writeValue(long bits) {
        if (bits == STALE) {
            out.write(0b111, 3);
        } else if (bits == value) {
            out.write(0, 1);
        } else {
            writeWindow(0b10, 2, 0b110, bits ^ value);
        }
    }

    /**
     * @param again the prefix of bits in the window before
     * @param againBits how long it is
     * @param other the prefix of a new window, one bit longer unless it is one bit
     */
    private void writeWindow(int again, int againBits, int other, long difference) {
        // Five bits hold the number of leading zeros.
        int newLeading = Math.min(31, Long.numberOfLeadingZeros(difference));
        int newTrailing = Long.numberOfTrailingZeros(difference);
        if (leading != NO_WINDOW && newLeading >= leading && newTrailing >= trailing) {
            out.write(again, againBits);
        } else {
            leading = newLeading;
            trailing = newTrailing;
            out.write(other, againBits == 1 ? 1 : againBits + 1);
            out.write(leading, 5);
            // Six bits hold the number of differing bits; 64 is written as 0, as there is always one.
            out.write(Long.SIZE - leading - trailing, 6);
        }
        out.write(difference >>> trailing, Long.SIZE - leading - trailing);
    }

    public int count() {
        return count;
    }

    /** Of the first sample, milliseconds since the epoch. */
    public long firstTime() {
        return firstTime;
    }

    /** Of the last sample, milliseconds since the epoch. */
    public long lastTime() {
        return lastTime;
    }

    /** The chunk as Prometheus has it, a copy. */
    public byte[] toBytes() {
        byte[] copy = out.toBytes();
        copy[0] = (byte) (count >>> 8);
        copy[1] = (byte) count;
        copy[COUNT_BYTES] = (byte) starts.header();
        return copy;
    }
}
