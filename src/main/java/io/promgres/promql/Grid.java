package io.promgres.promql;

/**
 * The times at which an expression is evaluated.
 *
 * @param start milliseconds since the epoch
 * @param end not before start
 * @param step milliseconds, at least 1; also where there is only one time
 */
record Grid(long start, long end, long step) {

    int size() {
        return (int) ((end - start) / step) + 1;
    }

    long at(int i) {
        return start + i * step;
    }
}
