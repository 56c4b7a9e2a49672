package io.promgres.ingest;

import io.promgres.model.Counts;
import io.promgres.model.DecodedWrite;
import io.promgres.model.SeriesStart;
import io.promgres.observe.Metrics;
import io.promgres.series.Removals;
import io.promgres.store.StartStore;
import java.sql.SQLException;
import java.util.List;

/**
 * Stores the starts of series that have changed, and makes them known: then they do not come here again. A start whose series
 * has no place is not rejected, because the samples that it came with are, with the reason.
 */
final class StartWriter extends BatchWriter<SeriesStart> {

    private static final int ENOUGH = 5_000;

    private final SeriesIds ids;
    private final StartStore store;
    private final Removals removals;

    StartWriter(StartStore store, SeriesIds ids, Removals removals, Metrics metrics) {
        super("starts", DecodedWrite::starts, ENOUGH, metrics);
        this.ids = ids;
        this.store = store;
        this.removals = removals;
    }

    @Override
    void write(List<Part<SeriesStart>> parts) throws SQLException {
        List<SeriesStart> starts = items(parts);
        SeriesLocations homes = ids.write(starts, SeriesStart::series, store::write);
        for (SeriesStart start : starts) {
            SeriesLocations.Home home = homes.of(start.series());
            if (home.exists()) {
                removals.rememberStart(home.address(), start.start(), home.epoch());
            }
        }
    }

    /** Starts are counted nowhere: they go with samples. */
    @Override
    Counts counts(int starts) {
        return Counts.NONE;
    }
}
