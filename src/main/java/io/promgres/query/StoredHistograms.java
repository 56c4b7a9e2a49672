package io.promgres.query;

import io.promgres.codec.Numbers;
import io.promgres.histogram.HistogramBody;
import io.promgres.histogram.NativeHistogram;
import io.promgres.promql.data.Buckets;
import io.promgres.promql.data.FloatHistogram;
import io.promgres.promql.data.Labels;
import io.promgres.promql.data.ResetHints;
import io.promgres.promql.data.SampleSeries;
import io.promgres.tiers.SampleArrays;
import io.promgres.tiers.StoredHistogram;
import java.util.Arrays;
import java.util.List;

/** Native histograms as they are stored, as PromQL computes with them. */
final class StoredHistograms {

    private StoredHistograms() {}

    /**
     * Samples and histograms in one order of time; of both of one time, which Prometheus does not allow, the sample. What is
     * before a time is left out, after it has told what is known of a reset.
     */
    static SampleSeries merge(Labels labels, SampleArrays samples, List<StoredHistogram> histograms, long from) {
        int most = samples.size() + histograms.size();
        long[] times = new long[most];
        double[] values = new double[most];
        FloatHistogram[] all = new FloatHistogram[most];
        int size = 0;
        int sample = 0;
        for (StoredHistogram histogram : histograms) {
            while (sample < samples.size() && samples.times()[sample] <= histogram.time()) {
                times[size] = samples.times()[sample];
                values[size++] = samples.values()[sample++];
            }
            if (size == 0 || times[size - 1] != histogram.time()) {
                times[size] = histogram.time();
                all[size++] = decode(histogram);
            }
        }
        while (sample < samples.size()) {
            times[size] = samples.times()[sample];
            values[size++] = samples.values()[sample++];
        }
        ResetHints.set(Arrays.copyOf(all, size));
        int first = size > 0 && times[0] < from ? 1 : 0;
        return new SampleSeries(
                labels,
                Arrays.copyOfRange(times, first, size),
                Arrays.copyOfRange(values, first, size),
                Arrays.copyOfRange(all, first, size),
                null);
    }

    private static FloatHistogram decode(StoredHistogram stored) {
        NativeHistogram body = new NativeHistogram();
        HistogramBody.decode(stored.body(), stored.time(), body);
        FloatHistogram histogram = new FloatHistogram();
        histogram.hint = FloatHistogram.Hint.values()[body.resetHint];
        histogram.schema = body.schema;
        histogram.zeroThreshold = Double.longBitsToDouble(body.zeroThresholdBits);
        histogram.zeroCount = body.asDouble(body.zeroCount);
        histogram.count = body.observations();
        histogram.sum = body.sum();
        histogram.positive = buckets(body, body.positive);
        histogram.negative = buckets(body, body.negative);
        histogram.bounds = new double[body.bounds.size()];
        for (int i = 0; i < histogram.bounds.length; i++) {
            histogram.bounds[i] = Double.longBitsToDouble(body.bounds.get(i));
        }
        return histogram;
    }

    private static Buckets buckets(NativeHistogram histogram, NativeHistogram.Buckets side) {
        Numbers spans = side.spans;
        int length = side.counts.size();
        int[] indices = new int[length];
        double[] counts = new double[length];
        int at = 0;
        int index = 0;
        long count = 0;
        for (int span = 0; span < spans.size(); span += 2) {
            index += (int) spans.get(span);
            for (long i = 0; i < spans.get(span + 1) && at < length; i++) {
                indices[at] = index++;
                count = histogram.isFloat ? side.counts.get(at) : count + side.counts.get(at);
                counts[at++] = histogram.isFloat ? Double.longBitsToDouble(count) : count;
            }
        }
        return at == 0 ? Buckets.NONE : new Buckets(Arrays.copyOf(indices, at), Arrays.copyOf(counts, at));
    }
}
