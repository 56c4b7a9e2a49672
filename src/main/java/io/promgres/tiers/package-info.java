/**
 * Reads the samples of series out of both tiers as arrays: packed runs and landing rows as they are stored, without the views
 * of the metrics and without a row for each sample. It writes nothing, so that it works on a standby.
 */
package io.promgres.tiers;
