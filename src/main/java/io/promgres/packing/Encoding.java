package io.promgres.packing;

import java.util.function.Consumer;

/**
 * Finds the smallest form of a run of values that gives back the same 64 bits each.
 *
 * <p>Whole and decimal numbers become (base + small integer) / scale, computed in double precision by {@link
 * EncodedValues#bits} and, with the same operations, by the metric views; a form is taken only if it gives back each value.
 */
final class Encoding {

    private static final double[] SCALES = {1, 10, 100, 1_000, 10_000, 100_000, 1_000_000};

    /** Up to here double precision holds every whole number. */
    private static final double LARGEST = 1L << 53;

    private Encoding() {}

    /**
     * Encodes {@code bits[from, to)}, in pieces if special values (NaN, infinities) at its start or end would spoil the
     * rest: a stale marker is most often the last one.
     *
     * @param lastAlone whether a single special value at the end may stay with the others
     * @param into takes the pieces in order
     */
    static void encode(long[] bits, int from, int to, boolean lastAlone, Consumer<EncodedValues> into) {
        int head = from;
        while (head < to && isSpecial(bits[head])) {
            head++;
        }
        int tail = to;
        while (tail > head && isSpecial(bits[tail - 1])) {
            tail--;
        }
        if (head > from) {
            into.accept(piece(bits, from, head));
        }
        if (lastAlone && tail > head && to - tail == 1) {
            into.accept(followed(bits, head, tail));
            return;
        }
        if (tail > head) {
            into.accept(piece(bits, head, tail));
        }
        if (to > tail) {
            into.accept(piece(bits, tail, to));
        }
    }

    private static EncodedValues followed(long[] bits, int from, int tail) {
        EncodedValues values = piece(bits, from, tail);
        return values.kind() == EncodedValues.Kind.FLOATS
                ? EncodedValues.floats(bits, from, tail + 1)
                : values.followedBy(bits[tail]);
    }

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
        int scale = 0;
        long least = Long.MAX_VALUE;
        long most = Long.MIN_VALUE;
        for (int i = from; i < to; i++) {
            double value = Double.longBitsToDouble(bits[i]);
            while (!fits(value, bits[i], SCALES[scale])) {
                if (++scale == SCALES.length) {
                    return null;
                }
                // What fitted the smaller scale is looked at again.
                i = from;
                value = Double.longBitsToDouble(bits[i]);
                least = Long.MAX_VALUE;
                most = Long.MIN_VALUE;
            }
            long whole = (long) Math.rint(value * SCALES[scale]);
            least = Math.min(least, whole);
            most = Math.max(most, whole);
        }
        long range = most - least;
        if (range <= 0xffffL) {
            return EncodedValues.shorts(bits, from, to, least + 0x8000L, SCALES[scale]);
        }
        if (range <= 0xffffffffL) {
            return EncodedValues.ints(bits, from, to, least + 0x80000000L, SCALES[scale]);
        }
        return null;
    }

    private static boolean fits(double value, long bits, double scale) {
        double whole = Math.rint(value * scale);
        return Math.abs(whole) < LARGEST - 0x100000000L
                && Double.doubleToRawLongBits((double) (long) whole / scale) == bits;
    }
}
