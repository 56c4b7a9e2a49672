package io.promgres.promql;

import java.util.List;

/** Where samples come from. Confined to one query. */
public interface SampleSource {

    /**
     * The samples of one series.
     *
     * @param times milliseconds since the epoch, ascending; the first {@code size} count
     * @param values with all of their bits, stale markers among them
     */
    record Samples(long[] times, double[] values, int size) {}

    /** Takes series one after the other. */
    @FunctionalInterface
    interface Sink {
        /** @throws QueryException ends the reading */
        void take(Labels labels, Samples samples) throws QueryException;
    }

    /**
     * Hands over the series that all matchers match, with their samples from a time to a time; a series without samples
     * may be left out.
     *
     * @param from milliseconds since the epoch, included
     * @param to included
     * @throws QueryException of the sink, or because too many series match, or the query is over
     */
    void read(List<Matcher> matchers, long from, long to, Sink sink) throws QueryException;

    /** @throws QueryException if the query is over: its time, or nobody waits for it */
    void check() throws QueryException;
}
