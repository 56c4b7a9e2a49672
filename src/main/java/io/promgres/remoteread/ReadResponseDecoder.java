package io.promgres.remoteread;

import com.google.protobuf.InvalidProtocolBufferException;
import io.promgres.codec.BodyTooLargeException;
import io.promgres.codec.Cursor;
import io.promgres.codec.MalformedBodyException;
import io.promgres.codec.SeriesReceiver;
import io.promgres.codec.SnappyBlock;
import io.promgres.codec.UnknownEncodingException;
import io.promgres.codec.proto.Remote.ChunkedReadResponse;
import io.promgres.codec.proto.Remote.QueryResult;
import io.promgres.codec.proto.Remote.ReadResponse;
import io.promgres.codec.proto.Types.Chunk;
import io.promgres.codec.proto.Types.ChunkedSeries;
import io.promgres.codec.proto.Types.Histogram;
import io.promgres.codec.proto.Types.Label;
import io.promgres.codec.proto.Types.Sample;
import io.promgres.codec.proto.Types.TimeSeries;
import io.promgres.histogram.HistogramBody;
import io.promgres.histogram.HistogramFields;
import io.promgres.histogram.NativeHistogram;
import io.promgres.model.LabelSet;
import io.promgres.model.Rejections.Reason;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Reads the answer of a remote read, as a client: a stream of chunks frame by frame, or an answer of samples, which is in
 * memory as a whole.
 */
public final class ReadResponseDecoder {

    /** Prometheus' own limit of a frame. */
    private static final int FRAME_LIMIT = 50_000_000;

    /** Of an answer of samples, compressed and not: about four million samples. */
    private static final int SAMPLES_LIMIT = 64 << 20;

    private static final String STREAM = "application/x-streamed-protobuf";

    private final long first;
    private final long last;
    private final SeriesReceiver receiver;
    private final Cursor cursor = new Cursor();
    private final HistogramFields histograms = new HistogramFields();

    private ReadResponseDecoder(long first, long last, SeriesReceiver receiver) {
        this.first = first;
        this.last = last;
        this.receiver = receiver;
    }

    /**
     * Hands over an answer. Prometheus sends whole chunks; what is outside of the range is left out here.
     *
     * @param contentType of the answer
     * @param first milliseconds since the epoch
     * @param last the last millisecond that belongs to the range
     * @throws UnknownEncodingException if a chunk of it is in an encoding that is not known
     * @throws MalformedBodyException if it is not an answer of remote read
     * @throws BodyTooLargeException if it is an answer of samples that is too large for memory
     * @throws IOException of the connection, or of the receiver
     */
    public static void read(String contentType, InputStream body, long first, long last, SeriesReceiver receiver)
            throws MalformedBodyException, BodyTooLargeException, IOException {
        ReadResponseDecoder answer = new ReadResponseDecoder(first, last, receiver);
        if (contentType.startsWith(STREAM)) {
            answer.frames(new DataInputStream(body));
        } else if (contentType.startsWith("application/x-protobuf")) {
            answer.samples(body);
        } else {
            throw new MalformedBodyException("the answer has the Content-Type \"" + contentType + "\"");
        }
    }

    private void frames(DataInputStream in) throws MalformedBodyException, IOException {
        for (int length = frameLength(in); length >= 0; length = frameLength(in)) {
            int checksum = in.readInt();
            byte[] message = in.readNBytes(length);
            if (message.length < length) {
                throw new EOFException("the answer ends within a frame");
            }
            CRC32C actual = new CRC32C();
            actual.update(message);
            if ((int) actual.getValue() != checksum) {
                throw new MalformedBodyException("the checksum of a frame is wrong");
            }
            for (ChunkedSeries series : frame(message).getChunkedSeriesList()) {
                series(series);
            }
        }
    }

    /** @return -1 at the end of the stream */
    private static int frameLength(InputStream in) throws MalformedBodyException, IOException {
        long length = 0;
        for (int shift = 0; shift <= 28; shift += 7) {
            int next = in.read();
            if (next < 0) {
                if (shift == 0) {
                    return -1;
                }
                throw new EOFException("the answer ends within the length of a frame");
            }
            length |= (long) (next & 0x7f) << shift;
            if (next < 0x80 && length <= FRAME_LIMIT) {
                return (int) length;
            }
        }
        throw new MalformedBodyException("a frame of more than " + FRAME_LIMIT + " bytes");
    }

    private static ChunkedReadResponse frame(byte[] message) throws MalformedBodyException {
        try {
            return ChunkedReadResponse.parseFrom(message);
        } catch (InvalidProtocolBufferException e) {
            throw new MalformedBodyException("a frame is not a ChunkedReadResponse: " + e.getMessage());
        }
    }

    private void series(ChunkedSeries series) throws MalformedBodyException, IOException {
        receiver.beginSeries(labels(series.getLabelsList()));
        for (Chunk chunk : series.getChunksList()) {
            if (chunk.getMaxTimeMs() < first || chunk.getMinTimeMs() > last) {
                continue;
            }
            byte[] data = chunk.getData().toByteArray();
            switch (chunk.getType()) {
                case XOR -> new XorChunkReader(data).read(first, last, receiver);
                case XOR2 -> new Xor2ChunkReader(data).read(first, last, receiver);
                case HISTOGRAM -> new HistogramChunkReader(data, false, false).read(first, last, receiver);
                case FLOAT_HISTOGRAM -> new HistogramChunkReader(data, true, false).read(first, last, receiver);
                case HISTOGRAM_ST -> new HistogramChunkReader(data, false, true).read(first, last, receiver);
                case FLOAT_HISTOGRAM_ST -> new HistogramChunkReader(data, true, true).read(first, last, receiver);
                default -> throw new UnknownEncodingException(chunk.getTypeValue());
            }
        }
        receiver.endSeries();
    }

    private void samples(InputStream body) throws MalformedBodyException, BodyTooLargeException, IOException {
        byte[] compressed = body.readNBytes(SAMPLES_LIMIT + 1);
        if (compressed.length > SAMPLES_LIMIT) {
            throw new BodyTooLargeException("the answer has more than " + SAMPLES_LIMIT + " bytes");
        }
        SnappyBlock snappy = new SnappyBlock(SAMPLES_LIMIT);
        int size = snappy.decompress(compressed, 0, compressed.length);
        for (QueryResult result : response(snappy.bytes(), size).getResultsList()) {
            for (TimeSeries series : result.getTimeseriesList()) {
                series(series);
            }
        }
    }

    private static ReadResponse response(byte[] bytes, int size) throws MalformedBodyException {
        try {
            return ReadResponse.parser().parseFrom(bytes, 0, size);
        } catch (InvalidProtocolBufferException e) {
            throw new MalformedBodyException("the answer is not a ReadResponse: " + e.getMessage());
        }
    }

    private void series(TimeSeries series) throws MalformedBodyException, IOException {
        receiver.beginSeries(labels(series.getLabelsList()));
        for (Sample sample : series.getSamplesList()) {
            if (sample.getTimestamp() >= first && sample.getTimestamp() <= last) {
                receiver.sample(sample.getTimestamp(), Double.doubleToRawLongBits(sample.getValue()));
            }
        }
        for (Histogram histogram : series.getHistogramsList()) {
            if (histogram.getTimestamp() >= first && histogram.getTimestamp() <= last) {
                receiver.histogram(histogram.getTimestamp(), body(histogram));
            }
        }
        receiver.endSeries();
    }

    private byte[] body(Histogram message) throws MalformedBodyException, IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(message.getSerializedSize() + Long.BYTES);
        message.writeDelimitedTo(bytes);
        cursor.reset(bytes.toByteArray(), 0, bytes.size());
        NativeHistogram histogram = histograms.read(cursor);
        if (histograms.isTooLarge()) {
            throw new MalformedBodyException("a series " + Reason.HISTOGRAM_TOO_LARGE.problem());
        }
        // What is stored has no room for more or fewer buckets than the spans say.
        for (NativeHistogram.Buckets side : List.of(histogram.positive, histogram.negative)) {
            if (side.length() != side.counts.size()) {
                throw new MalformedBodyException("a series " + Reason.HISTOGRAM_SPANS_MISMATCH.problem());
            }
        }
        return HistogramBody.encode(histogram);
    }

    private static LabelSet labels(List<Label> labels) {
        return LabelSet.ofSorted(labels.stream()
                .filter(label -> !label.getValue().isEmpty())
                .sorted((a, b) -> a.getName().compareTo(b.getName()))
                .flatMap(label -> List.of(label.getName(), label.getValue()).stream())
                .toArray(String[]::new));
    }
}
