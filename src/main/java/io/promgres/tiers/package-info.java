/**
 * Reads the samples of series out of both tiers as arrays: packed runs and landing rows as they are stored, without
 * the views of the metrics and without a row for each sample. It writes nothing, so that it works on a standby.
 * Called by {@code query} and {@code remoteread}. Begin with {@link io.promgres.tiers.TierReader}.
 */
package io.promgres.tiers;
