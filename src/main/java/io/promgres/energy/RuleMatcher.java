package io.promgres.energy;

import io.promgres.model.LabelSet;
import io.promgres.model.LandingRows;
import io.promgres.model.SeriesAddress;
import io.promgres.observe.Metrics;
import io.promgres.store.WriteObserver;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongPredicate;

/**
 * Knows which series the rules choose, and notes with each flush which buckets it touches.
 *
 * <p>{@link #interned} and {@link #written} may run on different threads: a series is in the map before its samples are
 * handed on. A place that a chosen series has lost and another has got may be watched for a while: that touches a bucket in
 * vain and nothing else.
 */
final class RuleMatcher implements WriteObserver {

    private static final int MOST_METRICS_KNOWN = 100_000;

    private final SourceStore sources;
    private final Rules rules;
    private final Map<String, Integer> ruleIds;
    private final Metrics metrics;
    private final Map<Long, WatchedGroup> groups = new ConcurrentHashMap<>();
    private final Map<String, List<Rule>> rulesByMetric = new HashMap<>();
    private final Set<String> sessionHosts = ConcurrentHashMap.newKeySet();
    private int lastSessionHost;

    /** @param ruleIds ids of the rules by name */
    RuleMatcher(SourceStore sources, Rules rules, Map<String, Integer> ruleIds, Metrics metrics) {
        this.sources = sources;
        this.rules = rules;
        this.ruleIds = ruleIds;
        this.metrics = metrics;
    }

    @Override
    public void interned(List<LabelSet> series, long[] addresses) throws SQLException {
        List<SourceStore.Found> found = new ArrayList<>();
        for (int i = 0; i < addresses.length; i++) {
            if (addresses[i] != SeriesAddress.UNKNOWN) {
                watch(series.get(i), addresses[i], found);
            }
        }
        if (!found.isEmpty()) {
            sources.add(found);
        }
    }

    /** Has the stored series count that have a place, as if they had been interned just now. */
    void knowStored() throws SQLException {
        List<SourceStore.Found> found = new ArrayList<>();
        sources.visitStored(rules.rules(), (labels, id, address) -> {
            if (address != SeriesAddress.UNKNOWN) {
                watch(labels, address, found);
            }
        });
        sources.add(found);
    }

    private void watch(LabelSet labels, long address, List<SourceStore.Found> found) {
        long group = SeriesAddress.group(address);
        int slot = SeriesAddress.slot(address);
        groups.computeIfPresent(group, (id, watched) -> watched.without(slot));
        for (Rule rule : choosing(labels.metricName())) {
            if (rule.chooses(labels)) {
                int id = ruleIds.get(rule.name());
                try {
                    Source source = Source.of(rule, labels, rules.regionLabel());
                    if (rule.counts(source, sessionHosts)) {
                        groups.merge(group, WatchedGroup.of(id, rule, null, slot), WatchedGroup::with);
                        found.add(new SourceStore.Found(id, source, address));
                    }
                } catch (Source.Unusable e) {
                    groups.merge(group, WatchedGroup.of(id, rule, e.why(), slot), WatchedGroup::with);
                }
            }
        }
    }

    private List<Rule> choosing(String metric) {
        if (rulesByMetric.size() > MOST_METRICS_KNOWN) {
            rulesByMetric.clear();
        }
        return rulesByMetric.computeIfAbsent(
                metric,
                name -> rules.rules().stream()
                        .filter(rule -> rule.choosesMetric(name))
                        .toList());
    }

    /**
     * Looks whether there are sessions at hosts where there were none, and has the series there count from now on. What is
     * computed next knows of all that this daemon has seen before.
     */
    void adopt() throws SQLException {
        SourceStore.SessionHosts fresh = sources.sessionHosts(lastSessionHost);
        if (fresh.hosts().isEmpty()) {
            return;
        }
        // First, so that what is interned meanwhile counts.
        sessionHosts.addAll(fresh.hosts());
        Map<Integer, Rule> chosen = new HashMap<>();
        for (Rule rule : rules.rules()) {
            if (rule.namedOnly()) {
                chosen.put(ruleIds.get(rule.name()), rule);
            }
        }
        for (SourceStore.Adopted one : sources.adopt(chosen, fresh.hosts())) {
            if (one.address() != SeriesAddress.UNKNOWN) {
                int slot = SeriesAddress.slot(one.address());
                groups.merge(
                        SeriesAddress.group(one.address()),
                        WatchedGroup.of(one.ruleId(), one.rule(), null, slot),
                        WatchedGroup::with);
            }
        }
        lastSessionHost = fresh.last();
    }

    @Override
    public void written(Connection connection, LandingRows rows, LongPredicate times) throws SQLException {
        if (groups.isEmpty()) {
            return;
        }
        DirtyBuckets touched = new DirtyBuckets(metrics);
        for (int row = 0; row < rows.size(); row++) {
            WatchedGroup group = groups.get(rows.group(row));
            if (group != null && times.test(rows.time(row))) {
                group.collect(rows, row, touched);
            }
        }
        touched.write(connection);
    }
}
