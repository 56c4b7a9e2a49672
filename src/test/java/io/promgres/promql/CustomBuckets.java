package io.promgres.promql;

import io.promgres.promql.data.Buckets;
import io.promgres.promql.data.FloatHistogram;
import io.promgres.promql.data.Labels;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** Makes native histograms with custom buckets of the classic ones that a script loads. */
final class CustomBuckets {

    /** A classic histogram at one time. */
    private static final class Classic {

        private final TreeMap<Double, Double> buckets = new TreeMap<>();
        private double sum;
        private Double count;
    }

    private CustomBuckets() {}

    static void add(Script.Load load, MemorySource samples) {
        Map<Labels, TreeMap<Long, Classic>> all = new TreeMap<>();
        for (Script.Series series : load.series()) {
            String name = series.labels().metricName();
            String bound = series.labels().get(Labels.BUCKET);
            String suffix = name.endsWith("_bucket") && !bound.isEmpty()
                    ? "_bucket"
                    : name.endsWith("_count") ? "_count" : name.endsWith("_sum") ? "_sum" : "";
            for (int i = 0; i < series.points().size() && !suffix.isEmpty(); i++) {
                Points.Point point = series.points().get(i);
                if (point != null && point.histogram() == null) {
                    Labels labels = series.labels()
                            .without(List.of(Labels.BUCKET))
                            .with(Labels.NAME, name.substring(0, name.length() - suffix.length()));
                    Classic classic = all.computeIfAbsent(labels, key -> new TreeMap<>())
                            .computeIfAbsent(i * load.interval(), key -> new Classic());
                    switch (suffix) {
                        case "_bucket" -> classic.buckets.put(Points.number(bound), point.value());
                        case "_sum" -> classic.sum = point.value();
                        default -> classic.count = point.value();
                    }
                }
            }
        }
        all.forEach((labels, times) -> times.forEach((time, classic) -> {
            if (!classic.buckets.isEmpty()) {
                samples.add(labels, time, new MemorySource.Sample(0, histogram(classic), 0));
            }
        }));
    }

    private static FloatHistogram histogram(Classic classic) {
        FloatHistogram histogram = new FloatHistogram();
        histogram.schema = FloatHistogram.CUSTOM;
        histogram.sum = classic.sum;
        double total = classic.buckets.lastEntry().getValue();
        histogram.count = classic.count == null ? total : classic.count;
        histogram.bounds = classic.buckets.keySet().stream()
                .filter(bound -> bound < Double.POSITIVE_INFINITY)
                .mapToDouble(bound -> bound)
                .toArray();
        double[] counts = new double[histogram.bounds.length + 1];
        double before = 0;
        int i = 0;
        for (double cumulative : classic.buckets.values()) {
            counts[i++] = cumulative - before;
            before = cumulative;
        }
        if (i < counts.length) {
            counts[i] = histogram.count - before;
        }
        histogram.positive = new Buckets(IntStream.range(0, counts.length).toArray(), counts);
        return histogram.compact();
    }
}
