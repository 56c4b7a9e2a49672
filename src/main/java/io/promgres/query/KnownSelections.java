package io.promgres.query;

import io.promgres.model.PlaceEpoch;
import io.promgres.model.ReadQuery.Matcher;
import io.promgres.remoteread.ReadScope;
import io.promgres.remoteread.SelectedSeries;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which series matchers selected when they were asked for last. It holds for every snapshot of the database that has the same
 * newest place epoch: none has come, none has another place, none has gone that has samples. Thread-safe.
 */
final class KnownSelections {

    private static final long SERIES_BYTES = 160;
    private static final long LABEL_BYTES = 80;

    /** The largest part of the memory that one selection may take. */
    private static final int LARGEST = 4;

    private final long mostBytes;
    private final Map<Key, Known> selections = new LinkedHashMap<>(64, 0.75f, true);
    private long bytes;

    /** @param mostBytes about the memory that it takes */
    KnownSelections(long mostBytes) {
        this.mostBytes = mostBytes;
    }

    private record Key(List<Matcher> matchers, ReadScope scope) {}

    /** @param epoch the newest one of the snapshot that they were selected in */
    record Known(PlaceEpoch epoch, List<SelectedSeries> series) {

        private long bytes() {
            return series.stream()
                    .mapToLong(one -> SERIES_BYTES + LABEL_BYTES * one.labels().size())
                    .sum();
        }
    }

    /** Null if there is none. */
    synchronized Known get(List<Matcher> matchers, ReadScope scope) {
        return selections.get(new Key(matchers, scope));
    }

    /** Remembers a selection, unless it is one of a view, whose rights are looked at each time, or of nothing, or too large. */
    void put(List<Matcher> matchers, ReadScope scope, Known known) {
        long size = known.bytes();
        boolean stored = known.series().stream().allMatch(one -> one.view().isEmpty());
        if (stored && size > 0 && size <= mostBytes / LARGEST) {
            put(new Key(List.copyOf(matchers), scope), known, size);
        }
    }

    private synchronized void put(Key key, Known known, long size) {
        Known before = selections.put(key, known);
        bytes += size - (before == null ? 0 : before.bytes());
        Iterator<Known> eldest = selections.values().iterator();
        while (bytes > mostBytes && eldest.hasNext()) {
            bytes -= eldest.next().bytes();
            eldest.remove();
        }
    }
}
