package io.promgres.remotewrite;

import java.util.Arrays;

/** The samples of one series of a message, until it is known where they belong. A growable buffer, reused. */
final class SeriesSamples {

    /** Room for up to this many samples is kept. */
    private static final int ALWAYS_KEPT = 1 << 14;

    private long[] times = new long[16];
    private long[] bits = new long[16];
    private int size;

    void clear() {
        size = 0;
        if (times.length > ALWAYS_KEPT) {
            resize(16);
        }
    }

    void add(long time, long valueBits) {
        if (size == times.length) {
            resize(size * 2);
        }
        set(size++, time, valueBits);
    }

    private void resize(int capacity) {
        times = Arrays.copyOf(times, capacity);
        bits = Arrays.copyOf(bits, capacity);
    }

    void set(int i, long time, long valueBits) {
        times[i] = time;
        bits[i] = valueBits;
    }

    void truncate(int newSize) {
        size = newSize;
    }

    int size() {
        return size;
    }

    /** Milliseconds since the epoch. */
    long time(int i) {
        return times[i];
    }

    long bits(int i) {
        return bits[i];
    }

    long[] copyOfTimes() {
        return Arrays.copyOf(times, size);
    }

    long[] copyOfBits() {
        return Arrays.copyOf(bits, size);
    }
}
