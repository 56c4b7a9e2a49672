package io.promgres.model;

import java.util.List;

/**
 * A single observation of a series, with labels of its own.
 *
 * @param series the labels of the series, validated
 * @param time milliseconds since the epoch
 * @param bits the value's 64 bits
 * @param labels its own: name, value, name, value, ...
 */
public record SeriesExemplar(LabelSet series, long time, long bits, List<String> labels) {}
