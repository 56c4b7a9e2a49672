package io.promgres.promql.engine;

import io.promgres.promql.data.FloatHistogram;
import io.promgres.promql.data.FloatHistogram.Hint;
import io.promgres.promql.data.Labels;
import io.promgres.promql.data.SampleSeries;
import java.util.Arrays;

/** The samples of a series as range functions want them: floats and histograms apart, in order of time, without stale markers. */
final class Samples {

    final Labels labels;

    /** Whether the name of the metric is to go at the end. */
    final boolean dropName;

    long[] floatTimes;
    double[] floats;
    long[] floatStarts;
    long[] histogramTimes;
    FloatHistogram[] histograms;
    long[] histogramStarts;

    private Samples(Labels labels, boolean dropName, int floats, int histograms) {
        this.labels = labels;
        this.dropName = dropName;
        this.floatTimes = new long[floats];
        this.floats = new double[floats];
        this.floatStarts = new long[floats];
        this.histogramTimes = new long[histograms];
        this.histograms = new FloatHistogram[histograms];
        this.histogramStarts = new long[histograms];
    }

    int size() {
        return floats.length + histograms.length;
    }

    /** Of floats without stale markers, the arrays are those of the series. */
    static Samples of(SampleSeries series) {
        if (series.histograms() == null && !hasStale(series.values())) {
            Samples samples = new Samples(series.labels(), false, 0, 0);
            samples.floatTimes = series.times();
            samples.floats = series.values();
            samples.floatStarts = series.startTimes() == null ? samples.floatStarts : series.startTimes();
            return samples;
        }
        return apart(series);
    }

    private static boolean hasStale(double[] values) {
        for (double value : values) {
            if (Double.isNaN(value) && Double.doubleToRawLongBits(value) == SampleSeries.STALE_BITS) {
                return true;
            }
        }
        return false;
    }

    private static Samples apart(SampleSeries series) {
        int histograms = 0;
        int floats = 0;
        for (int i = 0; i < series.size(); i++) {
            if (!series.isStale(i)) {
                histograms += series.histogram(i) == null ? 0 : 1;
                floats += series.histogram(i) == null ? 1 : 0;
            }
        }
        Samples samples = new Samples(series.labels(), false, floats, histograms);
        int f = 0;
        int h = 0;
        for (int i = 0; i < series.size(); i++) {
            if (series.isStale(i)) {
                continue;
            }
            if (series.histogram(i) == null) {
                samples.floatTimes[f] = series.times()[i];
                samples.floatStarts[f] = series.startTime(i);
                samples.floats[f++] = series.values()[i];
            } else {
                samples.histogramTimes[h] = series.times()[i];
                samples.histogramStarts[h] = series.startTime(i);
                samples.histograms[h++] = series.histogram(i);
            }
        }
        return samples;
    }

    /** What a subquery gave; nothing is known of resets between its histograms. */
    static Samples of(StepSeries series, Grid grid) {
        Samples samples = new Samples(series.labels, series.dropName, series.steps(), series.steps());
        int f = 0;
        int h = 0;
        for (int i = 0; i < series.steps(); i++) {
            if (series.isFloat(i)) {
                samples.floatTimes[f] = grid.time(i);
                samples.floats[f++] = series.values[i];
            } else if (series.isHistogram(i)) {
                samples.histogramTimes[h] = grid.time(i);
                samples.histograms[h++] = withoutResets(series.histogram(i));
            }
        }
        samples.floatTimes = Arrays.copyOf(samples.floatTimes, f);
        samples.floats = Arrays.copyOf(samples.floats, f);
        samples.histogramTimes = Arrays.copyOf(samples.histogramTimes, h);
        samples.histograms = Arrays.copyOf(samples.histograms, h);
        return samples;
    }

    private static FloatHistogram withoutResets(FloatHistogram histogram) {
        if (histogram.hint != Hint.RESET && histogram.hint != Hint.NOT_RESET) {
            return histogram;
        }
        FloatHistogram copy = histogram.copy();
        copy.hint = Hint.UNKNOWN;
        return copy;
    }
}
