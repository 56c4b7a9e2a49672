package io.promgres.model;

/**
 * When a series began to count, as far as this is news.
 *
 * @param series its labels, validated
 * @param start milliseconds since the epoch
 * @param time of the first sample that came with it, milliseconds since the epoch
 */
public record SeriesStart(LabelSet series, long start, long time) {}
