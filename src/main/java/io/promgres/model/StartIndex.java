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
}
