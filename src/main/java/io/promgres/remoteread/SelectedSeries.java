package io.promgres.remoteread;

import io.promgres.model.LabelSet;
import io.promgres.tiers.StoredSeries;

/**
 * A series whose samples are wanted.
 *
 * @param stored where they are
 */
public record SelectedSeries(StoredSeries stored, LabelSet labels) {

    /** Its id in the database. */
    public long id() {
        return stored.id();
    }

    /** The name of its metric's view in prom_metric. */
    String table() {
        return stored.table();
    }

    /** Whether its metric has native histograms. */
    boolean hasHistograms() {
        return stored.hasHistograms();
    }
}
