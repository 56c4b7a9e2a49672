package io.promgres.store;

import io.promgres.model.LabelSet;
import io.promgres.model.LandingRows;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.function.LongPredicate;

/**
 * Something that is computed of stored samples, and therefore has to know which samples are new. It is told of every
 * series before samples of that series are written: a daemon starts with an empty cache, so that each series that it
 * writes has been interned, hence told, since its start.
 */
public interface WriteObserver {

    /** Wants to know nothing. */
    WriteObserver NONE = new WriteObserver() {
        @Override
        public void interned(List<LabelSet> series, long[] addresses) {}

        @Override
        public void written(Connection connection, LandingRows rows, LongPredicate times) {}
    };

    /**
     * Series have been interned, for the first time or again. Called by the interner's thread before it hands their samples
     * on.
     *
     * @param addresses of the series, in their order; {@link io.promgres.model.SeriesAddress#UNKNOWN} where one was refused.
     *     An address may have been another series' address before
     * @throws SQLException the series are not made known, and their samples are refused for now
     */
    void interned(List<LabelSet> series, long[] addresses) throws SQLException;

    /**
     * Rows have been written, and will be committed with whatever this writes. Called by the threads of both
     * writers, for every flush: it has to be quick when none of the rows matter. A flush that fails is written, hence told, again.
     *
     * @param connection in the flush's transaction; neither to be committed nor closed
     * @param rows not to be kept
     * @param times chooses of the rows those that have been written, by their time in milliseconds since the epoch
     */
    void written(Connection connection, LandingRows rows, LongPredicate times) throws SQLException;

    /** Tells all of them, in order. */
    static WriteObserver all(List<WriteObserver> projections) {
        List<WriteObserver> all = List.copyOf(projections);
        return new WriteObserver() {
            @Override
            public void interned(List<LabelSet> series, long[] addresses) throws SQLException {
                for (WriteObserver one : all) {
                    one.interned(series, addresses);
                }
            }

            @Override
            public void written(Connection connection, LandingRows rows, LongPredicate times) throws SQLException {
                for (WriteObserver one : all) {
                    one.written(connection, rows, times);
                }
            }
        };
    }
}
