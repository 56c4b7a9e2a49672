package io.promgres.remotewrite;

/** When the counting of a series began, each start that follows another one. */
final class SeriesStarts {

    /** As many changes within a request are taken: a series that restarts more often lies. */
    private static final int MOST_CHANGES = 64;

    private final long[] starts = new long[MOST_CHANGES];
    private final long[] times = new long[MOST_CHANGES];
    private int size;

    void clear() {
        size = 0;
    }

    /**
     * Takes the start of a sample.
     *
     * @param start milliseconds since the epoch; 0 is none
     * @param time of the sample
     */
    void add(long start, long time) {
        if (start == 0 || size > 0 && starts[size - 1] == start || size == MOST_CHANGES) {
            return;
        }
        starts[size] = start;
        times[size++] = time;
    }

    int size() {
        return size;
    }

    /** Milliseconds since the epoch. */
    long start(int i) {
        return starts[i];
    }

    /** The first sample that came with it, milliseconds since the epoch. */
    long time(int i) {
        return times[i];
    }
}
