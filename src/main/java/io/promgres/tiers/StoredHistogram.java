package io.promgres.tiers;

/**
 * A native histogram of a series.
 *
 * @param time milliseconds since the epoch
 * @param body as it was stored
 */
public record StoredHistogram(long time, byte[] body) {}
