package io.promgres.remotewrite;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.sun.management.ThreadMXBean;
import io.promgres.codec.BodyTooLargeException;
import io.promgres.codec.MalformedBodyException;
import io.promgres.codec.SeriesReceiver;
import io.promgres.histogram.HistogramBody;
import io.promgres.histogram.NativeHistogram;
import io.promgres.model.LabelSet;
import io.promgres.model.NewSeries;
import io.promgres.model.SampleBatch;
import io.promgres.remoteread.ChunkedResponseEncoder;
import io.promgres.remoteread.MessagesOfChunks;
import io.promgres.remoteread.ReadRequestDecoder;
import io.promgres.remoteread.ReadResponseDecoder;
import io.promgres.series.KnownMetadata;
import io.promgres.series.KnownStarts;
import io.promgres.series.SeriesCache;
import io.promgres.series.SymbolTable;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import org.xerial.snappy.Snappy;

/**
 * Whatever the bytes, a decoder throws nothing but its own exceptions, and allocates in proportion to them. In a normal build
 * each method runs over its seeds, {@code src/test/resources/io/promgres/wire/DecoderFuzzTestInputs/<method>}, which
 * {@link FuzzSeeds} makes; {@code JAZZER_FUZZ=1 mvn -Dtest=DecoderFuzzTest#<method> test} looks for more, guided by coverage,
 * and leaves what it finds there. Jazzer fuzzes one method in a process.
 */
class DecoderFuzzTest {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-11-01T12:00:00Z"));

    /** What a decoder may allocate whatever it is given: its buffers, and the classes that it is the first to use. */
    private static final long BASE_BYTES = 4 << 20;

    private static final int ROUNDS = 3;

    /** A series of a few bytes becomes objects of a few hundred. */
    private static final long FACTOR = 300;

    /** A histogram that is like the one before takes four bits of a chunk. */
    private static final long HISTOGRAM_FACTOR = 600;

    /**
     * It is handed over with all that they have in common, such as its spans. A byte of that has room for ten at first, and is a
     * number of eight bytes for the test that reads it, in an array that doubles.
     */
    private static final long HANDED_OVER_FACTOR = 10 + 4 * Long.BYTES;

    private static final NativeHistogram HISTOGRAM = new NativeHistogram();

    private static final SeriesCache KNOWN = new SeriesCache(1 << 20);

    private static final WriteRequestDecoder V1 =
            new WriteRequestDecoder(KNOWN.reader(), new KnownMetadata(SeriesCache.SMALLEST), Limits.DEFAULT, CLOCK);
    private static final WriteRequestV2Decoder V2 = new WriteRequestV2Decoder(
            KNOWN.reader(),
            new SymbolTable(1 << 20),
            new KnownMetadata(SeriesCache.SMALLEST),
            new KnownStarts(),
            Limits.DEFAULT,
            CLOCK);
    private static final SampleBatch BATCH = new SampleBatch(16);

    /** Bytes of histograms, of which a receiver holds one at a time. */
    private static long handedOver;

    private interface Decoding {
        void run() throws MalformedBodyException, BodyTooLargeException, IOException;
    }

    @FuzzTest(maxDuration = "10m")
    void writeRequest(byte[] message) {
        inBounds(message.length, () -> {
            for (NewSeries series :
                    V1.decodeMessage(message, 0, message.length, BATCH).unknown()) {
                KNOWN.put(series.key(), 64);
            }
            V1.decodeMessage(message, 0, message.length, BATCH);
        });
    }

    @FuzzTest(maxDuration = "10m")
    void writeRequestV2(byte[] message) {
        inBounds(message.length, () -> {
            for (NewSeries series :
                    V2.decodeMessage(message, 0, message.length, BATCH).unknown()) {
                KNOWN.put(series.key(), 64);
            }
            V2.decodeMessage(message, 0, message.length, BATCH);
        });
    }

    @FuzzTest(maxDuration = "10m")
    void compressedBody(byte[] body) {
        inBounds(body.length, () -> V1.decode(body, 0, body.length, BATCH));
        inBounds(body.length, () -> V2.decode(body, 0, body.length, BATCH));
    }

    @FuzzTest(maxDuration = "10m")
    void readRequest(byte[] message) throws IOException {
        byte[] body = Snappy.compress(message);
        inBounds(message.length, () -> ReadRequestDecoder.decode(body, 0, body.length, 1 << 20));
    }

    /** What import reads, byte by byte. */
    @FuzzTest(maxDuration = "10m")
    void readAnswerOfFrames(byte[] answer) {
        inBounds(answer.length, HISTOGRAM_FACTOR, () -> read(ChunkedResponseEncoder.CONTENT_TYPE, answer));
    }

    /** The message of a frame: its checksum is right, which chance would never find. */
    @FuzzTest(maxDuration = "10m")
    void readAnswerOfChunks(byte[] message) {
        byte[] answer = MessagesOfChunks.frame(message);
        inBounds(message.length, HISTOGRAM_FACTOR, () -> read(ChunkedResponseEncoder.CONTENT_TYPE, answer));
    }

    /** A chunk; the first byte says which encoding the others are in. */
    @FuzzTest(maxDuration = "10m")
    void chunk(byte[] chunk) {
        if (chunk.length == 0) {
            return;
        }
        int encoding = 1 + Math.floorMod(chunk[0], 3);
        byte[] data = Arrays.copyOfRange(chunk, 1, chunk.length);
        byte[] answer = MessagesOfChunks.frame(MessagesOfChunks.chunk(encoding, data));
        inBounds(chunk.length, HISTOGRAM_FACTOR, () -> read(ChunkedResponseEncoder.CONTENT_TYPE, answer));
    }

    @FuzzTest(maxDuration = "10m")
    void readAnswerOfSamples(byte[] message) throws IOException {
        byte[] body = Snappy.compress(message);
        inBounds(message.length, () -> read("application/x-protobuf", body));
    }

    private static void inBounds(int length, Decoding decoding) {
        inBounds(length, FACTOR, decoding);
    }

    private static void inBounds(int length, long factor, Decoding decoding) {
        long bound = 0;
        long allocated = Long.MAX_VALUE;
        // Jazzer instruments a class at its first use, here and by the thread that is measured.
        for (int round = 0; round < ROUNDS && allocated >= bound; round++) {
            handedOver = 0;
            long before = THREADS.getCurrentThreadAllocatedBytes();
            decode(decoding);
            allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
            bound = BASE_BYTES + factor * length + HANDED_OVER_FACTOR * handedOver;
        }
        assertThat(allocated).isLessThan(bound);
    }

    private static void decode(Decoding decoding) {
        BATCH.clear();
        try {
            decoding.run();
        } catch (MalformedBodyException | BodyTooLargeException | EOFException e) {
            // All or nothing.
            assertThat(BATCH.size()).isZero();
        } catch (IOException e) {
            throw new AssertionError("neither the decoder's own nor the end of the bytes", e);
        }
    }

    private static void read(String type, byte[] answer)
            throws MalformedBodyException, BodyTooLargeException, IOException {
        ReadResponseDecoder.read(type, new ByteArrayInputStream(answer), 0, Long.MAX_VALUE, new SeriesReceiver() {
            private List<String> labels = List.of();

            @Override
            public void beginSeries(LabelSet series) {
                labels = List.of(series.metricName());
            }

            @Override
            public void sample(long time, long bits) {
                requireInRange(time);
            }

            @Override
            public void histogram(long time, byte[] body) {
                requireInRange(time);
                HistogramBody.decode(body, time, HISTOGRAM);
                handedOver += body.length;
            }

            @Override
            public void endSeries() {
                assertThat(labels).hasSize(1);
            }
        });
    }

    // An assertion of AssertJ allocates more than what it looks at.
    private static void requireInRange(long time) {
        if (time < 0) {
            throw new AssertionError("a time out of the range: " + time);
        }
    }
}
