package io.promgres.promql;

import io.promgres.promql.data.Labels;
import io.promgres.promql.data.Matcher;
import io.promgres.promql.data.SampleSeries;
import io.promgres.promql.data.SampleSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** One of several loads that are in one store: its series have a label more there, and its times are later. */
final class ShiftedSource implements SampleSource {

    static final String LOAD = "__load__";

    private final SampleSource store;
    private final String load;
    private final long base;

    /** @param base what was added to its times, in milliseconds */
    ShiftedSource(SampleSource store, String load, long base) {
        this.store = store;
        this.load = load;
        this.base = base;
    }

    @Override
    public List<SampleSeries> select(Selection selection) {
        List<Matcher> matchers = new ArrayList<>(selection.matchers());
        matchers.add(new Matcher(Matcher.Type.EQUAL, LOAD, load));
        Selection shifted = new Selection(
                matchers,
                selection.from() + base,
                selection.to() + base,
                selection.range(),
                selection.step(),
                selection.function(),
                selection.startTimes());
        return store.select(shifted).stream()
                .map(this::back)
                .sorted(Comparator.comparing(SampleSeries::labels))
                .toList();
    }

    private SampleSeries back(SampleSeries series) {
        Labels labels = series.labels().without(List.of(LOAD));
        long[] times = Arrays.stream(series.times()).map(time -> time - base).toArray();
        long[] starts = series.startTimes() == null
                ? null
                : Arrays.stream(series.startTimes())
                        .map(time -> time == 0 ? 0 : time - base)
                        .toArray();
        return new SampleSeries(labels, times, series.values(), series.histograms(), starts);
    }
}
