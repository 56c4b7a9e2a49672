package io.promgres.packing;

import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Finds the smallest form of a run of values that gives back the same 64 bits each.
 *
 * <p>Whole and decimal numbers become (base + small integer) / scale, or with a line besides, see {@link Lines}, computed in
 * double precision by {@link EncodedValues#bits} and, with the same operations, by the metric views; a form is taken only if
 * it gives back each value.
 */
final class Encoding {

    private static final double[] SCALES = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};

    /** Up to here double precision holds every whole number. */
    private static final double LARGEST = 1L << 53;

    private Encoding() {}

    /**
     * Encodes values, in pieces if special ones (NaN, infinities) at their start or end would spoil the rest: a stale marker
     * is most often the last one.
     *
     * @param ticks of the values
     * @param lastAlone whether a single special value at the end may stay with the others
     * @param into takes the pieces in order
     */
    static void encode(long[] bits, int[] ticks, boolean lastAlone, Consumer<EncodedValues> into) {
        int head = 0;
        while (head < bits.length && isSpecial(bits[head])) {
            head++;
        }
        int tail = bits.length;
        while (tail > head && isSpecial(bits[tail - 1])) {
            tail--;
        }
        if (head > 0) {
            into.accept(smallest(bits, ticks, 0, head));
        }
        if (lastAlone && tail > head && bits.length - tail == 1) {
            into.accept(followed(bits, ticks, head, tail));
            return;
        }
        if (tail > head) {
            into.accept(smallest(bits, ticks, head, tail));
        }
        if (bits.length > tail) {
            into.accept(smallest(bits, ticks, tail, bits.length));
        }
    }

    private static EncodedValues followed(long[] bits, int[] ticks, int from, int tail) {
        EncodedValues values = smallest(bits, ticks, from, tail);
        return values.kind() == EncodedValues.Kind.FLOATS
                ? EncodedValues.floats(bits, from, tail + 1)
                : values.followedBy(bits[tail]);
    }

    /** Numbers off a line take the longest to read: where they are no smaller, another form is taken. */
    private static EncodedValues smallest(long[] bits, int[] ticks, int from, int to) {
        EncodedValues values = piece(bits, from, to);
        if (values.kind() == EncodedValues.Kind.CONSTANT) {
            return values;
        }
        EncodedValues line = Lines.of(
                Arrays.copyOfRange(bits, from, to), Arrays.copyOfRange(ticks, from, to), decimalScale(bits, from, to));
        return line != null && line.bytes() + bytesBefore(line, ticks, from, to) < values.bytes() ? line : values;
    }

    /** Without holes, elements have the places of their ticks. */
    private static int bytesBefore(EncodedValues line, int[] ticks, int from, int to) {
        boolean holes = ticks[to - 1] - ticks[from] >= to - from;
        return holes ? 0 : ticks[from] * line.line().width() / Byte.SIZE;
    }

    /** The smallest form without a line. */
    static EncodedValues piece(long[] bits, int from, int to) {
        if (isConstant(bits, from, to)) {
            return EncodedValues.constant(bits[from], to - from);
        }
        EncodedValues integers = integers(bits, from, to);
        return integers != null ? integers : EncodedValues.floats(bits, from, to);
    }

    private static boolean isSpecial(long bits) {
        return (bits & 0x7ff0000000000000L) == 0x7ff0000000000000L;
    }

    private static boolean isConstant(long[] bits, int from, int to) {
        for (int i = from + 1; i < to; i++) {
            if (bits[i] != bits[from]) {
                return false;
            }
        }
        return true;
    }

    /** Null if there is no such form. */
    private static EncodedValues integers(long[] bits, int from, int to) {
        double scale = decimalScale(bits, from, to);
        if (scale == 0) {
            return null;
        }
        long least = Long.MAX_VALUE;
        long most = Long.MIN_VALUE;
        for (int i = from; i < to; i++) {
            long whole = (long) Math.rint(Double.longBitsToDouble(bits[i]) * scale);
            least = Math.min(least, whole);
            most = Math.max(most, whole);
        }
        long range = most - least;
        if (range <= 0xffffL) {
            return EncodedValues.shorts(bits, from, to, least + 0x8000L, scale);
        }
        if (range <= 0xffffffffL) {
            return EncodedValues.ints(bits, from, to, least + 0x80000000L, scale);
        }
        return null;
    }

    /** The least power of ten over which the values are whole; 0 if there is none. */
    private static double decimalScale(long[] bits, int from, int to) {
        int scale = 0;
        for (int i = from; i < to; i++) {
            if (!fits(Double.longBitsToDouble(bits[i]), bits[i], SCALES[scale])) {
                if (++scale == SCALES.length) {
                    return 0;
                }
                // What fitted the smaller scale is looked at again.
                i = from - 1;
            }
        }
        return SCALES[scale];
    }

    private static boolean fits(double value, long bits, double scale) {
        double whole = Math.rint(value * scale);
        return Math.abs(whole) < LARGEST - 0x100000000L
                && Double.doubleToRawLongBits((double) (long) whole / scale) == bits;
    }
}
