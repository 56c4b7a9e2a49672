package io.promgres.remoteread;

import io.promgres.codec.BitBuffer;

/**
 * A chunk of samples in the XOR encoding of Prometheus: times as differences of differences, values as the bits that differ
 * from the value before. A buffer that is used again and again; one thread at a time.
 *
 * <p>Layout: the number of samples (2 bytes, big-endian); the first time as a zigzag varint and the first value in 64 bits;
 * the second time as the varint of its distance and its value; then for each sample the change of the distance and the
 * value. Source of the format: Prometheus, tsdb/docs/format/chunks.md.
 */
public final class XorChunk {

    /** As many samples as Prometheus puts into a chunk. */
    public static final int USUAL_SAMPLES = 120;

    private static final int MOST_SAMPLES = 0xffff;

    private static final int COUNT_BYTES = 2;

    private final BitBuffer out = new BitBuffer();
    private int count;
    private long firstTime;
    private long lastTime;
    private long distance;
    private ChunkNumberWriter.Bits value;

    public XorChunk() {
        clear();
    }

    /** Makes the chunk empty. */
    public void clear() {
        out.clear();
        out.write(0, COUNT_BYTES * Byte.SIZE);
        count = 0;
    }

    /**
     * Adds a sample.
     *
     * @param time milliseconds since the epoch, after that of the sample before
     * @param valueBits the value's 64 bits
     */
    public void add(long time, long valueBits) {
        if (count == MOST_SAMPLES) {
            throw new IllegalStateException("a chunk holds at most " + MOST_SAMPLES + " samples");
        }
        switch (count) {
            case 0 -> addFirst(time, valueBits);
            case 1 -> addSecond(time, valueBits);
            default -> addFurther(time, valueBits);
        }
        lastTime = time;
        count++;
    }

    private void addFirst(long time, long valueBits) {
        firstTime = time;
        out.writeVarint(time << 1 ^ time >> 63);
        out.write(valueBits, Long.SIZE);
        value = new ChunkNumberWriter.Bits(valueBits);
    }

    private void addSecond(long time, long valueBits) {
        distance = time - lastTime;
        out.writeVarint(distance);
        value.write(out, valueBits);
    }

    private void addFurther(long time, long valueBits) {
        long newDistance = time - lastTime;
        writeChange(newDistance - distance);
        distance = newDistance;
        value.write(out, valueBits);
    }

    private void writeChange(long change) {
        if (change == 0) {
            out.write(0, 1);
        } else if (fits(change, 14)) {
            out.write(0b10, 2);
            out.write(change, 14);
        } else if (fits(change, 17)) {
            out.write(0b110, 3);
            out.write(change, 17);
        } else if (fits(change, 20)) {
            out.write(0b1110, 4);
            out.write(change, 20);
        } else {
            out.write(0b1111, 4);
            out.write(change, Long.SIZE);
        }
    }

    /** The format's own range: one more above than below zero. */
    private static boolean fits(long change, int width) {
        long half = 1L << width - 1;
        return change > -half && change <= half;
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
        return copy;
    }
}
