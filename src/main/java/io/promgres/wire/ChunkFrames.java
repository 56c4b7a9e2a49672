package io.promgres.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.promgres.model.LabelSet;
import io.promgres.wire.proto.Remote.ChunkedReadResponse;
import io.promgres.wire.proto.Types.Chunk;
import io.promgres.wire.proto.Types.ChunkedSeries;
import io.promgres.wire.proto.Types.Label;
import java.io.ByteArrayOutputStream;
import java.util.zip.CRC32C;

/**
 * Encodes series as the frames of a streamed remote read: the length of a message as a varint, its CRC-32C in big-endian
 * order, and the message, which holds one series or a part of one. One thread at a time.
 *
 * <p>Source of the format: Prometheus, storage/remote/chunked.go.
 */
public final class ChunkFrames {

    /** How a client recognises the stream; it compares the whole text. */
    public static final String CONTENT_TYPE = "application/x-streamed-protobuf; proto=prometheus.ChunkedReadResponse";

    private final int frameBytes;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final XorChunk chunk = new XorChunk();
    private final HistogramChunk histogramChunk = new HistogramChunk();
    private final NativeHistogram histogram = new NativeHistogram();
    private int query;
    private ChunkedSeries.Builder series;
    private int chunkBytes;

    /** @param frameBytes a series whose chunks exceed this goes on in another frame */
    public ChunkFrames(int frameBytes) {
        this.frameBytes = frameBytes;
    }

    /** From here on the series belong to this query. */
    public void beginQuery(int index) {
        query = index;
    }

    /** Begins a series, of which there is no more than this one in a query. */
    public void beginSeries(LabelSet labels) {
        series = ChunkedSeries.newBuilder();
        for (int i = 0; i < labels.size(); i++) {
            series.addLabels(Label.newBuilder().setName(labels.name(i)).setValue(labels.value(i)));
        }
    }

    /** Adds a sample to the series; see {@link XorChunk#add}. */
    public void add(long time, long valueBits) {
        chunk.add(time, valueBits);
        if (chunk.count() == XorChunk.USUAL_SAMPLES) {
            endChunk();
            if (chunkBytes >= frameBytes) {
                endFrame();
            }
        }
    }

    /**
     * Adds a native histogram to the series.
     *
     * @param time milliseconds since the epoch, after that of the sample or histogram before
     * @param body as it was stored
     */
    public void addHistogram(long time, byte[] body) {
        endChunk();
        HistogramBody.decode(body, time, histogram);
        addChunk(
                histogram.isFloat ? Chunk.Encoding.FLOAT_HISTOGRAM : Chunk.Encoding.HISTOGRAM,
                time,
                time,
                histogramChunk.encode(histogram));
        if (chunkBytes >= frameBytes) {
            endFrame();
        }
    }

    /** Ends the series; one without samples leaves no trace. */
    public void endSeries() {
        endChunk();
        endFrame();
    }

    private void endChunk() {
        if (chunk.count() == 0) {
            return;
        }
        addChunk(Chunk.Encoding.XOR, chunk.firstTime(), chunk.lastTime(), chunk.toBytes());
        chunk.clear();
    }

    private void addChunk(Chunk.Encoding encoding, long firstTime, long lastTime, byte[] bytes) {
        ByteString data = UnsafeByteOperations.unsafeWrap(bytes);
        series.addChunks(Chunk.newBuilder()
                .setType(encoding)
                .setMinTimeMs(firstTime)
                .setMaxTimeMs(lastTime)
                .setData(data));
        chunkBytes += data.size();
    }

    private void endFrame() {
        if (chunkBytes == 0) {
            return;
        }
        byte[] message = ChunkedReadResponse.newBuilder()
                .setQueryIndex(query)
                .addChunkedSeries(series)
                .build()
                .toByteArray();
        writeVarint(message.length);
        writeChecksum(message);
        out.writeBytes(message);
        series.clearChunks();
        chunkBytes = 0;
    }

    private void writeVarint(int value) {
        int rest = value;
        for (; (rest & ~0x7f) != 0; rest >>>= 7) {
            out.write(rest & 0x7f | 0x80);
        }
        out.write(rest);
    }

    private void writeChecksum(byte[] message) {
        CRC32C checksum = new CRC32C();
        checksum.update(message);
        long value = checksum.getValue();
        for (int shift = 24; shift >= 0; shift -= 8) {
            out.write((int) (value >>> shift));
        }
    }

    /** The bytes of frames that are ready. */
    public int size() {
        return out.size();
    }

    /** Takes the frames that are ready. */
    public byte[] take() {
        byte[] frames = out.toByteArray();
        out.reset();
        return frames;
    }
}
