package io.promgres.packing;

/**
 * The values of a run in the form in which a row of {@code prom_data.packed} holds them.
 *
 * @param kind see {@link Kind}
 * @param baseBits of CONSTANT the value's 64 bits; of SHORTS, INTS and LINE the bits of a whole number
 * @param scale of SHORTS and INTS a power of ten, of LINE that over a power of two, else 1
 * @param elements of SHORTS, INTS and LINE what is added to the base, of FLOATS the values' 64 bits; empty for CONSTANT
 * @param length the number of values
 * @param last the 64 bits of the last value, if it has no element because it is not like the others; else null
 * @param line of LINE what is added besides, else null
 */
public record EncodedValues(Kind kind, long baseBits, double scale, long[] elements, int length, Long last, Line line) {

    /** The forms. */
    public enum Kind {
        CONSTANT(0),
        SHORTS(1),
        INTS(2),
        FLOATS(3),
        LINE(4);

        private final int code;

        Kind(int code) {
            this.code = code;
        }

        /** The number that stands for it in the database. It is on users' disks, and stays as it is. */
        public int code() {
            return code;
        }

        /**
         * The form of a run, by its column kind.
         *
         * @throws IllegalArgumentException if no form has this number
         */
        public static Kind ofRun(int kind) {
            return of(kind % PackedRun.SPECIAL);
        }

        /** @throws IllegalArgumentException if no form has this number */
        public static Kind of(int code) {
            for (Kind kind : values()) {
                if (kind.code == code) {
                    return kind;
                }
            }
            throw new IllegalArgumentException("no form of values has the number " + code);
        }
    }

    /**
     * The most values of a run. Two rows of so many floats fill a page of 8 KiB. Longer runs were no smaller: what is saved of
     * headers is lost behind the last row of each page.
     */
    public static final int MOST = 484;

    private static final int ARRAY_BYTES = 24;

    /** The columns slope and width, and a header. */
    private static final int LINE_BYTES = 24;

    public EncodedValues(Kind kind, long baseBits, double scale, long[] elements, int length, Long last) {
        this(kind, baseBits, scale, elements, length, last, null);
    }

    /** Numbers off a line, which begin at a base. */
    static EncodedValues along(Line line, long base, double scale, long[] elements) {
        long bits = Double.doubleToRawLongBits((double) base);
        return new EncodedValues(Kind.LINE, bits, scale, elements, elements.length, null, line);
    }

    /** The smallest form of values without a line, all in one piece. */
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
        return new EncodedValues(kind, baseBits, scale, elements, length + 1, bits, line);
    }

    /** Whether values are whole numbers over a scale. */
    boolean hasNumbers() {
        return kind == Kind.SHORTS || kind == Kind.INTS || kind == Kind.LINE;
    }

    /** Bytes of the values in a row, and of what only their form needs. */
    int bytes() {
        return switch (kind) {
            case CONSTANT -> 0;
            case SHORTS -> ARRAY_BYTES + elements.length * Short.BYTES;
            case INTS -> ARRAY_BYTES + elements.length * Integer.BYTES;
            case FLOATS -> ARRAY_BYTES + elements.length * Double.BYTES;
            case LINE -> LINE_BYTES + (elements.length * line.width() + Byte.SIZE - 1) / Byte.SIZE;
        };
    }

    /** The 64 bits of a value of a form without a line. */
    public long bits(int i) {
        return bits(i, 0);
    }

    /**
     * The 64 bits of a value, by the operations of the metric views.
     *
     * @param tick of the value
     */
    long bits(int i, int tick) {
        if (last != null && i == length - 1) {
            return last;
        }
        double base = Double.longBitsToDouble(baseBits);
        return switch (kind) {
            case CONSTANT -> baseBits;
            case FLOATS -> elements[i];
            case SHORTS, INTS -> Double.doubleToRawLongBits((base + elements[i]) / scale);
            case LINE -> Double.doubleToRawLongBits((base + (line.at(tick) + elements[i])) / scale);
        };
    }
}
