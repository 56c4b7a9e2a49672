package io.promgres.ingest;

import io.promgres.observe.FailureLog;
import io.promgres.observe.Metrics;
import io.promgres.store.ViewStore;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Makes the views of metrics, on a thread of its own: a reader that holds on to views (a dashboard for milliseconds, a dump
 * for an hour) holds up neither samples nor new series, and the views of other metrics for a moment at most. In a storm of
 * new metrics, views lag behind their samples.
 */
final class ViewMaker extends Worker<List<Integer>> {

    private static final Logger LOG = LoggerFactory.getLogger(ViewMaker.class);

    // Three locks each, of the 6,400 that a PostgreSQL has as it comes.
    private static final int METRICS_AT_ONCE = 100;

    private static final Duration BRIEF = Duration.ofMillis(10);
    // For views that are read all the time; new readers wait as long.
    private static final Duration PATIENT = Duration.ofMillis(250);

    private final ViewStore views;
    private final Set<Integer> waiting = ConcurrentHashMap.newKeySet();
    private final Set<Integer> held = new LinkedHashSet<>();
    private final FailureLog failures = new FailureLog(LOG, Level.WARN, "views cannot be made yet");

    ViewMaker(ViewStore views, Metrics metrics) {
        super("views", metrics);
        this.views = views;
    }

    /** Takes any number: a metric waits once, however often it is added. */
    @Override
    void add(List<Integer> metricIds) {
        List<Integer> fresh = metricIds.stream().filter(waiting::add).toList();
        if (!fresh.isEmpty()) {
            super.add(fresh);
        }
    }

    @Override
    boolean isPatient() {
        return true;
    }

    @Override
    void work(List<Integer> metricIds) {
        List<Integer> fresh =
                metricIds.stream().filter(id -> !held.contains(id)).toList();
        for (int from = 0; from < fresh.size(); from += METRICS_AT_ONCE) {
            progresses();
            make(fresh.subList(from, Math.min(fresh.size(), from + METRICS_AT_ONCE)), BRIEF);
        }
    }

    @Override
    boolean hasIdleWork() {
        return !held.isEmpty();
    }

    /** Tries some of the held views again, and the one that waits longest with patience. */
    @Override
    void idle() {
        List<Integer> some = held.stream().limit(METRICS_AT_ONCE).toList();
        some.forEach(held::remove);
        make(some, BRIEF);
        if (held.contains(some.get(0))) {
            held.remove(some.get(0));
            make(some.subList(0, 1), PATIENT);
        }
    }

    /** Stale views are found again, within a minute or by the next daemon. */
    @Override
    void refuse(List<Integer> metricIds, String reason) {
        metricIds.forEach(waiting::remove);
    }

    private void make(List<Integer> metricIds, Duration patience) {
        // A label that comes from now on is not in these views for certain.
        metricIds.forEach(waiting::remove);
        try {
            held.addAll(views.make(metricIds, patience));
            failures.succeeded();
        } catch (SQLException | RuntimeException e) {
            held.addAll(metricIds);
            failures.failed(e);
        }
    }
}
