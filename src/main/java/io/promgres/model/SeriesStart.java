package io.promgres.model;

/**
 * When a series began to count.
 *
 * @param start milliseconds since the epoch
 * @param time of the first sample that says so, milliseconds since the epoch
 * @param until time of the last sample that continues it: of delta temporality, each begins where the one before ended
 */
public record SeriesStart(LabelSet series, long start, long time, long until) {

    /** Of one sample. */
    public SeriesStart(LabelSet series, long start, long time) {
        this(series, start, time, time);
    }
}
