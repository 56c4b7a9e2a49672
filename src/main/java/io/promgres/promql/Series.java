package io.promgres.promql;

import java.util.Arrays;

/**
 * A series of a vector at each time of a grid.
 *
 * @param dropName whether the metric's name goes at the end
 * @param values at each time; {@link #ABSENT} where it has none
 */
record Series(Labels labels, boolean dropName, double[] values) {

    /** The bits of no value: those of a stale marker, which is never one. */
    static final long ABSENT_BITS = 0x7ff0000000000002L;

    static final double ABSENT = Double.longBitsToDouble(ABSENT_BITS);

    static boolean isAbsent(double value) {
        return value != value && Double.doubleToRawLongBits(value) == ABSENT_BITS;
    }

    static double[] nothing(int size) {
        double[] values = new double[size];
        Arrays.fill(values, ABSENT);
        return values;
    }

    boolean isEmpty() {
        for (double value : values) {
            if (!isAbsent(value)) {
                return false;
            }
        }
        return true;
    }

    /** The labels that it has in the end. */
    Labels finalLabels() {
        return dropName ? labels.withoutName() : labels;
    }
}
