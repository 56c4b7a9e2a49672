package io.promgres.packing;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.packing.EncodedValues.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Values come back with the same 64 bits, in the form that takes fewest. What SQL gives back: {@link PackingIT}. */
class EncodingTest {

    private static final int TICKS = 480;
    private static final long STALE = 0x7ff0000000000002L;

    private final Random random = new Random(1);

    @Test
    void randomValuesOfAllKindsComeBackBitForBit() {
        for (int round = 0; round < 4_000; round++) {
            int length = 1 + (int) Math.exp(random.nextDouble() * Math.log(TICKS - 1));
            long[] bits = longs(length, values(round));
            if (round % 3 == 0) {
                bits[random.nextInt(length)] = special();
            }
            if (round % 5 == 0) {
                bits[length - 1] = STALE;
            }
            boolean holes = round % 4 == 0;
            int[] ticks = holes ? someTicks(length) : ticks(1 + random.nextInt(TICKS - length + 1), length);

            assertThat(decoded(bits, ticks, round % 2 == 0))
                    .as("round %d", round)
                    .containsExactly(bits);
        }
    }

    @Test
    void aCounterOnASteepLineTakesTheBitsOfItsJitter() {
        EncodedValues values =
                encoded(i -> doubleBits(Math.rint(1e12 + 12_345_678.0 * i + random.nextInt(1000)) / 1000));

        assertThat(values.kind()).isEqualTo(Kind.LINE);
        assertThat(values.line().width()).isEqualTo(10);
        assertThat(values.scale()).isEqualTo(1000);
    }

    @Test
    void valuesOnALineTakeNoBits() {
        EncodedValues values = encoded(i -> doubleBits(1_700_000_000 + 15 * i));

        assertThat(values.line()).isEqualTo(new Line(15 * 4096, 0));
        assertThat(encoded(i -> doubleBits(3 + i / 4)).line().width()).isLessThanOrEqualTo(1);
    }

    @Test
    void pagesOfBytesTakeTheBitsOfTheirNumber() {
        EncodedValues values = encoded(i -> doubleBits(4096.0 * (1_000_000 + random.nextInt(60))));

        assertThat(values.scale()).isEqualTo(1 / 4096.0);
        assertThat(values.line().width()).isEqualTo(6);
    }

    @Test
    void nanosecondsAndBinaryFractionsAreNumbersToo() {
        EncodedValues nanos = encoded(i -> doubleBits(random.nextInt(1 << 17) / 1e9));
        assertThat(nanos.line().width()).isLessThanOrEqualTo(18);

        EncodedValues fractions = encoded(i -> doubleBits(0.5 + random.nextInt(1 << 20) * 0x1p-40));
        assertThat(fractions.scale()).isEqualTo(0x1p40);
        assertThat(fractions.line().width()).isEqualTo(20);
    }

    @Test
    void wholeNumbersBeyond53BitsAreNumbersOverAPowerOfTwo() {
        EncodedValues values = encoded(i -> doubleBits(0x1p60 + 256.0 * random.nextInt(100)));

        assertThat(values.line().width()).isEqualTo(7);
        assertThat(values.scale()).isEqualTo(0x1p-8);
    }

    @Test
    void noBitsAreSavedWithoutNumbers() {
        assertThat(encoded(i -> random.nextLong() >>> 2).kind()).isEqualTo(Kind.FLOATS);
        assertThat(encoded(i -> i % 2 == 0 ? 0 : doubleBits(-0.0)).kind()).isEqualTo(Kind.FLOATS);
        assertThat(encoded(i -> 1 + random.nextInt(100)).kind())
                .as("subnormals")
                .isEqualTo(Kind.FLOATS);
    }

    @Test
    void whereBitsAreNoFewerTheFormIsTakenThatIsReadFaster() {
        assertThat(encoded(i -> doubleBits(i * 40_503L & 0xffff)).kind()).isEqualTo(Kind.SHORTS);
        assertThat(encoded(i -> doubleBits(i * 2_654_435_761L & 0xffffffffL)).kind())
                .isEqualTo(Kind.INTS);
        assertThat(encoded(i -> doubleBits(7)).kind()).isEqualTo(Kind.CONSTANT);
    }

    @Test
    void noSlopeLeavesALesserRange() {
        for (int round = 0; round < 300; round++) {
            int[] ticks = round % 2 == 0 ? ticks(1, 40) : someTicks(40);
            long[] numbers = new long[ticks.length];
            double speed = random.nextGaussian() * 100;
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = Math.round(speed * ticks[i] + random.nextGaussian() * 50);
            }
            double least = range(ticks, numbers, Line.slope(ticks, numbers));
            for (int i = 0; i < numbers.length; i++) {
                for (int j = 0; j < i; j++) {
                    double slope = (double) (numbers[i] - numbers[j]) / (ticks[i] - ticks[j]);
                    assertThat(least).isLessThanOrEqualTo(range(ticks, numbers, slope) + 1e-6);
                }
            }
        }
    }

    private static double range(int[] ticks, long[] numbers, double slope) {
        double[] rests = IntStream.range(0, ticks.length)
                .mapToDouble(i -> numbers[i] - slope * ticks[i])
                .sorted()
                .toArray();
        return rests[rests.length - 1] - rests[0];
    }

    private EncodedValues encoded(IntToLongFunction values) {
        List<EncodedValues> encoded = new ArrayList<>();
        Encoding.encode(longs(TICKS, values), ticks(1, TICKS), true, encoded::add);
        assertThat(encoded).hasSize(1);
        return encoded.get(0);
    }

    private static long[] decoded(long[] bits, int[] ticks, boolean lastAlone) {
        List<EncodedValues> encoded = new ArrayList<>();
        Encoding.encode(bits, ticks, lastAlone, encoded::add);
        long[] decoded = new long[bits.length];
        int at = 0;
        for (EncodedValues values : encoded) {
            for (int i = 0; i < values.length(); i++, at++) {
                decoded[at] = values.bits(i, ticks[at]);
            }
        }
        return Arrays.copyOf(decoded, at);
    }

    private static long[] longs(int length, IntToLongFunction values) {
        return IntStream.range(0, length).mapToLong(values).toArray();
    }

    private static int[] ticks(int first, int length) {
        return IntStream.range(first, first + length).toArray();
    }

    private int[] someTicks(int length) {
        return random.ints(1, TICKS + 1).distinct().limit(length).sorted().toArray();
    }

    private static long doubleBits(double value) {
        return Double.doubleToRawLongBits(value);
    }

    private long special() {
        return switch (random.nextInt(5)) {
            case 0 -> random.nextLong() | 0x7ff0000000000001L;
            case 1 -> doubleBits(Double.POSITIVE_INFINITY);
            case 2 -> doubleBits(-0.0);
            case 3 -> doubleBits(Double.MIN_VALUE);
            default -> random.nextLong();
        };
    }

    private IntToLongFunction values(int round) {
        long some = random.nextLong();
        double speed = Math.exp(random.nextGaussian() * 8);
        double base = Math.rint(random.nextGaussian() * 1e9);
        double scale = Math.pow(10, random.nextInt(10));
        return switch (round % 11) {
            case 0 -> i -> some;
            case 1 -> i -> doubleBits(Math.rint(base + speed * i + random.nextDouble() * speed));
            case 2 -> i -> doubleBits(Math.rint(base + speed * i) / scale);
            case 3 -> i -> doubleBits(i % 97 == 96 ? 0 : Math.rint(speed * i + random.nextInt(100)) / scale);
            case 4 -> i -> doubleBits(0x1p53 + 2.0 * random.nextInt(1 << 30));
            case 5 -> i -> random.nextLong();
            case 6 -> i -> random.nextLong() >>> 12 + random.nextInt(50);
            case 7 -> i -> doubleBits(random.nextBoolean() ? -0.0 : random.nextInt(3));
            case 8 -> i -> doubleBits(Math.scalb(base + random.nextInt(1000), (int) (some % 1000)));
            case 9 -> i -> doubleBits(0.1 * i);
            default -> i -> doubleBits(Math.scalb(random.nextDouble(), random.nextInt(20) - 10));
        };
    }
}
