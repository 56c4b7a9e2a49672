package io.promgres.remoteread;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promgres.codec.MalformedBodyException;
import io.promgres.codec.SeriesReceiver;
import io.promgres.histogram.HistogramBody;
import io.promgres.histogram.NativeHistogram;
import io.promgres.model.LabelSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Chunks that say when series began to count. The bytes are those that Prometheus 3.14 makes of the same samples. */
class StartedChunksTest {

    private static final long STALE = HistogramResets.STALE;
    private static final HexFormat HEX = HexFormat.of();

    private record Sample(long start, long time, long bits) {
        static Sample of(double start, double time, double value) {
            return new Sample((long) start, (long) time, value == -999 ? STALE : Double.doubleToRawLongBits(value));
        }
    }

    private static final class Received implements SeriesReceiver {
        private final List<Sample> samples = new ArrayList<>();
        private final List<NativeHistogram> histograms = new ArrayList<>();
        private long start;

        @Override
        public void beginSeries(LabelSet labels) {}

        @Override
        public void start(long start) {
            this.start = start;
        }

        @Override
        public void sample(long time, long bits) {
            samples.add(new Sample(start, time, bits));
        }

        @Override
        public void histogram(long time, byte[] body) {
            NativeHistogram histogram = new NativeHistogram();
            HistogramBody.decode(body, time, histogram);
            histograms.add(histogram);
        }

        @Override
        public void endSeries() {}
    }

    private final Xor2Chunk chunk = new Xor2Chunk();
    private final Received received = new Received();

    @ParameterizedTest
    @CsvSource({
        "'500000 1000000 1, 500000 1015000 2, 500000 1030000 3, 500000 1045000 3',"
                + "00048080897a3ff0000000000000c0843d9875c12fffd60300",
        "'0 1000000 1, 0 1015000 -999, 0 1030000 -999, 0 1045001 3, 0 1060001 3, 0 1075005 -999',"
                + "00060080897a3ff00000000000009875ffc001c133fff7ffd8009c",
        "'0 1000000 1, 0 1015000 2, 1020000 1030000 0.5, 1020000 1045000 0.7, 1050000 1700000 0.7, 1050000 1701000 1e300',"
                + "00060280897a3ff00000000000009875c12fffcffdf7d8f15b96666666666667f07531e000000000009c4007de2b47bfffff"
                + "fffffd8154307e83a304b5dccc27f7f027fa60",
        "'900000 1000000 1, 1001000 1015000 2, 1001000 1030000 2, 0 900045000 3, 0 900045001 3',"
                + "00058180897a3ff0000000000000c09a0c9875c12ffffb061f07531e000000003595a6c0cc07f81f0181effffffffca6a1ea"
                + "97f0000001acaf0ac0",
        "'985000 1000000 1, 1000000 1015000 1, 1015000 1030000 7, 1030000 1045000 -999, 1045000 1060000 7',"
                + "00058180897a3ff0000000000000b0ea019875284dffdbe0"
    })
    void samplesAndTheirStartsAreTheBytesThatPrometheusMakesAndAreReadBack(String text, String bytes) throws Exception {
        List<Sample> samples = Arrays.stream(text.split(", "))
                .map(sample -> Arrays.stream(sample.split(" "))
                        .mapToDouble(Double::parseDouble)
                        .toArray())
                .map(numbers -> Sample.of(numbers[0], numbers[1], numbers[2]))
                .toList();
        samples.forEach(sample -> chunk.add(sample.time(), sample.bits(), sample.start()));
        assertThat(HEX.formatHex(chunk.toBytes())).isEqualTo(bytes);
        assertRead(samples, HEX.parseHex(bytes));
    }

    private void assertRead(List<Sample> samples, byte[] bytes) throws Exception {
        received.samples.clear();
        new Xor2ChunkReader(bytes).read(Long.MIN_VALUE, Long.MAX_VALUE, received);
        assertThat(received.samples).isEqualTo(samples);
    }

    @ParameterizedTest
    @CsvSource({
        "0, '500000, 500000, 500000', false,"
                + "000380ff3f50624dd2f1a9fc8c6517e07a12054800800000000000128e0421efc1d4c4e3ac1c436074",
        "0, '500000, 500000, 500000', true,"
                + "000380ff3f50624dd2f1a9fc8c6517e07a120200a000000000000000000000000000020020000000000002000000000000000"
                + "200400000000000060421efc1d4c6a137115ffeb07b01eb0b6d0bc25fffd81dd617b418",
        "1, '0', false, 800100ff3f50624dd2f1a9fc8c6517e07a120548008000000000001288",
        "0, '0, 0, 1020000, 1020000', false,"
                + "000402ff3f50624dd2f1a9fc8c6517e07a12054800800000000000128fc1d4c4e3ac1c436074fbec781a85e9f07530",
        "0, '0, 0, 1020000, 1020000', true,"
                + "000402ff3f50624dd2f1a9fc8c6517e07a120200a00000000000000000000000000002002000000000000200000000000000"
                + "020040000000000007c1d4c6a137115ffeb07b01eb0b6d0bc25fffd81dd617b41fdf63c36077603d42f7683d817f075300"
    })
    void histogramsAndTheirStartsToo(int hint, String starts, boolean isFloat, String bytes) throws Exception {
        HistogramChunk made = new HistogramChunk(true);
        List<Long> expected =
                Arrays.stream(starts.split(", ")).map(Long::valueOf).toList();
        for (int i = 0; i < expected.size(); i++) {
            made.add(histogram(i, expected.get(i), hint, isFloat));
        }
        assertThat(HEX.formatHex(made.toBytes())).isEqualTo(bytes);

        new HistogramChunkReader(HEX.parseHex(bytes), isFloat, true).read(0, Long.MAX_VALUE, received);
        assertThat(received.histograms).extracting(histogram -> histogram.start).isEqualTo(expected);
        assertThat(received.histograms.get(0).resetHint).isEqualTo(hint);
        assertThat(received.histograms)
                .extracting(histogram -> Double.longBitsToDouble(histogram.sumBits))
                .startsWith(2.5);
    }

    private static NativeHistogram histogram(int i, long start, int hint, boolean isFloat) {
        NativeHistogram histogram = new NativeHistogram();
        histogram.isFloat = isFloat;
        histogram.time = 1_000_000 + 15_000L * i;
        histogram.start = start;
        histogram.resetHint = hint;
        histogram.schema = 1;
        histogram.zeroThresholdBits = Double.doubleToRawLongBits(0.001);
        histogram.zeroCount = count(i, isFloat);
        histogram.count = count(5 + 3 * i, isFloat);
        histogram.sumBits = Double.doubleToRawLongBits(2.5 * (i + 1));
        histogram.positive.spans.add(1);
        histogram.positive.spans.add(2);
        histogram.positive.counts.add(count(2 + i, isFloat));
        // Of whole numbers the difference to the bucket before.
        histogram.positive.counts.add(count(isFloat ? 3 + i : 1, isFloat));
        return histogram;
    }

    private static long count(int count, boolean isFloat) {
        return isFloat ? Double.doubleToRawLongBits(count) : count;
    }

    @Test
    void seriesOfAllKindsAreReadBackAsTheyWere() throws Exception {
        Random random = new Random(5);
        for (int round = 0; round < 500; round++) {
            List<Sample> samples = new ArrayList<>();
            long time = random.nextLong() >> 20;
            long bits = random.nextLong();
            long start = random.nextBoolean() ? 0 : time - random.nextInt(100_000);
            for (int i = random.nextInt(300) + 1; i > 0; i--) {
                time += random.nextBoolean() ? 15_000 : 1 + (random.nextLong() >>> 20 + random.nextInt(44));
                bits ^= random.nextBoolean() ? 0 : random.nextLong() >>> random.nextInt(64) << random.nextInt(64);
                start = random.nextInt(20) == 0 ? time - random.nextInt(1 << random.nextInt(30)) : start;
                samples.add(new Sample(start, time, random.nextInt(9) == 0 ? STALE : bits));
            }
            chunk.clear();
            samples.forEach(sample -> chunk.add(sample.time(), sample.bits(), sample.start()));
            assertRead(samples, chunk.toBytes());
        }
    }

    @Test
    void aChunkThatIsCutIsRefused() {
        for (int i = 0; i < 50; i++) {
            chunk.add(1_000_000 + i * 15_000L, Double.doubleToRawLongBits(i / 7.0), 900_000 + i * 10L);
        }
        byte[] whole = chunk.toBytes();
        for (int length = 0; length < whole.length - 1; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> new Xor2ChunkReader(cut).read(0, Long.MAX_VALUE, received))
                    .isInstanceOf(MalformedBodyException.class);
        }
    }
}
