package io.promgres.promql;

/** The samples of a series in the range that ends at a time: after its start, up to its end. Reused from time to time. */
final class Window {

    long[] times;
    double[] values;
    int from;
    int to;
    /** The time of the evaluation, which an offset does not move. */
    long now;
    /** Where the range ends. */
    long end;

    long range;

    int size() {
        return to - from;
    }

    double last() {
        return values[to - 1];
    }
}
