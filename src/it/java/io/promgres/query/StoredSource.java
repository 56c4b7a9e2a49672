package io.promgres.query;

import io.promgres.promql.data.SampleSeries;
import io.promgres.promql.data.SampleSource;
import io.promgres.remoteread.ReadScope;
import io.promgres.store.Database;
import io.promgres.tiers.KnownVectors;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/** The samples of a database, as the API reads them, for tests of the engine; each selection in a transaction of its own. */
public final class StoredSource implements SampleSource {

    private static final int MOST = 1_000_000;
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final QueryDatabase database;

    public StoredSource(Database database) {
        this.database = new QueryDatabase(database.background(), database::discard, MOST, new KnownVectors(MOST), MOST);
    }

    @Override
    public List<SampleSeries> select(Selection selection) {
        try {
            return database.read(
                    new Call(PATIENCE),
                    snapshot -> new StoredSampleSource(snapshot, ReadScope.ALL, MOST).select(selection));
        } catch (QueryRefusedException | SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
