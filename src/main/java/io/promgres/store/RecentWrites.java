package io.promgres.store;

import java.util.Arrays;

/**
 * What a writer has written of late: for each group, its newest times, and of which series it has stored a value for them. It
 * tells which rows can be stored as a further part of what is there, without a look into the database: if another daemon
 * writes parts of the same rows, the number of a part is taken, and the database says so.
 *
 * <p>A hash table from groups to their times, at most half full. Not thread-safe.
 */
final class RecentWrites {

    /** No part number: what is stored has to be looked at. */
    static final int UNKNOWN = -1;

    /** Of a group. Senders of one target that are further apart than this many scrapes have their rows looked up. */
    static final int MOST_TIMES = 16;

    private static final int MOST_GROUPS = 1 << 20;

    // A group is above 0; 0 is free.
    private long[] groups = new long[1024];
    private Times[] times = new Times[1024];
    private int size;

    /** The newest times of a group. */
    private static final class Times {

        private long[] millis = new long[1];
        // Series that have a value, as LandingRows.present() has them.
        private long[] present = new long[1];
        // How many parts there are, or UNKNOWN.
        private byte[] parts = new byte[1];
        private int size;
        // Nothing is known of this time and those before it, but for the ones above.
        private long unknownUntil = Long.MIN_VALUE;

        int find(long time) {
            // The newest ones are at the end.
            int i = size - 1;
            while (i >= 0 && millis[i] != time) {
                i--;
            }
            return i;
        }

        int add(long time) {
            if (size == MOST_TIMES) {
                removeOldest();
            } else if (size == millis.length) {
                int length = size * 4;
                millis = Arrays.copyOf(millis, length);
                present = Arrays.copyOf(present, length);
                parts = Arrays.copyOf(parts, length);
            }
            millis[size] = time;
            present[size] = 0;
            parts[size] = 0;
            return size++;
        }

        private void removeOldest() {
            int oldest = 0;
            for (int i = 1; i < size; i++) {
                if (millis[i] < millis[oldest]) {
                    oldest = i;
                }
            }
            unknownUntil = Math.max(unknownUntil, millis[oldest]);
            int rest = --size - oldest;
            System.arraycopy(millis, oldest + 1, millis, oldest, rest);
            System.arraycopy(present, oldest + 1, present, oldest, rest);
            System.arraycopy(parts, oldest + 1, parts, oldest, rest);
        }

        void forget() {
            while (size > 0) {
                removeOldest();
            }
        }
    }

    /**
     * The number that a row can have as a part.
     *
     * @param present its series, as {@link io.promgres.model.LandingRows#present} has them
     * @return {@link #UNKNOWN} if it may have a value that is stored already
     */
    int next(long group, long time, long present) {
        int at = find(group);
        if (groups[at] == 0) {
            return 0;
        }
        Times of = times[at];
        int i = of.find(time);
        if (i < 0) {
            return time > of.unknownUntil ? 0 : UNKNOWN;
        }
        return (of.present[i] & present) == 0 ? of.parts[i] : UNKNOWN;
    }

    /**
     * A row has been written.
     *
     * @param part its number, as {@link #next} gave it
     */
    void note(long group, long time, long present, int part) {
        Times of = of(group);
        int i = of.find(time);
        if (i < 0) {
            if (time <= of.unknownUntil) {
                return;
            }
            i = of.add(time);
        }
        of.present[i] = part == UNKNOWN ? -1 : of.present[i] | present;
        of.parts[i] = (byte) (part + 1);
    }

    /** Forgets the rows, but not which times they had. */
    void forget() {
        for (Times of : times) {
            if (of != null) {
                of.forget();
            }
        }
    }

    private Times of(long group) {
        int at = find(group);
        if (groups[at] == 0) {
            if (++size * 2 > groups.length) {
                grow();
                at = find(group);
            }
            groups[at] = group;
            times[at] = new Times();
        }
        return times[at];
    }

    private int find(long group) {
        int mask = groups.length - 1;
        int at = (int) (group * 0x9E3779B97F4A7C15L >>> 32) & mask;
        while (groups[at] != group && groups[at] != 0) {
            at = at + 1 & mask;
        }
        return at;
    }

    private void grow() {
        long[] oldGroups = groups;
        Times[] oldTimes = times;
        if (oldGroups.length >= 2 * MOST_GROUPS) {
            // To forget costs one failed COPY.
            Arrays.fill(groups, 0);
            Arrays.fill(times, null);
            size = 1;
            return;
        }
        groups = new long[oldGroups.length * 2];
        times = new Times[oldGroups.length * 2];
        for (int i = 0; i < oldGroups.length; i++) {
            if (oldGroups[i] != 0) {
                int at = find(oldGroups[i]);
                groups[at] = oldGroups[i];
                times[at] = oldTimes[i];
            }
        }
    }
}
