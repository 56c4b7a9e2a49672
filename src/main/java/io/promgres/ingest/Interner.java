package io.promgres.ingest;

import io.promgres.model.LabelSet;
import io.promgres.model.NewSeries;
import io.promgres.model.Rejections.Reason;
import io.promgres.model.SampleBatch;
import io.promgres.model.SeriesAddress;
import io.promgres.observe.FailureLog;
import io.promgres.observe.Metrics;
import io.promgres.series.Removals;
import io.promgres.store.SeriesStore;
import io.promgres.store.SqlErrors;
import io.promgres.store.WriteObserver;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Makes new series known, in batches: interns them, hands their samples to the {@link Flushers} and their metrics to the
 * {@link ViewMaker}. A batch brings few new metrics: so views follow their first sample closely even when thousands of
 * metrics come at once.
 */
final class Interner extends Worker<Interner.Request> {

    private static final Logger LOG = LoggerFactory.getLogger(Interner.class);
    private static final int BATCH_SERIES = 5_000;
    // Of labels; a series may have two hundred thousand.
    private static final long BATCH_CHARACTERS = 8 << 20;
    private static final int BATCH_NEW_METRICS = 100;
    private static final int MOST_METRICS_SEEN = 100_000;

    /** A request's new series; their samples are collected here and flushed together. */
    final class Request {
        private final List<NewSeries> series;
        private final PendingWrite pending;
        private final SampleBatch samples = new SampleBatch(256);
        private int toDo;
        private String failure;

        Request(List<NewSeries> series, PendingWrite pending) {
            this.series = series;
            this.pending = pending;
            this.toDo = series.size();
            samples.lookedUpAt(removals.epoch());
        }
    }

    private record Item(NewSeries series, Request request) {}

    /** Label sets, each once, with all that wait for them. */
    private final class Batch {
        private final Map<LabelSet, List<Item>> items = new LinkedHashMap<>();
        private final Set<String> newMetrics = new HashSet<>();
        private long characters;

        void add(Item item) {
            LabelSet labels = item.series().labels();
            characters += labels.characters();
            items.computeIfAbsent(labels, key -> new ArrayList<>(1)).add(item);
            if (!metricsSeen.contains(labels.metricName())) {
                newMetrics.add(labels.metricName());
            }
        }

        boolean isFull() {
            return items.size() >= BATCH_SERIES
                    || characters >= BATCH_CHARACTERS
                    || newMetrics.size() >= BATCH_NEW_METRICS;
        }
    }

    private final Interning interning;
    private final SeriesBudget budget;
    private final ViewMaker views;
    private final WriteObserver projection;
    private final Removals removals;
    private final Flushers flushers;
    private final Metrics metrics;
    private final Set<String> metricsSeen = ConcurrentHashMap.newKeySet();
    private final FailureLog failures = new FailureLog(LOG, Level.WARN, "new series cannot be interned");
    private final FailureLog refusals = new FailureLog(LOG, Level.WARN, "the database refuses a series");

    Interner(
            SeriesStore store,
            SeriesBudget budget,
            ViewMaker views,
            WriteObserver projection,
            Removals removals,
            Flushers flushers,
            Metrics metrics) {
        super("interner", metrics);
        this.interning = new Interning(store, removals);
        removals.alsoForget(metricsSeen::clear);
        this.budget = budget;
        this.views = views;
        this.projection = projection;
        this.removals = removals;
        this.flushers = flushers;
        this.metrics = metrics;
    }

    @Override
    boolean isAwaited(Request request) {
        return request.pending.isAwaited();
    }

    @Override
    void refuse(Request request, String reason) {
        request.pending.failed(reason);
    }

    @Override
    void work(Request first) {
        Batch batch = new Batch();
        boolean interned = false;
        // A turn ends with its first batch, also while more come all the time: what it has taken is bounded then.
        for (Request request = first; request != null; request = interned || batch.isFull() ? null : poll()) {
            for (NewSeries series : request.series) {
                if (batch.isFull()) {
                    intern(batch);
                    interned = true;
                    batch = new Batch();
                }
                batch.add(new Item(series, request));
            }
        }
        intern(batch);
    }

    private void intern(Batch batch) {
        if (metricsSeen.size() > MOST_METRICS_SEEN) {
            metricsSeen.clear();
        }
        metricsSeen.addAll(batch.newMetrics);
        List<LabelSet> admitted = admit(new ArrayList<>(batch.items.keySet()), batch.items);
        if (!admitted.isEmpty()) {
            intern(admitted, batch.items);
        }
    }

    /** Those that the limits let through; the others end here. */
    private List<LabelSet> admit(List<LabelSet> series, Map<LabelSet, List<Item>> items) {
        SeriesBudget.Decision decision;
        try {
            decision = budget.decide(series);
        } catch (SQLException | RuntimeException e) {
            fail(series, items, e);
            return List.of();
        }
        for (LabelSet one : decision.refused()) {
            for (Item item : items.get(one)) {
                reject(item, decision.reason(), "it is new, and " + decision.why());
                end(item, null);
            }
        }
        return decision.admitted();
    }

    private void intern(List<LabelSet> series, Map<LabelSet, List<Item>> items) {
        SeriesStore.Interned interned;
        long begin = System.nanoTime();
        try {
            interned = interning.intern(series);
            budget.created(interned.created());
            projection.interned(series, interned.addresses());
        } catch (SQLException | RuntimeException e) {
            fail(series, items, e);
            return;
        }
        failures.succeeded();
        for (int i = 0; i < series.size(); i++) {
            for (Item item : items.get(series.get(i))) {
                end(item, interned.addresses()[i]);
            }
        }
        metrics.interned(interned.created(), System.nanoTime() - begin);
        if (!interned.staleViews().isEmpty()) {
            views.add(interned.staleViews());
        }
    }

    /** One series that the database refuses must not take its neighbours along: the batch is halved until it is alone. */
    private void fail(List<LabelSet> series, Map<LabelSet, List<Item>> items, Exception e) {
        boolean refused = SqlErrors.isRefusal(e);
        if (refused && series.size() > 1) {
            int half = series.size() / 2;
            intern(series.subList(0, half), items);
            intern(series.subList(half, series.size()), items);
            return;
        }
        (refused ? refusals : failures).failed(e);
        for (LabelSet one : series) {
            for (Item item : items.get(one)) {
                if (refused) {
                    reject(item, Reason.REFUSED_BY_DATABASE, e.getMessage());
                    end(item, null);
                } else {
                    end(item, "the database did not take new series: " + e.getMessage());
                }
            }
        }
    }

    private void end(Item item, long address) {
        NewSeries series = item.series();
        if (address == SeriesAddress.UNKNOWN) {
            reject(item, Reason.TOO_MANY_LABEL_NAMES, "its metric has too many different label names already");
        } else {
            removals.remember(series.key(), address, item.request().samples.epoch());
            for (int i = 0; i < series.times().length; i++) {
                item.request().samples.add(address, series.times()[i], series.bits()[i]);
            }
        }
        end(item, null);
    }

    private static void reject(Item item, Reason reason, String why) {
        item.request()
                .pending
                .reject(
                        reason,
                        item.series().times().length,
                        "a series of metric " + item.series().labels().metricName() + ": " + why);
    }

    /** With its last series, the request goes on. */
    private void end(Item item, String failure) {
        Request request = item.request();
        if (failure != null) {
            request.failure = failure;
        }
        if (--request.toDo > 0) {
            return;
        }
        ended(request);
        if (request.failure != null) {
            request.pending.failed(request.failure);
        } else if (request.samples.size() == 0) {
            request.pending.stored();
        } else {
            flushers.add(request.samples, request.pending);
        }
    }
}
