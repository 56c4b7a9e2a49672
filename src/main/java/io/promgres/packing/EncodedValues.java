package io.promgres.packing;

/**
 * The values of a run in the form in which a row of a metric's table holds them.
 *
 * @param kind see {@link Kind}
 * @param baseBits of CONSTANT the value's 64 bits; of SHORTS and INTS the bits of a whole number
 * @param scale of SHORTS and INTS a power of ten, else 1
 * @param elements of SHORTS and INTS what is added to the base, of FLOATS the values' 64 bits; empty for CONSTANT
 * @param length the number of values
 * @param last the 64 bits of the last value, if it has no element because it is not like the others; else null
 */
public record EncodedValues(Kind kind, long baseBits, double scale, long[] elements, int length, Long last) {

    /** The forms, by the number that stands for them in the database. */
    public enum Kind {
        CONSTANT,
        SHORTS,
        INTS,
        FLOATS
    }

    /** The smallest form of values, all in one piece. */
    public static EncodedValues of(long[] bits) {
        return Encoding.piece(bits, 0, bits.length);
    }

    static EncodedValues constant(long bits, int length) {
        return new EncodedValues(Kind.CONSTANT, bits, 1, new long[0], length, null);
    }

    static EncodedValues floats(long[] bits, int from, int to) {
        return new EncodedValues(Kind.FLOATS, 0, 1, java.util.Arrays.copyOfRange(bits, from, to), to - from, null);
    }

    static EncodedValues shorts(long[] bits, int from, int to, long base, double scale) {
        return integers(Kind.SHORTS, bits, from, to, base, scale);
    }

    static EncodedValues ints(long[] bits, int from, int to, long base, double scale) {
        return integers(Kind.INTS, bits, from, to, base, scale);
    }

    private static EncodedValues integers(Kind kind, long[] bits, int from, int to, long base, double scale) {
        long[] elements = new long[to - from];
        for (int i = from; i < to; i++) {
            elements[i - from] = (long) Math.rint(Double.longBitsToDouble(bits[i]) * scale) - base;
        }
        return new EncodedValues(kind, Double.doubleToRawLongBits((double) base), scale, elements, to - from, null);
    }

    /** These values and one more, which is not like them. */
    EncodedValues followedBy(long bits) {
        return new EncodedValues(kind, baseBits, scale, elements, length + 1, bits);
    }

    /** The 64 bits of a value, by the operations of the metric views. */
    public long bits(int i) {
        if (last != null && i == length - 1) {
            return last;
        }
        return switch (kind) {
            case CONSTANT -> baseBits;
            case FLOATS -> elements[i];
            case SHORTS, INTS -> Double.doubleToRawLongBits((Double.longBitsToDouble(baseBits) + elements[i]) / scale);
        };
    }
}
