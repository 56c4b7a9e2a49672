package io.promgres.remoteread;

import io.promgres.model.LabelSet;

/**
 * A series whose samples are wanted.
 *
 * @param table the name of its metric's view in prom_metric
 * @param hasHistograms whether its metric has native histograms
 */
record SelectedSeries(long id, String table, boolean hasHistograms, LabelSet labels) {}
