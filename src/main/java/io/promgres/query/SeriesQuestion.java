package io.promgres.query;

import io.promgres.model.LabelSet;
import io.promgres.model.ReadQuery.Matcher;
import io.promgres.promql.syntax.ParseException;
import io.promgres.promql.syntax.Parser;
import io.promgres.remoteread.LabelOrder;
import io.promgres.remoteread.ReadScope;
import io.promgres.remoteread.SelectedSeries;
import io.promgres.tiers.ActiveSeries;
import io.promgres.tiers.StoredSeries;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Predicate;

/**
 * Which series a request means: those of any of its selectors, with samples in its range.
 *
 * @param selectors the matchers of each {@code match[]}
 * @param from milliseconds since the epoch; absent for the first sample
 * @param to included; absent for the last sample
 */
record SeriesQuestion(List<List<Matcher>> selectors, OptionalLong from, OptionalLong to) {

    static SeriesQuestion of(Parameters parameters) throws QueryRefusedException {
        OptionalLong from = parameters.time("start");
        OptionalLong to = parameters.time("end");
        if (from.isPresent() && to.isPresent() && to.getAsLong() < from.getAsLong()) {
            throw QueryRefusedException.badParameter("end", "end timestamp must not be before start timestamp");
        }
        return new SeriesQuestion(selectors(parameters), from, to);
    }

    private static List<List<Matcher>> selectors(Parameters parameters) throws QueryRefusedException {
        List<List<Matcher>> selectors = new ArrayList<>();
        for (String text : parameters.all("match[]")) {
            try {
                List<io.promgres.promql.data.Matcher> matchers = Parser.parseSelector(text);
                if (matchers.stream().allMatch(matcher -> matcher.matches(""))) {
                    throw QueryRefusedException.badParameter(
                            "match[]", "match[] must contain at least one non-empty matcher");
                }
                selectors.add(matchers.stream().map(StoredSampleSource::matcher).toList());
            } catch (ParseException e) {
                throw QueryRefusedException.badParameter("match[]", e.getMessage());
            }
        }
        return selectors;
    }

    /** Their labels, in order. */
    List<LabelSet> labels(QueryDatabase.Snapshot snapshot, ReadScope scope) throws SQLException, QueryRefusedException {
        Map<LabelSet, SelectedSeries> series = new LinkedHashMap<>();
        for (List<Matcher> matchers : selectors.isEmpty() ? List.of(List.<Matcher>of()) : selectors) {
            snapshot.select(matchers, scope).forEach(one -> series.put(one.labels(), one));
        }
        Predicate<StoredSeries> active = active(snapshot, series);
        return series.values().stream()
                .filter(one -> active.test(one.stored()))
                .map(SelectedSeries::labels)
                .sorted(LabelOrder.INSTANCE)
                .toList();
    }

    private Predicate<StoredSeries> active(QueryDatabase.Snapshot snapshot, Map<LabelSet, SelectedSeries> series)
            throws SQLException {
        if (from.isEmpty() && to.isEmpty() || series.isEmpty()) {
            return one -> true;
        }
        List<StoredSeries> stored =
                series.values().stream().map(SelectedSeries::stored).toList();
        return new ActiveSeries(snapshot.connection())
                .within(stored, from.orElse(TimeText.EARLIEST_MILLIS), to.orElse(TimeText.LATEST_MILLIS));
    }
}
