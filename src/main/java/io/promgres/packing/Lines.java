package io.promgres.packing;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Finds the form of values as whole numbers off a line over a scale, in as few bits as the greatest of them needs.
 *
 * <p>The scale is a power of ten, or of two: any doubles whose mantissas line up are whole numbers below 2^53 over a power of
 * two. Numbers that are multiples of a power of two are divided by it, the scale too.
 */
final class Lines {

    /** The most bits of an element. */
    static final int WIDEST = 53;

    private static final int MANTISSA = 52;
    private static final int EXPONENT_OF_ONE = 1075;
    private static final double LARGEST = 1L << WIDEST;

    private Lines() {}

    /** Values as {@code numbers[i] / scale}. */
    private record Whole(long[] numbers, double scale) {

        Whole divided() {
            long all = 0;
            for (long number : numbers) {
                all |= number;
            }
            int zeros = all == 0 ? 0 : Long.numberOfTrailingZeros(all);
            long[] quotients = new long[numbers.length];
            for (int i = 0; i < numbers.length; i++) {
                quotients[i] = numbers[i] >> zeros;
            }
            return new Whole(quotients, scale / (1L << zeros));
        }
    }

    /**
     * What is left of numbers when a line is taken off.
     *
     * @param least of the rests
     */
    private record Rests(Whole whole, Line line, long least) {

        EncodedValues encoded(int[] ticks) {
            long[] elements = new long[ticks.length];
            for (int i = 0; i < elements.length; i++) {
                elements[i] = whole.numbers()[i] - line.at(ticks[i]) - least;
            }
            return EncodedValues.along(line, least, whole.scale(), elements);
        }
    }

    /**
     * The form with the least bits; null if there is none that gives back each value.
     *
     * @param ticks of the values
     * @param decimal a power of ten over which they are whole, 0 if there is none
     */
    static EncodedValues of(long[] bits, int[] ticks, double decimal) {
        List<Rests> all = new ArrayList<>(4);
        if (decimal != 0) {
            addRests(numbers(bits, decimal), ticks, all);
        }
        addRests(numbers(bits, scaleOfTwo(bits)), ticks, all);
        if (all.isEmpty()) {
            return null;
        }
        Rests fewest = java.util.Collections.min(
                all, Comparator.comparingInt(rests -> rests.line().width()));
        EncodedValues values = fewest.encoded(ticks);
        return fewest.line().width() <= WIDEST && givesBack(values, bits, ticks) ? values : null;
    }

    private static boolean givesBack(EncodedValues values, long[] bits, int[] ticks) {
        for (int i = 0; i < bits.length; i++) {
            if (values.bits(i, ticks[i]) != bits[i]) {
                return false;
            }
        }
        return true;
    }

    /** The least power of two over which all values are whole; infinite if there is none. */
    private static double scaleOfTwo(long[] bits) {
        int lowest = Integer.MAX_VALUE;
        for (long some : bits) {
            int exponent = (int) (some >>> MANTISSA & 0x7ff);
            long mantissa = some & (1L << MANTISSA) - 1 | (exponent == 0 ? 0 : 1L << MANTISSA);
            if (mantissa != 0) {
                int ofLastBit = Math.max(exponent, 1) - EXPONENT_OF_ONE + Long.numberOfTrailingZeros(mantissa);
                lowest = Math.min(lowest, ofLastBit);
            }
        }
        return Math.abs(lowest) > Double.MAX_EXPONENT ? Double.POSITIVE_INFINITY : Math.scalb(1.0, -lowest);
    }

    /** Null if a value is not a whole number over the scale. */
    private static Whole numbers(long[] bits, double scale) {
        long[] numbers = new long[bits.length];
        for (int i = 0; i < bits.length; i++) {
            double whole = Math.rint(Double.longBitsToDouble(bits[i]) * scale);
            if (!(Math.abs(whole) < LARGEST) || Double.doubleToRawLongBits((double) (long) whole / scale) != bits[i]) {
                return null;
            }
            numbers[i] = (long) whole;
        }
        return new Whole(numbers, scale);
    }

    /** Of the flat line, and of the one that leaves the least range. */
    private static void addRests(Whole numbers, int[] ticks, List<Rests> into) {
        if (numbers != null) {
            Whole whole = numbers.divided();
            into.add(rests(whole, 0, ticks));
            into.add(rests(whole, Line.scaled(Line.slope(ticks, whole.numbers())), ticks));
        }
    }

    private static Rests rests(Whole whole, long slope, int[] ticks) {
        Line line = new Line(slope, 0);
        long least = Long.MAX_VALUE;
        long most = Long.MIN_VALUE;
        for (int i = 0; i < ticks.length; i++) {
            long rest = whole.numbers()[i] - line.at(ticks[i]);
            least = Math.min(least, rest);
            most = Math.max(most, rest);
        }
        int width = Long.SIZE - Long.numberOfLeadingZeros(most - least);
        return new Rests(whole, new Line(slope, width), least);
    }
}
