package io.promgres.promql;

import io.promgres.promql.data.FloatHistogram;
import io.promgres.promql.data.Labels;
import io.promgres.promql.data.ResetHints;
import io.promgres.promql.data.SampleSeries;
import io.promgres.promql.data.SampleSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Samples in memory, as a script loads them. */
final class MemorySource implements SampleSource {

    /** A sample as it was loaded. */
    record Sample(double value, FloatHistogram histogram, long startTime) {}

    private final Map<Labels, TreeMap<Long, Sample>> series = new TreeMap<>();

    void clear() {
        series.clear();
    }

    void add(Labels labels, long time, Sample sample) {
        series.computeIfAbsent(labels, key -> new TreeMap<>()).put(time, sample);
    }

    /** All samples, by series and time in milliseconds. */
    Map<Labels, TreeMap<Long, Sample>> all() {
        return series;
    }

    @Override
    public List<SampleSeries> select(Selection selection) {
        List<SampleSeries> found = new ArrayList<>();
        series.forEach((labels, samples) -> {
            if (selection.matchers().stream().allMatch(matcher -> matcher.matches(labels.get(matcher.name())))) {
                SampleSeries one = read(labels, samples, selection.from(), selection.to());
                if (one.size() > 0) {
                    found.add(one);
                }
            }
        });
        return found;
    }

    private static SampleSeries read(Labels labels, TreeMap<Long, Sample> samples, long from, long to) {
        FloatHistogram[] hinted = samples.values().stream()
                .map(sample ->
                        sample.histogram() == null ? null : sample.histogram().copy())
                .toArray(FloatHistogram[]::new);
        ResetHints.set(hinted);
        List<Long> times = new ArrayList<>();
        List<Sample> values = new ArrayList<>();
        List<FloatHistogram> histograms = new ArrayList<>();
        int i = 0;
        for (Map.Entry<Long, Sample> entry : samples.entrySet()) {
            if (entry.getKey() >= from && entry.getKey() <= to) {
                times.add(entry.getKey());
                values.add(entry.getValue());
                histograms.add(hinted[i]);
            }
            i++;
        }
        boolean anyHistogram = histograms.stream().anyMatch(histogram -> histogram != null);
        return new SampleSeries(
                labels,
                times.stream().mapToLong(time -> time).toArray(),
                values.stream().mapToDouble(Sample::value).toArray(),
                anyHistogram ? histograms.toArray(FloatHistogram[]::new) : null,
                values.stream().mapToLong(Sample::startTime).toArray());
    }
}
