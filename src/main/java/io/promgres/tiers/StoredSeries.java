package io.promgres.tiers;

/**
 * Where the samples of a series are.
 *
 * @param table the name of its metric's views
 * @param groupId of its landing rows; 0 if it has no place
 * @param slot in its landing rows, from 1
 * @param hasHistograms whether its metric has native histograms
 */
public record StoredSeries(long id, int metricId, String table, long groupId, int slot, boolean hasHistograms) {}
