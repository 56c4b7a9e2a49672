package io.promgres.model;

/**
 * A series that the decoder did not know, with the samples that came with it.
 *
 * @param key the bytes of its labels on the wire, a copy: what {@link SeriesIndex#find} will be asked for
 * @param labels its labels, validated
 * @param times of its samples, milliseconds since the epoch
 * @param bits of its samples' values; as many as {@code times}
 */
public record NewSeries(byte[] key, LabelSet labels, long[] times, long[] bits) {}
