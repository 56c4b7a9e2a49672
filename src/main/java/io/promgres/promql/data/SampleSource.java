package io.promgres.promql.data;

import java.util.List;
import java.util.function.Consumer;

/** Where an engine gets its samples from. Implementations may be asked by several threads at one time. */
public interface SampleSource {

    /**
     * What a selector of a query needs.
     *
     * @param matchers all of which a series has to pass
     * @param from milliseconds since the epoch, inclusive
     * @param to milliseconds since the epoch, inclusive
     * @param range the length of a range selector's window in milliseconds; 0 for an instant selector
     * @param step between the windows, or the instants, in milliseconds; 0 if there is one only
     * @param function that is applied to the selector, empty if none is
     * @param startTimes whether start times of samples are wanted
     */
    record Selection(
            List<Matcher> matchers, long from, long to, long range, long step, String function, boolean startTimes) {}

    /**
     * The series that pass all matchers, with their samples of a time.
     *
     * @return in the order of their labels; a series without samples may be left out
     * @throws QueryException if they cannot be had, or if there are too many
     */
    List<SampleSeries> select(Selection selection);

    /**
     * As {@link #select}, series by series: a source need not have more than one in memory.
     *
     * @param sink takes each series in turn; it must not ask the source meanwhile
     */
    default void read(Selection selection, Consumer<SampleSeries> sink) {
        select(selection).forEach(sink);
    }
}
