package io.promgres.model;

/** The starts of series that are stored. Thread-safe. */
public interface StartIndex {

    /**
     * Whether this is the start of the series that was stored last.
     *
     * @param address of the series, {@link SeriesAddress#UNKNOWN} included
     * @param start milliseconds since the epoch, not 0
     */
    boolean isKnown(long address, long start);

    /**
     * Whether a start is the time of the sample with which the start before came: of delta temporality, each sample begins where
     * the one before ended, and none is a restart. If so, it is the one that is known from now on.
     *
     * @param time of the sample, milliseconds since the epoch
     */
    default boolean continues(long address, long start, long time) {
        return false;
    }
}
