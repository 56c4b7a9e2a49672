package io.promgres.promql.engine;

import io.promgres.promql.data.FloatHistogram;
import io.promgres.promql.data.Labels;
import java.util.Arrays;

/** A series on a grid: at each step a float, a histogram, or nothing. A buffer: who made it may change it until it is given on. */
final class StepSeries {

    private static final byte FLOAT = 1;
    private static final byte HISTOGRAM = 2;

    Labels labels;

    /** Whether the name, type and unit of the metric go at the end, where they are kept until then. */
    boolean dropName;

    final double[] values;
    private final byte[] kinds;
    private FloatHistogram[] histograms;

    StepSeries(Labels labels, int steps) {
        this.labels = labels;
        this.values = new double[steps];
        this.kinds = new byte[steps];
    }

    /** A series with a float at each step. */
    static StepSeries constant(double value, int steps) {
        StepSeries series = new StepSeries(Labels.EMPTY, steps);
        Arrays.fill(series.values, value);
        Arrays.fill(series.kinds, FLOAT);
        return series;
    }

    int steps() {
        return values.length;
    }

    boolean has(int step) {
        return kinds[step] != 0;
    }

    boolean isFloat(int step) {
        return kinds[step] == FLOAT;
    }

    boolean isHistogram(int step) {
        return kinds[step] == HISTOGRAM;
    }

    /** Whether it may have a histogram at some step. */
    boolean hasHistograms() {
        return histograms != null;
    }

    /** The histogram at a step; null if there is none. */
    FloatHistogram histogram(int step) {
        return kinds[step] == HISTOGRAM ? histograms[step] : null;
    }

    void set(int step, double value) {
        values[step] = value;
        kinds[step] = FLOAT;
    }

    void set(int step, FloatHistogram histogram) {
        if (histograms == null) {
            histograms = new FloatHistogram[values.length];
        }
        histograms[step] = histogram;
        kinds[step] = HISTOGRAM;
    }

    /** Takes what another one has at a step. */
    void copy(int step, StepSeries from) {
        if (from.isHistogram(step)) {
            set(step, from.histogram(step));
        } else {
            set(step, from.values[step]);
        }
    }

    void clear(int step) {
        kinds[step] = 0;
    }

    /** How many samples it has; a histogram counts as many as it has buckets, and some more, as Prometheus counts it. */
    int samples() {
        int samples = 0;
        for (int i = 0; i < kinds.length; i++) {
            samples += kinds[i] == HISTOGRAM ? size(histograms[i]) : kinds[i];
        }
        return samples;
    }

    static int size(FloatHistogram histogram) {
        return (168 + 8 * (histogram.positive.size() + histogram.negative.size() + histogram.bounds.length)) / 16;
    }

    boolean isEmpty() {
        for (byte kind : kinds) {
            if (kind != 0) {
                return false;
            }
        }
        return true;
    }
}
