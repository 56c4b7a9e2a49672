package io.promgres.promql.engine;

import io.promgres.promql.data.FloatHistogram;
import io.promgres.promql.syntax.Expr.Extension;
import io.promgres.promql.syntax.Position;

/** What a range function sees at one step, and where it puts its result. A buffer that is used for all steps of a series. */
final class Window {

    final Annotations annotations;
    final Position position;
    final long range;
    final Extension extension;
    final boolean usesStartTimes;

    /** The scalar arguments at this step, in their order. */
    final double[] scalars;

    Samples samples;
    long time;
    long start;
    long end;

    /** The floats in the window, from this index to before {@link #floatEnd}. */
    int floatStart;

    int floatEnd;
    int histogramStart;
    int histogramEnd;

    private StepSeries result;
    private int step;

    Window(
            Annotations annotations,
            Position position,
            long range,
            Extension extension,
            boolean usesStartTimes,
            int scalars) {
        this.annotations = annotations;
        this.position = position;
        this.range = range;
        this.extension = extension;
        this.usesStartTimes = usesStartTimes;
        this.scalars = new double[scalars];
    }

    void begin(Samples newSamples, StepSeries newResult) {
        samples = newSamples;
        result = newResult;
        floatStart = 0;
        floatEnd = 0;
        histogramStart = 0;
        histogramEnd = 0;
    }

    /**
     * Goes to a step.
     *
     * @param end of the range
     * @param before by how much the window begins earlier than the range
     * @param after by how much it ends later
     */
    void moveTo(int newStep, long newTime, long newEnd, long before, long after) {
        step = newStep;
        time = newTime;
        end = newEnd;
        start = newEnd - range;
        floatStart = firstAfter(samples.floatTimes, start - before, floatStart);
        floatEnd = firstAfter(samples.floatTimes, end + after, floatEnd);
        histogramStart = firstAfter(samples.histogramTimes, start - before, histogramStart);
        histogramEnd = firstAfter(samples.histogramTimes, end + after, histogramEnd);
    }

    private static int firstAfter(long[] times, long time, int from) {
        int i = from;
        while (i < times.length && times[i] <= time) {
            i++;
        }
        return i;
    }

    int floats() {
        return floatEnd - floatStart;
    }

    int histograms() {
        return histogramEnd - histogramStart;
    }

    boolean isEmpty() {
        return size() == 0;
    }

    /** How many samples there are. */
    int size() {
        return floats() + histograms();
    }

    double value(int i) {
        return samples.floats[floatStart + i];
    }

    long floatTime(int i) {
        return samples.floatTimes[floatStart + i];
    }

    FloatHistogram histogram(int i) {
        return samples.histograms[histogramStart + i];
    }

    long histogramTime(int i) {
        return samples.histogramTimes[histogramStart + i];
    }

    /** Whether it may be known of a float when its counter began. */
    boolean hasFloatStarts() {
        return usesStartTimes && samples.floatStarts.length > 0;
    }

    /** When the counter of a float began; 0 if that is not known, or not to be looked at. */
    long floatStartTime(int i) {
        return usesStartTimes && floatStart + i < samples.floatStarts.length ? samples.floatStarts[floatStart + i] : 0;
    }

    long histogramStartTime(int i) {
        return usesStartTimes && histogramStart + i < samples.histogramStarts.length
                ? samples.histogramStarts[histogramStart + i]
                : 0;
    }

    String metric() {
        return samples.labels.metricName();
    }

    void give(double value) {
        result.set(step, value);
    }

    void give(FloatHistogram histogram) {
        result.set(step, histogram);
    }
}
