package io.promgres.series;

import io.promgres.model.SeriesAddress;
import io.promgres.model.StartIndex;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The start of each series that was stored last, by its address, with the time of the sample that it came with: 16 bytes a
 * series, for those series only whose sender says when they began. Thread-safe; {@link Removals} keeps it free of series that
 * are gone.
 */
public final class KnownStarts implements StartIndex {

    /** The time that stands for none, as on the wire. */
    private static final long NONE = 0;

    private final Map<Long, AtomicLongArray> groups = new ConcurrentHashMap<>();

    @Override
    public boolean isKnown(long address, long start) {
        if (address == SeriesAddress.UNKNOWN) {
            return false;
        }
        AtomicLongArray group = groups.get(SeriesAddress.group(address));
        return group != null && group.get(at(address)) == start;
    }

    @Override
    public boolean continues(long address, long start, long time) {
        AtomicLongArray group = address == SeriesAddress.UNKNOWN ? null : groups.get(SeriesAddress.group(address));
        if (group == null || group.get(at(address)) == NONE || group.get(at(address) + 1) != start) {
            return false;
        }
        group.set(at(address), start);
        group.set(at(address) + 1, time);
        return true;
    }

    void put(long address, long start, long time) {
        AtomicLongArray group = groups.computeIfAbsent(
                SeriesAddress.group(address), number -> new AtomicLongArray(2 * SeriesAddress.SLOTS));
        group.set(at(address), start);
        group.set(at(address) + 1, time);
    }

    /** Where the start of a series stands in the array of its group; behind it, the time of the sample that it came with. */
    private static int at(long address) {
        return 2 * (SeriesAddress.slot(address) - 1);
    }

    void forget(long address) {
        AtomicLongArray group = groups.get(SeriesAddress.group(address));
        if (group != null) {
            group.set(at(address), NONE);
            group.set(at(address) + 1, NONE);
            if (isEmpty(group)) {
                // What is put into it meanwhile is not known, and stored once more.
                groups.remove(SeriesAddress.group(address), group);
            }
        }
    }

    private static boolean isEmpty(AtomicLongArray group) {
        for (int i = 0; i < group.length(); i++) {
            if (group.get(i) != NONE) {
                return false;
            }
        }
        return true;
    }

    /** Groups of which a start is known. */
    int groups() {
        return groups.size();
    }

    void clear() {
        groups.clear();
    }
}
