package io.promgres.series;

import io.promgres.model.SeriesAddress;
import io.promgres.model.StartIndex;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The start of each series that was stored last, by its address: 8 bytes a series, for those series only whose sender says
 * when they began. Thread-safe; {@link Removals} keeps it free of series that are gone.
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
        return group != null && group.get(SeriesAddress.slot(address) - 1) == start;
    }

    void put(long address, long start) {
        groups.computeIfAbsent(SeriesAddress.group(address), group -> new AtomicLongArray(SeriesAddress.SLOTS))
                .set(SeriesAddress.slot(address) - 1, start);
    }

    void forget(long address) {
        AtomicLongArray group = groups.get(SeriesAddress.group(address));
        if (group != null) {
            group.set(SeriesAddress.slot(address) - 1, NONE);
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
