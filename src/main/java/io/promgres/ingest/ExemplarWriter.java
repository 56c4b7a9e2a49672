package io.promgres.ingest;

import io.promgres.model.Counts;
import io.promgres.model.DecodedWrite;
import io.promgres.model.SeriesExemplar;
import io.promgres.observe.Metrics;
import io.promgres.store.ExemplarStore;
import java.sql.SQLException;
import java.util.List;

/** Stores exemplars. Their series are interned like those of samples. */
final class ExemplarWriter extends BatchWriter<SeriesExemplar> {

    private static final int ENOUGH = 5_000;

    private final SeriesIds ids;
    private final ExemplarStore store;

    ExemplarWriter(ExemplarStore store, SeriesIds ids, Metrics metrics) {
        super("exemplars", DecodedWrite::exemplars, ENOUGH, metrics);
        this.ids = ids;
        this.store = store;
    }

    @Override
    void write(List<Part<SeriesExemplar>> parts) throws SQLException {
        SeriesLocations homes = ids.write(items(parts), SeriesExemplar::series, store::write);
        parts.forEach(part -> homes.rejectUnlocated(part, SeriesExemplar::series, this::counts, "an exemplar"));
    }

    @Override
    Counts counts(int exemplars) {
        return new Counts(0, 0, exemplars);
    }
}
