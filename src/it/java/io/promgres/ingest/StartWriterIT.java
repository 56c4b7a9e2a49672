package io.promgres.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.model.LabelSet;
import io.promgres.model.Rejections;
import io.promgres.model.SeriesAddress;
import io.promgres.model.SeriesStart;
import io.promgres.observe.Metrics;
import io.promgres.series.KnownStarts;
import io.promgres.series.Removals;
import io.promgres.series.SeriesCache;
import io.promgres.store.Database;
import io.promgres.store.SeriesStore;
import io.promgres.store.StartStore;
import io.promgres.testing.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Starts of series that are removed while the writer remembers them. */
class StartWriterIT {

    private static final LabelSet SERIES = LabelSet.ofSorted(LabelSet.METRIC_NAME, "up");

    private final KnownStarts known = new KnownStarts();
    private final Removals removals = new Removals(new SeriesCache(SeriesCache.SMALLEST), known);
    private TestDatabase database;
    private Metrics metrics;
    private Database pool;
    private SeriesStore series;
    private StartWriter writer;

    @BeforeEach
    void make() throws SQLException {
        database = TestDatabase.migrated();
        metrics = new Metrics("test");
        pool = new Database(database.uri(), 2, metrics.registry());
        series = new SeriesStore(pool.pool());
        SeriesBudget budget = new SeriesBudget(series, SeriesLimits.NONE, System::nanoTime);
        SeriesIds ids = new SeriesIds(series, budget, removals, stale -> {});
        writer = new StartWriter(new StartStore(pool.pool()), ids, removals, metrics);
    }

    @AfterEach
    void drop() throws Exception {
        pool.close();
        metrics.close();
        database.close();
    }

    @Test
    void theStartOfASeriesThatIsGoneMakesItAnew() throws SQLException {
        write(1_000);
        query("SELECT _prom_catalog.forget_series(array_agg(id)) FROM _prom_catalog.series");
        assertThat(starts()).isEmpty();

        write(2_000);

        assertThat(starts()).isEqualTo("2");
        assertThat(known.isKnown(address(), 2_000)).isTrue();
    }

    @Test
    void aSeriesThatCameBackElsewhereHasItsStartWhereItIsNow() throws SQLException {
        write(1_000);
        long before = address();
        query("SELECT _prom_catalog.forget_series(array_agg(id)) FROM _prom_catalog.series");
        // Another daemon brings it back; the place that it had is not given away so soon.
        long now = address();
        assertThat(now).isNotEqualTo(before);
        removals.follow(removals.known().places(), series.places(), new long[] {before});

        write(2_000);

        assertThat(known.isKnown(now, 2_000)).isTrue();
        assertThat(known.isKnown(before, 2_000)).isFalse();
    }

    private void write(long start) throws SQLException {
        PendingWrite pending =
                new PendingWrite(1, new Rejections(), null, new AtomicInteger(), new WriteFailures(System::nanoTime));
        writer.write(List.of(new BatchWriter.Part<>(List.of(new SeriesStart(SERIES, start, start)), pending)));
    }

    /** Where the series is; interned if it is not there. */
    private long address() throws SQLException {
        long address = series.intern(List.of(SERIES)).addresses()[0];
        assertThat(address).isNotEqualTo(SeriesAddress.UNKNOWN);
        return address;
    }

    /** The starts that are stored, in seconds. */
    private String starts() throws SQLException {
        return query(
                "SELECT coalesce(string_agg(round(extract(epoch FROM start_time))::text, ' ' ORDER BY start_time), '')"
                        + " FROM _prom_catalog.series_start");
    }

    private String query(String sql) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }
}
