package io.promgres.remoteread;

import io.promgres.codec.MalformedBodyException;
import io.promgres.codec.SeriesReceiver;
import java.io.IOException;

/** Reads a chunk in the XOR encoding of Prometheus; see {@link XorChunk} for the layout. For one chunk. */
final class XorChunkReader {

    private final int count;
    private final ChunkBits in;

    /** @throws MalformedBodyException if it is too short to be one */
    XorChunkReader(byte[] chunk) throws MalformedBodyException {
        count = ChunkBits.count(chunk);
        in = new ChunkBits(chunk);
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
        if (count == 0) {
            return;
        }
        receiver.start(0);
        long time = in.signedVarint();
        ChunkNumber.Bits value = new ChunkNumber.Bits(in.bits(Long.SIZE));
        long distance = 0;
        for (int i = 0; i < count; i++) {
            if (i > 0) {
                distance = i == 1 ? in.varint() : distance + change();
                time += distance;
                value.advance(in);
            }
            if (time >= first && time <= last) {
                receiver.sample(time, value.value());
            }
        }
    }

    private long change() throws MalformedBodyException {
        if (in.bits(1) == 0) {
            return 0;
        }
        if (in.bits(1) == 0) {
            return in.signedBits(14);
        }
        if (in.bits(1) == 0) {
            return in.signedBits(17);
        }
        return in.bits(1) == 0 ? in.signedBits(20) : in.bits(Long.SIZE);
    }
}
