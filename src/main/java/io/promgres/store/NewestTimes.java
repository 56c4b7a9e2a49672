package io.promgres.store;

import java.util.Arrays;

/**
 * The newest time that was written for each group: a map from long to long in 16 bytes an entry, at most half full. A group
 * that was never written counts as new. Not thread-safe.
 */
final class NewestTimes {

    private static final int MOST = 1 << 22;

    // A group is above 0; 0 is free.
    private long[] groups = new long[1024];
    private long[] times = new long[1024];
    private int size;

    boolean isNew(long group, long time) {
        int at = find(group);
        return groups[at] == 0 || time > times[at];
    }

    void note(long group, long time) {
        int at = find(group);
        if (groups[at] == group) {
            times[at] = Math.max(times[at], time);
            return;
        }
        groups[at] = group;
        times[at] = time;
        if (++size * 2 > groups.length) {
            grow();
        }
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
        long[] oldTimes = times;
        if (oldGroups.length == MOST) {
            // To forget costs one failed COPY.
            Arrays.fill(groups, 0);
            size = 0;
            return;
        }
        groups = new long[oldGroups.length * 2];
        times = new long[oldGroups.length * 2];
        for (int i = 0; i < oldGroups.length; i++) {
            if (oldGroups[i] != 0) {
                int at = find(oldGroups[i]);
                groups[at] = oldGroups[i];
                times[at] = oldTimes[i];
            }
        }
    }
}
