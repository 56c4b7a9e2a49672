package io.promgres.ingest;

import io.promgres.model.Counts;
import io.promgres.model.LabelSet;
import io.promgres.model.Rejections.Reason;
import io.promgres.model.SeriesAddress;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntFunction;

/**
 * Where the series of a batch are in the catalog, and why some are not there.
 *
 * @param bySeries a home for each series of the batch
 */
record SeriesLocations(Map<LabelSet, SeriesLocations.Home> bySeries) {

    /**
     * Where a series is; its id and address belong together at the epoch only.
     *
     * @param id of its row
     * @param address of its place in the landing table
     * @param epoch of the last removal that was known before it was looked up
     */
    record Home(long id, long address, long epoch) {

        /** Of a series that its metric has no room for. */
        static final Home NO_ROOM = new Home(0, SeriesAddress.UNKNOWN, 0);

        /** Of a series that is new, where the limits let through no more. */
        static final Home OVER_LIMIT = new Home(-1, SeriesAddress.UNKNOWN, 0);

        /** Whether there is such a series. */
        boolean exists() {
            return this != NO_ROOM && this != OVER_LIMIT;
        }
    }

    Home of(LabelSet series) {
        return bySeries.get(series);
    }

    /**
     * Rejects what has no series.
     *
     * @param part of a request
     * @param series of an item
     * @param counts so many items
     * @param what an item is, such as "an exemplar"
     */
    <T> void rejectUnlocated(
            BatchWriter.Part<T> part, Function<T, LabelSet> series, IntFunction<Counts> counts, String what) {
        int roomless = count(part, series, Home.NO_ROOM);
        if (roomless > 0) {
            String why = "the metric of " + what + " has too many different label names already";
            part.pending().reject(Reason.TOO_MANY_LABEL_NAMES, counts.apply(roomless), why);
        }
        int over = count(part, series, Home.OVER_LIMIT);
        if (over > 0) {
            String why = "the series of " + what + " is new, and ingest.max-series or ingest.max-new-series-per-minute"
                    + " lets through no more";
            part.pending().reject(Reason.TOO_MANY_SERIES, counts.apply(over), why);
        }
    }

    private <T> int count(BatchWriter.Part<T> part, Function<T, LabelSet> series, Home home) {
        return (int) part.items().stream()
                .filter(item -> of(series.apply(item)) == home)
                .count();
    }
}
