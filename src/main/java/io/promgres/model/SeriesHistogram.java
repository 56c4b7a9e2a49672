package io.promgres.model;

/**
 * A native histogram of a series.
 *
 * @param series the labels of the series, validated
 * @param time milliseconds since the epoch
 * @param start when the series began to count, milliseconds since the epoch; 0 if that is not known, or is no time that can be
 *     stored
 * @param count of observations
 * @param sumBits the 64 bits of the observations' sum; of a stale marker, those of the stale marker
 * @param body everything but the time, encoded
 */
public record SeriesHistogram(LabelSet series, long time, long start, double count, long sumBits, byte[] body) {}
