package io.promgres.remoteread;

import com.google.protobuf.UnsafeByteOperations;
import io.promgres.codec.ByteQueue;
import io.promgres.codec.proto.Remote.ChunkedReadResponse;
import io.promgres.codec.proto.Types.Chunk;
import io.promgres.codec.proto.Types.ChunkedSeries;
import io.promgres.codec.proto.Types.Label;
import io.promgres.histogram.HistogramBody;
import io.promgres.histogram.NativeHistogram;
import io.promgres.model.LabelSet;
import java.util.zip.CRC32C;

/**
 * Encodes series as the frames of a streamed remote read: the length of a message as a varint, its CRC-32C in big-endian
 * order, and the message, which holds one series. One thread at a time.
 *
 * <p>The protocol lets a series go on in another frame, and servers of Prometheus do so from 1 MiB on. But Prometheus 3, as a
 * client, takes each frame for a series, and PromQL refuses two with the same labels. So a series is in one frame as long as that
 * is not too large for a client; its encoded bytes are in memory until it ends.
 *
 * <p>Source of the format: Prometheus, storage/remote/chunked.go; of what the client does: chunkedSeriesSet in storage/remote/codec.go.
 */
public final class ChunkedResponseEncoder {

    /** How a client recognises the stream; it compares the whole text. */
    public static final String CONTENT_TYPE = "application/x-streamed-protobuf; proto=prometheus.ChunkedReadResponse";

    private static final int PIECE_BYTES = 1 << 18;
    /** Tags, lengths and the number of the query. */
    private static final int HEAD_BYTES = 16;

    private static final int LENGTH = 2;
    private static final int SERIES = ChunkedReadResponse.CHUNKED_SERIES_FIELD_NUMBER << 3 | LENGTH;
    private static final int QUERY = ChunkedReadResponse.QUERY_INDEX_FIELD_NUMBER << 3;
    private static final int CHUNK = ChunkedSeries.CHUNKS_FIELD_NUMBER << 3 | LENGTH;

    private final int frameBytes;
    private final ByteQueue out = new ByteQueue(PIECE_BYTES);
    private final ByteQueue chunks = new ByteQueue(PIECE_BYTES);
    private final XorChunk chunk = new XorChunk();
    private final Xor2Chunk startedChunk = new Xor2Chunk();
    private final boolean withStarts;
    private HistogramChunk histogramChunk = new HistogramChunk();
    private boolean hasStarts;
    private long start;
    private NativeHistogram histogram = new NativeHistogram();
    private NativeHistogram before = new NativeHistogram();
    private int query;
    private byte[] labels;

    /** @param frameBytes a series whose chunks reach this goes on in another frame */
    public ChunkedResponseEncoder(int frameBytes) {
        this(frameBytes, false);
    }

    /**
     * @param frameBytes a series whose chunks reach this goes on in another frame
     * @param withStarts whether chunks say when series began to count, in encodings that Prometheus reads from 3.12 on
     */
    public ChunkedResponseEncoder(int frameBytes, boolean withStarts) {
        this.frameBytes = frameBytes;
        this.withStarts = withStarts;
    }

    /** From here on the series belong to this query. */
    public void beginQuery(int index) {
        query = index;
    }

    /** Begins a series, of which there is no more than this one in a query. */
    public void beginSeries(LabelSet labels) {
        ChunkedSeries.Builder series = ChunkedSeries.newBuilder();
        for (int i = 0; i < labels.size(); i++) {
            series.addLabels(Label.newBuilder().setName(labels.name(i)).setValue(labels.value(i)));
        }
        this.labels = series.build().toByteArray();
        hasStarts = false;
        start = 0;
    }

    /** From here on the samples of the series began to count then; see {@link Xor2Chunk#add}. */
    public void start(long start) {
        if (withStarts && start != 0 && !hasStarts) {
            endChunk();
            hasStarts = true;
        }
        this.start = start;
    }

    /** Adds a sample to the series; see {@link XorChunk#add}. */
    public void add(long time, long valueBits) {
        endHistogramChunk();
        if (hasStarts) {
            startedChunk.add(time, valueBits, start);
        } else {
            chunk.add(time, valueBits);
        }
        if (chunk.count() + startedChunk.count() == XorChunk.USUAL_SAMPLES) {
            endChunk();
        }
    }

    /**
     * Adds a native histogram to the series, to the chunk of the one before if it goes on counting where that ended.
     *
     * @param time milliseconds since the epoch, after that of the sample or histogram before
     * @param body as it was stored
     */
    public void addHistogram(long time, byte[] body) {
        endChunk();
        HistogramBody.decode(body, time, histogram);
        if (histogramChunk.isFull() || histogramChunk.count() > 0 && !HistogramResets.follows(before, histogram)) {
            endHistogramChunk();
        }
        boolean isStarted = withStarts && histogram.start != 0;
        if (isStarted != histogramChunk.hasStarts()) {
            endHistogramChunk();
            histogramChunk = new HistogramChunk(isStarted);
        }
        histogramChunk.add(histogram);
        NativeHistogram last = histogram;
        histogram = before;
        before = last;
    }

    /** Ends the series; one without samples leaves no trace. */
    public void endSeries() {
        endChunk();
        endHistogramChunk();
        endFrame();
    }

    private void endChunk() {
        if (startedChunk.count() > 0) {
            addChunk(Chunk.Encoding.XOR2, startedChunk.firstTime(), startedChunk.lastTime(), startedChunk.toBytes());
            startedChunk.clear();
        }
        if (chunk.count() == 0) {
            return;
        }
        addChunk(Chunk.Encoding.XOR, chunk.firstTime(), chunk.lastTime(), chunk.toBytes());
        chunk.clear();
    }

    private void endHistogramChunk() {
        if (histogramChunk.count() == 0) {
            return;
        }
        addChunk(histogramEncoding(), histogramChunk.firstTime(), histogramChunk.lastTime(), histogramChunk.toBytes());
        histogramChunk.clear();
    }

    private Chunk.Encoding histogramEncoding() {
        if (histogramChunk.hasStarts()) {
            return before.isFloat ? Chunk.Encoding.FLOAT_HISTOGRAM_ST : Chunk.Encoding.HISTOGRAM_ST;
        }
        return before.isFloat ? Chunk.Encoding.FLOAT_HISTOGRAM : Chunk.Encoding.HISTOGRAM;
    }

    private void addChunk(Chunk.Encoding encoding, long firstTime, long lastTime, byte[] bytes) {
        Chunk message = Chunk.newBuilder()
                .setType(encoding)
                .setMinTimeMs(firstTime)
                .setMaxTimeMs(lastTime)
                .setData(UnsafeByteOperations.unsafeWrap(bytes))
                .build();
        chunks.writeVarint(CHUNK);
        chunks.writeVarint(message.getSerializedSize());
        chunks.write(message.toByteArray());
        if (chunks.size() >= frameBytes) {
            endFrame();
        }
    }

    private void endFrame() {
        if (chunks.size() == 0) {
            return;
        }
        ByteQueue head = new ByteQueue(labels.length + HEAD_BYTES);
        head.writeVarint(QUERY);
        head.writeVarint(query);
        head.writeVarint(SERIES);
        head.writeVarint(labels.length + chunks.size());
        head.write(labels);
        CRC32C checksum = new CRC32C();
        head.update(checksum);
        chunks.update(checksum);

        out.writeVarint(head.size() + chunks.size());
        for (int shift = 24; shift >= 0; shift -= 8) {
            out.write((int) (checksum.getValue() >>> shift));
        }
        head.moveTo(out);
        chunks.moveTo(out);
    }

    /** The bytes of frames that are ready. */
    public int size() {
        return out.size();
    }

    /** Takes frames that are ready, or a part of them, of a quarter of a MiB at most; nothing if there are none. */
    public byte[] take() {
        return out.take();
    }
}
