package io.promgres.promql.engine;

import io.promgres.promql.data.CounterReset;
import io.promgres.promql.data.FloatHistogram;
import io.promgres.promql.data.FloatHistogram.Hint;
import io.promgres.promql.data.SampleSeries;

/** Histograms without their buckets, which tell whether they were reset, since that cannot be seen any more. */
final class HistogramStatistics {

    private HistogramStatistics() {}

    static SampleSeries of(SampleSeries series) {
        if (series.histograms() == null) {
            return series;
        }
        FloatHistogram[] bare = new FloatHistogram[series.size()];
        FloatHistogram previous = null;
        for (int i = 0; i < bare.length; i++) {
            FloatHistogram histogram = series.histogram(i);
            if (histogram == null) {
                continue;
            }
            bare[i] = new FloatHistogram();
            bare[i].schema = histogram.schema;
            bare[i].count = histogram.count;
            bare[i].sum = histogram.sum;
            bare[i].hint = series.isStale(i) ? histogram.hint : hint(previous, histogram);
            previous = series.isStale(i) ? previous : histogram;
        }
        return new SampleSeries(series.labels(), series.times(), series.values(), bare, series.startTimes());
    }

    private static Hint hint(FloatHistogram previous, FloatHistogram current) {
        if (current.hint != Hint.UNKNOWN || previous == null) {
            return current.hint;
        }
        return CounterReset.between(previous, current) ? Hint.RESET : Hint.NOT_RESET;
    }
}
