package io.promgres.packing;

/**
 * A row of a metric's table: the values of a series at ticks of a time vector.
 *
 * @param ticks as many as there are values
 */
record PackedRun(long vectorId, long seriesId, Ticks ticks, EncodedValues values) {

    /** What is added to the kind of values where ticks are left out, or the last value stands alone. */
    static final int SPECIAL = EncodedValues.Kind.values().length;

    /** The number in the column kind. */
    int kind() {
        boolean special = ticks.hasHoles() || values.last() != null;
        return values.kind().ordinal() + (special ? SPECIAL : 0);
    }

    /** @param times of the vector, at index tick - 1 */
    Samples samples(long[] times) {
        Samples samples = new Samples(values.length());
        int tick = ticks.first();
        for (int i = 0; i < values.length(); i++) {
            samples.add(times[tick - 1], values.bits(i));
            tick = ticks.after(tick);
        }
        return samples;
    }
}
