package io.promgres.ingest;

import io.promgres.model.DecodedWrite;
import io.promgres.model.NewSeries;
import io.promgres.observe.Metrics;
import io.promgres.series.Removals;
import io.promgres.store.SeriesStore;
import io.promgres.store.WriteObserver;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/**
 * Two interners, which take turns: requests that bring a new metric wait for one another, while new series of known metrics
 * wait for one batch of those at most. So a sender that brings thousands of metrics at once delays itself.
 */
final class Interners implements Lane {

    private final Interner ofKnownMetrics;
    private final Interner ofNewMetrics;
    private final Set<String> metricsSeen = ConcurrentHashMap.newKeySet();

    /** Where new series and their samples go. */
    record Ways(SeriesStore store, SeriesBudget budget, ViewMaker views, WriteObserver projection, Flushers flushers) {}

    Interners(Ways ways, Removals removals, Metrics metrics) {
        removals.alsoForget(metricsSeen::clear);
        Interner.Shared shared = new Interner.Shared(
                new Interning(ways.store(), removals),
                ways.budget(),
                ways.views(),
                ways.projection(),
                removals,
                ways.flushers(),
                metricsSeen,
                new ReentrantLock(true));
        ofKnownMetrics = new Interner("interner", shared, metrics);
        ofNewMetrics = new Interner("new-metrics", shared, metrics);
    }

    @Override
    public boolean concerns(DecodedWrite write) {
        return !write.unknown().isEmpty();
    }

    @Override
    public void accept(DecodedWrite write, PendingWrite pending) {
        List<NewSeries> series = write.unknown();
        boolean known = series.stream()
                .allMatch(one -> metricsSeen.contains(one.labels().metricName()));
        Interner one = known ? ofKnownMetrics : ofNewMetrics;
        one.add(one.new Request(series, pending));
    }

    @Override
    public Stream<Worker<?>> workers() {
        return Stream.of(ofKnownMetrics, ofNewMetrics);
    }
}
