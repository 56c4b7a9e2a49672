package io.promgres.model;

/** Finds the address of a known series by the bytes that its labels had on the wire. */
public interface SeriesIndex {

    /**
     * The address of the series whose label bytes stand in {@code bytes[from, to)}; {@link SeriesAddress#UNKNOWN} if the
     * index does not hold these bytes. The same label set may be known by several byte sequences (another order, another
     * message type). Allocates nothing for the caller and does not keep {@code bytes}.
     */
    long find(byte[] bytes, int from, int to);

    /** Told once for each request how many of its look-ups found a series and how many did not: for metrics. */
    void lookedUp(int hits, int misses);
}
