package io.promgres.tiers;

import java.util.Arrays;

/** The times of a time vector: milliseconds since the epoch, by tick, counted from 1. Immutable. */
final class VectorTimes {

    private static final int OBJECT_BYTES = 96;

    private final long first;
    private final int step;
    private final int[] offsets;

    /** @param offsets null if the times are a step apart */
    private VectorTimes(long first, int step, int[] offsets) {
        this.first = first;
        this.step = step;
        this.offsets = offsets;
    }

    /** @param times at index tick - 1, ascending */
    static VectorTimes of(long[] times, int length) {
        int step = length > 1 ? (int) (times[1] - times[0]) : 0;
        boolean regular = true;
        for (int i = 1; i < length && regular; i++) {
            regular = times[i] - times[i - 1] == step;
        }
        if (regular) {
            return new VectorTimes(times[0], step, null);
        }
        return new VectorTimes(
                times[0],
                0,
                Arrays.stream(times, 0, length)
                        .mapToInt(time -> (int) (time - times[0]))
                        .toArray());
    }

    long at(int tick) {
        return first + (offsets == null ? (long) step * (tick - 1) : offsets[tick - 1]);
    }

    /** The times of ticks one after the other. */
    void fill(int tick, int count, long[] into, int at) {
        if (offsets == null) {
            long time = at(tick);
            for (int i = 0; i < count; i++, time += step) {
                into[at + i] = time;
            }
        } else {
            for (int i = 0; i < count; i++) {
                into[at + i] = first + offsets[tick - 1 + i];
            }
        }
    }

    /** The first tick of {@code [from, to]} whose time is not before; to + 1 if there is none. */
    int notBefore(long time, int from, int to) {
        int low = from;
        int high = to + 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (at(middle) < time) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    int bytes() {
        return OBJECT_BYTES + (offsets == null ? 0 : Integer.BYTES * offsets.length);
    }
}
