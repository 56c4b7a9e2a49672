package io.promgres.remoteread;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promgres.codec.MalformedBodyException;
import io.promgres.codec.SeriesReceiver;
import io.promgres.codec.UnknownEncodingException;
import io.promgres.codec.proto.Types.Histogram;
import io.promgres.model.LabelSet;
import io.promgres.remotewrite.HistogramBodies;
import io.promgres.remotewrite.HistogramsTest;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the encoders of answers write is read back; that they write what Prometheus reads, its own tests show. */
class ReadResponseDecoderTest {

    private static final LabelSet SERIES = LabelSet.ofSorted("__name__", "m", "a", "b");
    private static final String SAMPLES = "application/x-protobuf";

    private final Received received = new Received();

    /** Each series with its samples, as text. */
    private static final class Received implements SeriesReceiver {
        private final List<String> events = new ArrayList<>();

        @Override
        public void beginSeries(LabelSet labels) {
            events.add(labels.toString());
        }

        @Override
        public void sample(long time, long bits) {
            events.add(time + "=" + Long.toHexString(bits));
        }

        @Override
        public void histogram(long time, byte[] body) {
            events.add(time + ":" + HexFormat.of().formatHex(body));
        }

        @Override
        public void endSeries() {
            events.add("end");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void chunksAreReadBitByBit(long seed) throws Exception {
        Random random = new Random(seed);
        ChunkedResponseEncoder frames = new ChunkedResponseEncoder(1 << 20);
        List<String> expected = new ArrayList<>(List.of(SERIES.toString()));
        frames.beginSeries(SERIES);
        long time = random.nextLong() >> 20;
        long bits = random.nextLong();
        for (int i = 0; i < 1000; i++) {
            // Distances and differences of all sizes.
            time += 1 + (random.nextLong() >>> 20 + random.nextInt(44));
            bits ^= random.nextBoolean() ? 0 : random.nextLong() >>> random.nextInt(64) << random.nextInt(64);
            frames.add(time, bits);
            expected.add(time + "=" + Long.toHexString(bits));
        }
        frames.endSeries();
        expected.add("end");
        read(ChunkedResponseEncoder.CONTENT_TYPE, frames.take(), Long.MIN_VALUE, Long.MAX_VALUE);
        assertThat(received.events).isEqualTo(expected);
    }

    @Test
    void samplesOutsideOfTheRangeAreLeftOut() throws Exception {
        ChunkedResponseEncoder frames = new ChunkedResponseEncoder(1 << 20);
        frames.beginSeries(SERIES);
        for (int i = 0; i < 5; i++) {
            frames.add(i, i);
        }
        frames.endSeries();
        read(ChunkedResponseEncoder.CONTENT_TYPE, frames.take(), 1, 3);
        assertThat(received.events).containsExactly(SERIES.toString(), "1=1", "2=2", "3=3", "end");
    }

    @Test
    void anAnswerOfSamplesIsReadAsWell() throws Exception {
        ReadResponseEncoder encoder = new ReadResponseEncoder();
        encoder.beginQuery();
        encoder.beginSeries(SERIES);
        encoder.add(1, 0x7ff0000000000002L);
        encoder.add(2, 5);
        encoder.endSeries();
        read(SAMPLES, encoder.encode(), 0, 10);
        assertThat(received.events).containsExactly(SERIES.toString(), "1=7ff0000000000002", "2=5", "end");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void histogramsOfBothKindsOfAnswersAreReadBitByBit(long seed) throws Exception {
        Random random = new Random(seed);
        ChunkedResponseEncoder frames = new ChunkedResponseEncoder(1 << 20);
        ReadResponseEncoder samples = new ReadResponseEncoder();
        samples.beginQuery();
        samples.beginSeries(SERIES);
        frames.beginSeries(SERIES);
        List<String> expected = new ArrayList<>(List.of(SERIES.toString()));
        for (int i = 0; i < 500; i++) {
            byte[] body = HistogramBodies.of(HistogramsTest.random(random));
            samples.addHistogram(i, body);
            frames.addHistogram(i, body);
            expected.add(i + ":" + HexFormat.of().formatHex(body));
        }
        expected.add("end");
        frames.endSeries();
        samples.endSeries();
        read(ChunkedResponseEncoder.CONTENT_TYPE, frames.take(), 0, Long.MAX_VALUE);
        assertThat(received.events).isEqualTo(expected);
        received.events.clear();
        read(SAMPLES, samples.encode(), 0, Long.MAX_VALUE);
        assertThat(received.events).isEqualTo(expected);
    }

    @Test
    void histogramsOutsideOfTheRangeAreLeftOut() throws Exception {
        ReadResponseEncoder samples = new ReadResponseEncoder();
        samples.beginQuery();
        samples.beginSeries(SERIES);
        byte[] body = HistogramBodies.of(Histogram.newBuilder().setSum(1).build());
        for (int i = 0; i < 5; i++) {
            samples.addHistogram(i, body);
        }
        samples.endSeries();
        read(SAMPLES, samples.encode(), 1, 3);
        assertThat(received.events)
                .extracting(event -> event.charAt(0))
                .containsExactly(SERIES.toString().charAt(0), '1', '2', '3', 'e');
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 7, 100})
    void anEncodingThatIsNotKnownIsNamed(int encoding) {
        byte[] frame = MessagesOfChunks.frame(MessagesOfChunks.chunk(encoding));
        assertThatThrownBy(() -> read(ChunkedResponseEncoder.CONTENT_TYPE, frame, 0, 10))
                .isInstanceOf(UnknownEncodingException.class)
                .hasMessageContaining("a chunk has the encoding " + encoding + ", which is none of");
    }

    @Test
    void aStreamThatEndsWithinAFrameIsNoAnswer() {
        ChunkedResponseEncoder frames = new ChunkedResponseEncoder(1 << 20);
        frames.beginSeries(SERIES);
        frames.add(1, 1);
        frames.endSeries();
        byte[] whole = frames.take();
        for (int length = 1; length < whole.length; length++) {
            byte[] part = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> read(ChunkedResponseEncoder.CONTENT_TYPE, part, 0, 10))
                    .isInstanceOf(EOFException.class);
        }
    }

    @Test
    void aFrameThatIsTooLargeIsNotTakenIntoMemory() {
        byte[] length = {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x07};
        assertThatThrownBy(() -> read(ChunkedResponseEncoder.CONTENT_TYPE, length, 0, 10))
                .isInstanceOf(MalformedBodyException.class)
                .hasMessageContaining("a frame of more than");
    }

    private void read(String type, byte[] body, long first, long last) throws Exception {
        ReadResponseDecoder.read(type, new ByteArrayInputStream(body), first, last, received);
    }
}
