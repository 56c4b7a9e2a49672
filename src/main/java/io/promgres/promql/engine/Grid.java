package io.promgres.promql.engine;

/**
 * The times at which an expression is evaluated, in milliseconds.
 *
 * @param end inclusive; the last step is at or before it
 * @param step greater than 0 where there is more than one time
 */
record Grid(long start, long end, long step) {

    /** A single time. */
    static Grid at(long time) {
        return new Grid(time, time, 1);
    }

    int steps() {
        return end < start ? 0 : (int) ((end - start) / step) + 1;
    }

    long time(int i) {
        return start + i * step;
    }

    boolean isInstant() {
        return start == end;
    }
}
