package io.promgres.query;

import io.promgres.promql.data.FloatHistogram;
import io.promgres.promql.data.SampleSeries;
import java.util.Arrays;

/** A series whose samples are in two databases, because its target has moved from one to the other. */
final class MergedSeries {

    private final SampleSeries result;
    private int size;

    private MergedSeries(SampleSeries first, SampleSeries second) {
        int most = first.size() + second.size();
        boolean histograms = first.histograms() != null || second.histograms() != null;
        boolean starts = first.startTimes() != null || second.startTimes() != null;
        result = new SampleSeries(
                first.labels(),
                new long[most],
                new double[most],
                histograms ? new FloatHistogram[most] : null,
                starts ? new long[most] : null);
    }

    /** The samples of both in order of time; of two at one time, that of the first. */
    static SampleSeries of(SampleSeries first, SampleSeries second) {
        MergedSeries merged = new MergedSeries(first, second);
        int j = 0;
        for (int i = 0; i < first.size(); i++) {
            while (j < second.size() && second.times()[j] < first.times()[i]) {
                merged.add(second, j++);
            }
            if (j < second.size() && second.times()[j] == first.times()[i]) {
                j++;
            }
            merged.add(first, i);
        }
        while (j < second.size()) {
            merged.add(second, j++);
        }
        return merged.cut();
    }

    private void add(SampleSeries from, int i) {
        result.times()[size] = from.times()[i];
        result.values()[size] = from.values()[i];
        if (result.histograms() != null) {
            result.histograms()[size] = from.histogram(i);
        }
        if (result.startTimes() != null) {
            result.startTimes()[size] = from.startTime(i);
        }
        size++;
    }

    private SampleSeries cut() {
        return new SampleSeries(
                result.labels(),
                Arrays.copyOf(result.times(), size),
                Arrays.copyOf(result.values(), size),
                result.histograms() == null ? null : Arrays.copyOf(result.histograms(), size),
                result.startTimes() == null ? null : Arrays.copyOf(result.startTimes(), size));
    }
}
