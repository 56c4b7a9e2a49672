package io.promgres.remoteread;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class XorChunkTest {

    private static final long T = 1_793_534_400_000L;

    private final XorChunk chunk = new XorChunk();

    private record Sample(long time, long bits) {}

    @Test
    void oneSampleIsItsCountItsTimeAndItsBits() {
        chunk.add(1, Double.doubleToRawLongBits(1));
        assertThat(HexFormat.of().formatHex(chunk.toBytes())).isEqualTo("0001" + "02" + "3ff0000000000000");
    }

    @Test
    void aSteadySeriesTakesTwoBitsASample() {
        for (int i = 0; i < XorChunk.USUAL_SAMPLES; i++) {
            chunk.add(T + i * 15_000L, 0);
        }
        assertThat(chunk.toBytes()).hasSizeLessThan(16 + 5 + 118 * 2 / 8);
        assertThat(chunk.firstTime()).isEqualTo(T);
        assertThat(chunk.lastTime()).isEqualTo(T + 119 * 15_000L);
    }

    @Test
    void everyWidthOfATimeChangeSurvivesAtItsEdges() {
        long[] changes = {
            0, 1, -1, 8_192, 8_193, -8_191, -8_192, 65_536, 65_537, -65_535, -65_536, 524_288, 524_289, -524_287,
            -524_288, 1L << 40
        };
        List<Sample> samples = new ArrayList<>();
        long time = T;
        long distance = 1L << 41;
        for (long change : changes) {
            samples.add(new Sample(time, 7));
            distance += change;
            time += distance;
        }
        samples.add(new Sample(time, 7));
        assertSurvive(samples);
    }

    @Test
    void everyKindOfValueSurvivesToTheBit() {
        long[] bits = {
            0,
            Long.MIN_VALUE,
            -1,
            1,
            0,
            0x7ff0000000000002L,
            0x7ff8000000000001L,
            Double.doubleToRawLongBits(Double.POSITIVE_INFINITY),
            Double.doubleToRawLongBits(0.1),
            Double.doubleToRawLongBits(0.2),
            Double.doubleToRawLongBits(0.2),
            1L << 63 | 1,
            0x00000000ffffffffL
        };
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < bits.length; i++) {
            samples.add(new Sample(T + i, bits[i]));
        }
        assertSurvive(samples);
    }

    @Test
    void randomSeriesSurviveAndTheChunkIsUsedAgain() {
        Random random = new Random(3);
        for (int round = 0; round < 500; round++) {
            List<Sample> samples = new ArrayList<>();
            long time = random.nextLong() >> 20;
            double value = random.nextGaussian() * 1000;
            for (int i = random.nextInt(XorChunk.USUAL_SAMPLES) + 1; i > 0; i--) {
                time += 1 + random.nextInt(1 << 1 + random.nextInt(25));
                value = random.nextInt(4) == 0 ? value : value + random.nextInt(100) / 10.0;
                samples.add(new Sample(
                        time, random.nextInt(9) == 0 ? random.nextLong() : Double.doubleToRawLongBits(value)));
            }
            assertSurvive(samples);
        }
    }

    @Test
    void aChunkTakesNoMoreThanItsCountCanTell() {
        for (int i = 0; i < 65_535; i++) {
            chunk.add(i, i);
        }
        assertThatThrownBy(() -> chunk.add(65_535, 0)).isInstanceOf(IllegalStateException.class);
        assertThat(decode(chunk.toBytes())).hasSize(65_535).last().isEqualTo(new Sample(65_534, 65_534));
    }

    private void assertSurvive(List<Sample> samples) {
        chunk.clear();
        samples.forEach(sample -> chunk.add(sample.time(), sample.bits()));
        assertThat(decode(chunk.toBytes())).isEqualTo(samples);
    }

    private static List<Sample> decode(byte[] bytes) {
        BitReader in = new BitReader(bytes);
        int count = (int) in.read(16);
        List<Sample> samples = new ArrayList<>();
        long zigzag = in.varint();
        long time = zigzag >>> 1 ^ -(zigzag & 1);
        long value = in.read(64);
        samples.add(new Sample(time, value));
        long distance = 0;
        int leading = 0;
        int width = 0;
        while (samples.size() < count) {
            distance = samples.size() == 1 ? in.varint() : distance + in.change();
            time += distance;
            if (in.read(1) == 1) {
                if (in.read(1) == 1) {
                    leading = (int) in.read(5);
                    width = (int) in.read(6);
                    width = width == 0 ? 64 : width;
                }
                value ^= in.read(width) << 64 - leading - width;
            }
            samples.add(new Sample(time, value));
        }
        return samples;
    }

    private static final class BitReader {
        private static final int[] WIDTHS = {0, 14, 17, 20, 64};

        private final ByteBuffer bytes;
        private int at;

        BitReader(byte[] bytes) {
            this.bytes = ByteBuffer.wrap(bytes);
        }

        long read(int width) {
            long result = 0;
            for (int i = 0; i < width; i++, at++) {
                result = result << 1 | bytes.get(at >>> 3) >>> 7 - (at & 7) & 1;
            }
            return result;
        }

        long varint() {
            long result = 0;
            for (int shift = 0; ; shift += 7) {
                long next = read(8);
                result |= (next & 0x7f) << shift;
                if (next < 0x80) {
                    return result;
                }
            }
        }

        long change() {
            int ones = 0;
            while (ones < 4 && read(1) == 1) {
                ones++;
            }
            int width = WIDTHS[ones];
            long change = read(width);
            return width > 0 && width < 64 && change > 1L << width - 1 ? change - (1L << width) : change;
        }
    }
}
