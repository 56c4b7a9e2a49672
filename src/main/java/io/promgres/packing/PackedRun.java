package io.promgres.packing;

/**
 * A row of {@code prom_data.packed}: the values of a series at ticks of a time vector.
 *
 * @param ticks as many as there are values
 */
record PackedRun(int metricId, long vectorId, long seriesId, Ticks ticks, EncodedValues values) {

    /** What is added to the kind of values where ticks are left out, or the last value stands alone. */
    static final int SPECIAL = 8;

    /** The number in the column kind. */
    int kind() {
        boolean special = ticks.hasHoles() || values.last() != null;
        return values.kind().code() + (special ? SPECIAL : 0);
    }

    /** Whether no value is less than the one before it, or not a number. */
    boolean isRising() {
        double before = Double.NEGATIVE_INFINITY;
        int tick = ticks.first();
        for (int i = 0; i < values.length(); i++) {
            double value = Double.longBitsToDouble(values.bits(i, tick));
            if (!(value >= before)) {
                return false;
            }
            before = value;
            tick = ticks.after(tick);
        }
        return true;
    }

    /** Places for elements before the first: elements off a line have the places of their ticks, where none is left out. */
    int placesBefore() {
        return ticks.hasHoles() ? 0 : ticks.first() - 1;
    }

    /** @param times of the vector, at index tick - 1 */
    Samples samples(long[] times) {
        Samples samples = new Samples(values.length());
        int tick = ticks.first();
        for (int i = 0; i < values.length(); i++) {
            samples.add(times[tick - 1], values.bits(i, tick));
            tick = ticks.after(tick);
        }
        return samples;
    }
}
