package io.promgres.ingest;

import io.promgres.model.Counts;
import io.promgres.model.LabelSet;
import io.promgres.model.Rejections.Reason;
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
import java.util.function.IntFunction;

/**
 * The ids of series by their labels, for what is written beside samples: remembered for the series that were used last, and
 * interned where they are not known. Not thread-safe.
 */
final class SeriesIds {

    /** The id of a series that its metric has no room for. */
    private static final long NO_ROOM = 0;

    /** The id of a series that is new, where the limits let through no more. Not remembered: there may be room later. */
    private static final long OVER_LIMIT = -1;

    private static final int MOST_REMEMBERED = 20_000;

    private final SeriesStore series;
    private final SeriesBudget budget;
    private final Consumer<List<Integer>> views;

    // The series that were used last.
    private final Map<LabelSet, Long> ids = new LinkedHashMap<>(1024, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<LabelSet, Long> eldest) {
            return size() > MOST_REMEMBERED;
        }
    };

    /** @param views has the views of metrics made */
    SeriesIds(SeriesStore series, SeriesBudget budget, Consumer<List<Integer>> views) {
        this.series = series;
        this.budget = budget;
        this.views = views;
    }

    /** The id of each; where {@link #isHome} says no, there is none. */
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
        SeriesBudget.Decision decision = budget.decide(unknown);
        decision.refused().forEach(one -> found.put(one, OVER_LIMIT));
        List<LabelSet> admitted = decision.admitted();
        if (admitted.isEmpty()) {
            return;
        }
        SeriesStore.Interned interned = series.intern(admitted);
        budget.created(interned.created());
        for (int i = 0; i < admitted.size(); i++) {
            found.put(admitted.get(i), interned.ids()[i]);
            ids.put(admitted.get(i), interned.ids()[i]);
        }
        views.accept(interned.staleViews());
    }

    /** Whether this is the id of a series. */
    static boolean isHome(long id) {
        return id != NO_ROOM && id != OVER_LIMIT;
    }

    /**
     * Rejects those that have no series.
     *
     * @param series of what a request sent
     * @param found their ids
     * @param counts so many of what was sent
     * @param what it was, such as "an exemplar"
     */
    static void rejectHomeless(
            List<LabelSet> series,
            Map<LabelSet, Long> found,
            IntFunction<Counts> counts,
            String what,
            PendingWrite pending) {
        int roomless = count(series, found, NO_ROOM);
        if (roomless > 0) {
            String why = "the metric of " + what + " has too many different label names already";
            pending.reject(Reason.TOO_MANY_LABEL_NAMES, counts.apply(roomless), why);
        }
        int over = count(series, found, OVER_LIMIT);
        if (over > 0) {
            String why = "the series of " + what + " is new, and ingest.max-series or ingest.max-new-series-per-minute"
                    + " lets through no more";
            pending.reject(Reason.TOO_MANY_SERIES, counts.apply(over), why);
        }
    }

    private static int count(List<LabelSet> series, Map<LabelSet, Long> found, long id) {
        return (int) series.stream().filter(one -> found.get(one) == id).count();
    }

    /** Series that are gone have to be interned anew. */
    void forget(Set<Long> gone) {
        ids.values().removeAll(gone);
    }
}
