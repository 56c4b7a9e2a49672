package io.promgres.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.model.LabelSet;
import io.promgres.model.Rejections.Reason;
import io.promgres.observe.Metrics;
import io.promgres.store.Database;
import io.promgres.store.SeriesStore;
import io.promgres.testing.TestDatabase;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How many new series are let through, by a clock that the test moves. */
class SeriesBudgetIT {

    private final AtomicLong nanos = new AtomicLong();
    private TestDatabase database;
    private Metrics metrics;
    private Database pool;
    private SeriesStore store;

    @BeforeEach
    void start() throws SQLException {
        database = TestDatabase.migrated();
        metrics = new Metrics("test");
        pool = new Database(database.uri(), 2, metrics.registry());
        store = new SeriesStore(pool.pool());
    }

    @AfterEach
    void stop() throws Exception {
        pool.close();
        metrics.close();
        database.close();
    }

    @Test
    void afterAMinuteThereIsRoomAgain() throws SQLException {
        SeriesBudget budget = budget(new SeriesLimits(0, 10));

        assertThat(take(budget, 0, 15)).isEqualTo(10);
        assertThat(take(budget, 15, 1)).isZero();
        pass(59);
        assertThat(take(budget, 15, 1)).isZero();
        pass(1);
        assertThat(take(budget, 10, 15)).isEqualTo(10);
    }

    @Test
    void whatAnotherDaemonAddsIsNoticedWhenSeriesAreCountedAgain() throws SQLException {
        SeriesBudget budget = budget(new SeriesLimits(10, 0));
        assertThat(take(budget, 0, 5)).isEqualTo(5);
        store.intern(series(100, 5));
        assertThat(take(budget, 5, 3)).isEqualTo(3);

        pass(600);
        assertThat(take(budget, 8, 1)).isZero();
    }

    @Test
    void aLimitThatIsRaisedLetsThroughWhatWasRefused() throws SQLException {
        SeriesBudget budget = budget(new SeriesLimits(5, 0));
        assertThat(take(budget, 0, 8)).isEqualTo(5);

        budget.limit(new SeriesLimits(8, 0));

        assertThat(take(budget, 0, 8)).isEqualTo(8);
    }

    @Test
    void theStricterLimitIsTheOneThatIsNamed() throws SQLException {
        assertThat(budget(new SeriesLimits(3, 5)).decide(series(0, 10)).reason())
                .isEqualTo(Reason.TOO_MANY_SERIES);
        assertThat(budget(new SeriesLimits(5, 3)).decide(series(0, 10)).reason())
                .isEqualTo(Reason.TOO_MANY_NEW_SERIES);
    }

    private SeriesBudget budget(SeriesLimits limits) {
        return new SeriesBudget(store, limits, nanos::get);
    }

    private void pass(int seconds) {
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
    }

    /** How many of these series are let through; those are interned. */
    private int take(SeriesBudget budget, int from, int number) throws SQLException {
        List<LabelSet> admitted = budget.decide(series(from, number)).admitted();
        if (!admitted.isEmpty()) {
            budget.created(store.intern(admitted).created());
        }
        return admitted.size();
    }

    private static List<LabelSet> series(int from, int number) {
        return IntStream.range(from, from + number)
                .mapToObj(n -> LabelSet.ofSorted("__name__", "m", "n", "" + n))
                .toList();
    }
}
