package io.promgres.remoteread;

import io.promgres.model.LabelSet;
import io.promgres.tiers.StoredSeries;
import java.util.Optional;

/**
 * A series whose samples are wanted.
 *
 * @param stored where they are
 * @param view that they are read from, if not from where they are stored
 */
public record SelectedSeries(StoredSeries stored, LabelSet labels, Optional<MetricView> view) {

    /** Its id in the database. */
    public long id() {
        return stored.id();
    }

    /** The name of its metric's view in prom_metric. */
    String table() {
        return stored.table();
    }

    /** Whether it may have native histograms. */
    boolean hasHistograms() {
        return view.isEmpty() && stored.hasHistograms();
    }
}
