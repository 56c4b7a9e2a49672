package io.promgres.ingest;

import io.promgres.model.Counts;
import io.promgres.model.DecodedWrite;
import io.promgres.model.NewMetadata;
import io.promgres.observe.Metrics;
import io.promgres.series.KnownMetadata;
import io.promgres.store.MetadataStore;
import java.sql.SQLException;
import java.util.List;

/** Stores metadata that was not known, and makes it known. */
final class MetadataWriter extends BatchWriter<NewMetadata> {

    private static final int ENOUGH = 10_000;

    private final MetadataStore store;
    private final KnownMetadata known;

    MetadataWriter(MetadataStore store, KnownMetadata known, Metrics metrics) {
        super("metadata", DecodedWrite::metadata, ENOUGH, metrics);
        this.store = store;
        this.known = known;
    }

    @Override
    void write(List<Part<NewMetadata>> parts) throws SQLException {
        List<NewMetadata> metadata = items(parts);
        // Every series of a metric may bring the same.
        store.write(metadata.stream().map(NewMetadata::metadata).distinct().toList());
        metadata.forEach(one -> known.add(one.key()));
    }

    /** Metadata is no sample, and counted by reason only. */
    @Override
    Counts counts(int metadata) {
        return Counts.NONE;
    }
}
