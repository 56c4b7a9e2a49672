package io.promgres.remotewrite;

import io.promgres.model.LabelSet;
import io.promgres.model.SeriesStart;
import io.promgres.model.StartIndex;
import java.util.ArrayList;
import java.util.List;

/**
 * The starts that came with the samples of a series, each that follows another one, and those of the whole request that are
 * not stored yet. A series whose start is known costs one look-up. One thread at a time.
 */
final class StartTimestamps {

    /** As many changes within a request are taken: a series that restarts more often lies. */
    private static final int MOST_CHANGES = 64;

    private final StartIndex index;
    private final long[] starts = new long[MOST_CHANGES];
    private final long[] times = new long[MOST_CHANGES];
    private int size;
    private List<SeriesStart> fresh = List.of();

    StartTimestamps(StartIndex index) {
        this.index = index;
    }

    void beginRequest() {
        fresh = List.of();
    }

    void beginSeries() {
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

    /** Whether nothing came, or what is stored already. */
    boolean isKnown(long address) {
        return size == 0 || size == 1 && index.isKnown(address, starts[0]);
    }

    /** Takes the starts of the series that are times which can be stored. */
    void keep(LabelSet series, RejectionCollector refusals) {
        for (int i = 0; i < size; i++) {
            if (refusals.unstorable(starts[i]) == null) {
                if (fresh.isEmpty()) {
                    fresh = new ArrayList<>();
                }
                fresh.add(new SeriesStart(series, starts[i], times[i]));
            }
        }
    }

    /** What is not stored yet. */
    List<SeriesStart> fresh() {
        return fresh;
    }
}
