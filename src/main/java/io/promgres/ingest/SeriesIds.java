package io.promgres.ingest;

import io.promgres.ingest.SeriesLocations.Home;
import io.promgres.model.LabelSet;
import io.promgres.model.SeriesAddress;
import io.promgres.series.Removals;
import io.promgres.store.SeriesStore;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The ids and addresses of series by their labels, for what is written beside samples: remembered for the series that were
 * used last, and interned where they are not known. Not thread-safe.
 */
final class SeriesIds {

    private static final int MOST_REMEMBERED = 20_000;

    private final Interning interning;
    private final SeriesBudget budget;
    private final Removals removals;
    private final Consumer<List<Integer>> views;

    // The series that were used last.
    private final Map<LabelSet, Home> homes = new LinkedHashMap<>(1024, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<LabelSet, Home> eldest) {
            return size() > MOST_REMEMBERED;
        }
    };

    /** @param views has the views of metrics made */
    SeriesIds(SeriesStore series, SeriesBudget budget, Removals removals, Consumer<List<Integer>> views) {
        this.interning = new Interning(series, removals);
        this.budget = budget;
        this.removals = removals;
        this.views = views;
    }

    /** Writes what belongs to series. */
    interface Write<T> {

        /**
         * @param seriesIds of the items, in their order
         * @return series that are gone, whose items are not stored
         */
        Set<Long> write(List<T> items, List<Long> seriesIds) throws SQLException;
    }

    /**
     * Has the items written whose series {@linkplain Home#exists exists}. Series that have been removed since they were
     * remembered are interned anew, and all is written again, once.
     *
     * @param seriesOf an item
     * @return the homes of all series
     * @throws SQLException from interning or from {@code write}, or if the series are removed again
     */
    <T> SeriesLocations write(List<T> items, Function<T, LabelSet> seriesOf, Write<T> write) throws SQLException {
        for (int round = 0; round < 2; round++) {
            SeriesLocations found = find(items.stream().map(seriesOf).toList());
            List<T> storable = items.stream()
                    .filter(item -> found.of(seriesOf.apply(item)).exists())
                    .toList();
            List<Long> ids = storable.stream()
                    .map(item -> found.of(seriesOf.apply(item)).id())
                    .toList();
            Set<Long> gone = write.write(storable, ids);
            if (gone.isEmpty()) {
                return found;
            }
            homes.values().removeIf(home -> gone.contains(home.id()));
        }
        throw new SQLException("series are removed as fast as they are made");
    }

    private SeriesLocations find(List<LabelSet> wanted) throws SQLException {
        Map<LabelSet, Home> found = new HashMap<>();
        Set<LabelSet> unknown = new LinkedHashSet<>();
        for (LabelSet labels : wanted) {
            Home home = homes.get(labels);
            if (home == null || removals.isRemoved(home.address(), home.epoch())) {
                unknown.add(labels);
            } else {
                found.put(labels, home);
            }
        }
        if (!unknown.isEmpty()) {
            intern(List.copyOf(unknown), found);
        }
        return new SeriesLocations(found);
    }

    private void intern(List<LabelSet> unknown, Map<LabelSet, Home> found) throws SQLException {
        SeriesBudget.Decision decision = budget.decide(unknown);
        // Not remembered: there may be room later.
        decision.refused().forEach(one -> found.put(one, Home.OVER_LIMIT));
        List<LabelSet> admitted = decision.admitted();
        if (admitted.isEmpty()) {
            return;
        }
        long epoch = removals.epoch();
        SeriesStore.Interned interned = interning.intern(admitted);
        budget.created(interned.created());
        for (int i = 0; i < admitted.size(); i++) {
            Home home = interned.addresses()[i] == SeriesAddress.UNKNOWN
                    ? Home.NO_ROOM
                    : new Home(interned.ids()[i], interned.addresses()[i], epoch);
            found.put(admitted.get(i), home);
            homes.put(admitted.get(i), home);
        }
        views.accept(interned.staleViews());
    }
}
