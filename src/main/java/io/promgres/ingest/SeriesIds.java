package io.promgres.ingest;

import io.promgres.model.LabelSet;
import io.promgres.store.SeriesStore;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The ids of series by their labels, for what is written beside samples: remembered for the series that were used last, and
 * interned where they are not known. Not thread-safe.
 */
final class SeriesIds {

    /** The id of a series that its metric has no room for. */
    static final long NO_ROOM = 0;

    private static final int MOST_REMEMBERED = 20_000;

    private final SeriesStore series;
    private final Consumer<List<Integer>> views;

    // The series that were used last.
    private final Map<LabelSet, Long> ids = new LinkedHashMap<>(1024, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<LabelSet, Long> eldest) {
            return size() > MOST_REMEMBERED;
        }
    };

    /** @param views has the views of metrics made */
    SeriesIds(SeriesStore series, Consumer<List<Integer>> views) {
        this.series = series;
        this.views = views;
    }

    /** The id of each, {@link #NO_ROOM} included. */
    Map<LabelSet, Long> find(Collection<LabelSet> wanted) throws SQLException {
        Map<LabelSet, Long> found = new HashMap<>();
        Set<LabelSet> unknown = new LinkedHashSet<>();
        for (LabelSet labels : wanted) {
            Long id = ids.get(labels);
            if (id == null) {
                unknown.add(labels);
            } else {
                found.put(labels, id);
            }
        }
        if (!unknown.isEmpty()) {
            intern(List.copyOf(unknown), found);
        }
        return found;
    }

    private void intern(List<LabelSet> unknown, Map<LabelSet, Long> found) throws SQLException {
        SeriesStore.Interned interned = series.intern(unknown);
        for (int i = 0; i < unknown.size(); i++) {
            found.put(unknown.get(i), interned.ids()[i]);
            ids.put(unknown.get(i), interned.ids()[i]);
        }
        views.accept(interned.staleViews());
    }

    /** Series that are gone have to be interned anew. */
    void forget(Set<Long> gone) {
        ids.values().removeAll(gone);
    }
}
