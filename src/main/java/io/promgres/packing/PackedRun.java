package io.promgres.packing;

/**
 * A row of a metric's table: the values of a series at consecutive ticks of a time vector.
 *
 * @param first the tick of the first value, from 1
 */
record PackedRun(long vectorId, long seriesId, int first, EncodedValues values) {

    /** The tick of the last value. */
    int last() {
        return first + values.length() - 1;
    }
}
