package io.promgres.ingest;

import io.promgres.model.LabelSet;
import io.promgres.model.PlaceEpoch;
import io.promgres.series.Removals;
import io.promgres.store.SeriesStore;
import io.promgres.store.StaleAddressesException;
import java.sql.SQLException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Interns series in the database whose places are known, and has it known what became of them. Thread-safe. */
final class Interning {

    private static final Logger LOG = LoggerFactory.getLogger(Interning.class);
    private static final int ATTEMPTS = 10;

    private final SeriesStore store;
    private final Removals removals;

    Interning(SeriesStore store, Removals removals) {
        this.store = store;
        this.removals = removals;
    }

    /**
     * When it returns, {@link Removals#known} is at or after the places that it gave.
     *
     * @param series label sets, each once
     * @throws SQLException if nothing was interned, or it is not known: to do it again is right
     */
    SeriesStore.Interned intern(List<LabelSet> series) throws SQLException {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            PlaceEpoch before = removals.known().places();
            try {
                SeriesStore.Interned interned = store.intern(series, before);
                if (removals.advance(before, interned.places())) {
                    return interned;
                }
            } catch (StaleAddressesException e) {
                learn(removals, e);
            }
        }
        throw new SQLException("places change as fast as series are interned");
    }

    /** Has it known what the database says of places. */
    static void learn(Removals removals, StaleAddressesException stale) {
        if (stale.isForeign()) {
            LOG.warn(
                    "{}: everything that was known of series is forgotten, and requests under way are sent again",
                    stale.getMessage());
            removals.forget(stale.known());
        } else {
            removals.follow(stale.known(), stale.current(), stale.addresses());
        }
    }
}
