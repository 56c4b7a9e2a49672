package io.promgres.ingest;

import io.promgres.model.MetricMetadata;
import io.promgres.model.NewMetadata;
import io.promgres.model.Rejections.Reason;
import io.promgres.observe.Metrics;
import io.promgres.series.KnownMetadata;
import io.promgres.store.MetadataStore;
import io.promgres.store.SqlErrors;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Stores metadata that was not known, on a thread of its own, and makes it known. What waits shares a transaction. */
final class MetadataWriter extends Worker<MetadataWriter.Part> {

    private static final int BATCH = 10_000;

    /** Metadata of one request. */
    record Part(List<NewMetadata> metadata, PendingWrite pending) {}

    private final MetadataStore store;
    private final KnownMetadata known;

    MetadataWriter(MetadataStore store, KnownMetadata known, Metrics metrics) {
        super("metadata", metrics);
        this.store = store;
        this.known = known;
    }

    @Override
    void work(Part first) {
        List<Part> parts = new ArrayList<>();
        Set<MetricMetadata> metadata = new LinkedHashSet<>();
        for (Part part = first; part != null; part = metadata.size() < BATCH ? poll() : null) {
            parts.add(part);
            part.metadata().forEach(one -> metadata.add(one.metadata()));
        }
        try {
            store.write(List.copyOf(metadata));
        } catch (SQLException | RuntimeException e) {
            parts.forEach(part -> fail(part, e));
            return;
        }
        for (Part part : parts) {
            part.metadata().forEach(one -> known.add(one.key()));
            part.pending().stored();
        }
    }

    private static void fail(Part part, Exception e) {
        if (e instanceof SQLException sql && SqlErrors.of(sql) == SqlErrors.REFUSED) {
            part.pending().reject(Reason.REFUSED_BY_DATABASE, 0, "metadata: " + e.getMessage());
            part.pending().stored();
        } else {
            part.pending().failed("the database did not take metadata: " + e.getMessage());
        }
    }

    @Override
    void refuse(Part part, String reason) {
        part.pending().failed(reason);
    }
}
