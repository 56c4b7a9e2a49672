package io.promgres.packing;

import java.util.BitSet;

/**
 * The ticks of a time vector at which a run has values: all from the first to the last, or some of them.
 *
 * @param first counted from 1; there is a value
 * @param count of the values
 * @param present where ticks are left out, bit i says whether tick first + i has a value; null if none is left out
 */
record Ticks(int first, int count, BitSet present) {

    /** Ticks of which none is left out. */
    static Ticks all(int first, int count) {
        return new Ticks(first, count, null);
    }

    /** @param present its bit 0 is set */
    static Ticks some(int first, BitSet present) {
        int count = present.cardinality();
        return new Ticks(first, count, present.length() == count ? null : present);
    }

    boolean hasHoles() {
        return present != null;
    }

    int last() {
        return first + (present == null ? count : present.length()) - 1;
    }

    /** The tick of each value. */
    int[] numbers() {
        int[] numbers = new int[count];
        int tick = first;
        for (int i = 0; i < count; i++) {
            numbers[i] = tick;
            tick = after(tick);
        }
        return numbers;
    }

    /** Those of the values {@code [from, to)}. */
    Ticks slice(int from, int to) {
        if (present == null) {
            return all(first + from, to - from);
        }
        int begin = bit(from);
        int end = bit(to - 1);
        return some(first + begin, present.get(begin, end + 1));
    }

    /** The bit of a value. */
    private int bit(int value) {
        int bit = present.nextSetBit(0);
        for (int i = 0; i < value; i++) {
            bit = present.nextSetBit(bit + 1);
        }
        return bit;
    }

    /** The tick that has the next value behind a tick. */
    int after(int tick) {
        return present == null ? tick + 1 : first + present.nextSetBit(tick - first + 1);
    }
}
