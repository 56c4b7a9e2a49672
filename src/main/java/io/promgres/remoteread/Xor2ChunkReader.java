package io.promgres.remoteread;

import io.promgres.codec.MalformedBodyException;
import io.promgres.codec.SeriesReceiver;
import java.io.IOException;

/** Reads a chunk in the XOR2 encoding of Prometheus; see {@link Xor2Chunk} for the layout. For one chunk. */
final class Xor2ChunkReader {

    private final int count;
    private final ChunkBits in;
    private final ChunkStarts.Reader starts;
    private long time;
    private long distance;
    private long value;
    private int leading;
    private int width;

    /** @throws MalformedBodyException if it is too short to be one */
    Xor2ChunkReader(byte[] chunk) throws MalformedBodyException {
        count = ChunkBits.count(chunk);
        in = new ChunkBits(chunk);
        starts = new ChunkStarts.Reader(in.bits(Byte.SIZE));
    }

    /**
     * Hands over the samples of the chunk within a range, and when they began to count.
     *
     * @param first milliseconds since the epoch
     * @param last the last millisecond that belongs to it
     * @throws MalformedBodyException if the chunk ends within a sample
     * @throws IOException of the receiver
     */
    void read(long first, long last, SeriesReceiver receiver) throws MalformedBodyException, IOException {
        for (int i = 0; i < count; i++) {
            long bits = i == 0 ? begin() : i == 1 ? second() : further();
            long start = starts.read(in, time);
            if (time >= first && time <= last) {
                receiver.start(start);
                receiver.sample(time, bits);
            }
        }
    }

    private long begin() throws MalformedBodyException {
        time = in.signedVarint();
        long bits = in.bits(Long.SIZE);
        value = bits == Xor2Chunk.STALE ? 0 : bits;
        return bits;
    }

    private long second() throws MalformedBodyException {
        distance = in.varint();
        time += distance;
        return value();
    }

    private long further() throws MalformedBodyException {
        if (in.bits(1) == 0) {
            time += distance;
            return value;
        }
        if (in.bits(1) == 0) {
            time += distance;
            return window(in.bits(1) == 1);
        }
        if (in.bits(1) == 0) {
            return after(signed(13));
        }
        if (in.bits(1) == 0) {
            return after(signed(20));
        }
        if (in.bits(1) == 0) {
            return after(in.bits(Long.SIZE));
        }
        time += distance;
        return Xor2Chunk.STALE;
    }

    private long after(long change) throws MalformedBodyException {
        distance += change;
        time += distance;
        return value();
    }

    private long signed(int bits) throws MalformedBodyException {
        int rest = Long.SIZE - bits;
        return in.bits(bits) << rest >> rest;
    }

    private long value() throws MalformedBodyException {
        if (in.bits(1) == 0) {
            return value;
        }
        if (in.bits(1) == 0) {
            return window(false);
        }
        return in.bits(1) == 0 ? window(true) : Xor2Chunk.STALE;
    }

    private long window(boolean isNew) throws MalformedBodyException {
        if (isNew) {
            leading = (int) in.bits(5);
            width = (int) in.bits(6);
            width = width == 0 ? Long.SIZE : width;
        }
        int trailing = Long.SIZE - leading - width;
        if (trailing < 0 || width == 0) {
            throw new MalformedBodyException("a chunk with a value of more than 64 bits, or of none");
        }
        value ^= in.bits(width) << trailing;
        return value;
    }
}
