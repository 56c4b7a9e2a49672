package io.promgres.promql;

import io.promgres.codec.proto.WriteV2.BucketSpan;
import io.promgres.codec.proto.WriteV2.Histogram;
import io.promgres.codec.proto.WriteV2.Histogram.ResetHint;
import io.promgres.codec.proto.WriteV2.Request;
import io.promgres.codec.proto.WriteV2.Sample;
import io.promgres.codec.proto.WriteV2.TimeSeries;
import io.promgres.promql.data.Buckets;
import io.promgres.promql.data.FloatHistogram;
import io.promgres.promql.data.Labels;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.function.Consumer;

/** Messages of remote write 2.0 that have the samples of scripts. Not thread-safe. */
final class ScriptRequests {

    private static final int MOST_SERIES = 500;

    private final long base;
    private final List<byte[]> full = new ArrayList<>();
    private final Map<String, Integer> symbols = new LinkedHashMap<>();
    private Request.Builder request;

    /** @param base what is added to the times of a script, in milliseconds */
    ScriptRequests(long base) {
        this.base = base;
        begin();
    }

    private void begin() {
        request = Request.newBuilder();
        symbols.clear();
        symbol("");
    }

    private int symbol(String text) {
        Integer known = symbols.get(text);
        if (known == null) {
            known = symbols.size();
            symbols.put(text, known);
            request.addSymbols(text);
        }
        return known;
    }

    void add(Labels labels, NavigableMap<Long, MemorySource.Sample> samples) {
        if (request.getTimeseriesCount() == MOST_SERIES) {
            full.add(request.build().toByteArray());
            begin();
        }
        TimeSeries.Builder series = request.addTimeseriesBuilder();
        for (int i = 0; i < labels.size(); i++) {
            series.addLabelsRefs(symbol(labels.name(i))).addLabelsRefs(symbol(labels.value(i)));
        }
        samples.forEach((time, sample) -> {
            long start = sample.startTime() == 0 ? 0 : base + sample.startTime();
            if (sample.histogram() == null) {
                series.addSamples(Sample.newBuilder()
                        .setTimestamp(base + time)
                        .setValue(sample.value())
                        .setStartTimestamp(start));
            } else {
                series.addHistograms(
                        histogram(sample.histogram()).setTimestamp(base + time).setStartTimestamp(start));
            }
        });
    }

    /** What has been added. */
    List<byte[]> messages() {
        full.add(request.build().toByteArray());
        begin();
        return List.copyOf(full);
    }

    private static Histogram.Builder histogram(FloatHistogram from) {
        Histogram.Builder to = Histogram.newBuilder()
                .setSchema(from.schema)
                .setSum(from.sum)
                .setCountFloat(from.count)
                .setZeroThreshold(from.zeroThreshold)
                .setZeroCountFloat(from.zeroCount)
                .setResetHint(ResetHint.forNumber(from.hint.ordinal()));
        for (double bound : from.bounds) {
            to.addCustomValues(bound);
        }
        buckets(from.positive, to::addPositiveSpans, to::addPositiveCounts);
        buckets(from.negative, to::addNegativeSpans, to::addNegativeCounts);
        return to;
    }

    private static void buckets(Buckets from, Consumer<BucketSpan> spans, Consumer<Double> counts) {
        int next = 0;
        for (int i = 0; i < from.size(); ) {
            int first = i;
            while (i < from.size() && from.indices[i] == from.indices[first] + i - first) {
                counts.accept(from.counts[i++]);
            }
            spans.accept(BucketSpan.newBuilder()
                    .setOffset(from.indices[first] - next)
                    .setLength(i - first)
                    .build());
            next = from.indices[i - 1] + 1;
        }
    }
}
