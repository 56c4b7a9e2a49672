package io.promgres.remoteread;

import io.promgres.codec.proto.Remote.WriteRequest;
import io.promgres.codec.proto.Types.BucketSpan;
import io.promgres.codec.proto.Types.Histogram;
import io.promgres.codec.proto.Types.Histogram.ResetHint;
import io.promgres.codec.proto.Types.Label;
import io.promgres.codec.proto.Types.Sample;
import io.promgres.codec.proto.Types.TimeSeries;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.DoubleStream;

/**
 * Native histograms of all kinds over half an hour, one every 15 seconds: of integers and floats, counters with resets and
 * gauges, of resolutions and zero buckets that change, with custom bounds, with ends and gaps, and next to floats.
 */
final class HistogramData {

    static final int STEP_MILLIS = 15_000;
    static final int POINTS = 120;

    private static final double STALE_MARKER = Double.longBitsToDouble(0x7ff0000000000002L);
    private static final int BUCKETS = 24;

    private final long start;
    private final Random random = new Random(5);
    private final WriteRequest.Builder request = WriteRequest.newBuilder();

    /** @param start of the first histograms, milliseconds since the epoch */
    HistogramData(long start) {
        this.start = start;
        counters();
        gauges();
        customBounds();
        oddities();
        withinZero();
    }

    /**
     * The message of remote write 1.0 that has all of it. Series are in the order of their labels: PromQL adds up in the order in
     * which it gets them, that of their creation from a store of its own, and sums of histograms depend on it.
     */
    WriteRequest request() {
        List<TimeSeries> series = new ArrayList<>(request.getTimeseriesList());
        series.sort(Comparator.comparing(HistogramData::nameAndInstance));
        return WriteRequest.newBuilder().addAllTimeseries(series).build();
    }

    private static String nameAndInstance(TimeSeries series) {
        return series.getLabels(0).getValue() + ' ' + series.getLabels(1).getValue();
    }

    private void counters() {
        series("latency_seconds", "1", counter(0, 0, POINTS));
        series("latency_seconds", "2", counter(3, 0, 50));
        IntFunction<Histogram.Builder> fine = counter(4, 0, POINTS);
        IntFunction<Histogram.Builder> coarse = counter(1, 0, 90);
        series("latency_seconds", "3", i -> i < 60 ? fine.apply(i) : coarse.apply(i));
        IntFunction<Histogram.Builder> wide = counter(1, 0.5, POINTS);
        series("zero_width", "1", i -> wide.apply(i).setZeroThreshold(i < 40 ? 0.001 : i < 80 ? 0.25 : 0.03));
        IntFunction<Histogram.Builder> finest = counter(8, 0, POINTS);
        IntFunction<Histogram.Builder> coarsest = counter(-4, 0, POINTS);
        series("extreme", "fine", i -> finest.apply(i).setZeroThreshold(1e-25));
        series("extreme", "coarse", i -> coarsest.apply(i).setZeroThreshold(1e-25));
    }

    /** Buckets that lie within the zero bucket, which no client library makes. */
    private void withinZero() {
        series("within_zero", "1", counter(-4, 0, POINTS));
        series("within_zero", "2", counter(-4, 0, 70));
        IntFunction<Histogram.Builder> wide = counter(0, 0, POINTS);
        series("within_zero", "3", i -> wide.apply(i).setZeroThreshold(i < 60 ? 0.3 : 0.001));
    }

    /** Counts that grow and begin again after so many points. */
    private IntFunction<Histogram.Builder> counter(int schema, double sum, int reset) {
        long[] counts = new long[BUCKETS];
        double[] total = {sum};
        return i -> {
            if (i % reset == 0) {
                Arrays.fill(counts, 0);
                total[0] = 0;
            }
            for (int n = 0; n < 7; n++) {
                int bucket = (int) Math.min(BUCKETS - 1, Math.abs(random.nextGaussian()) * 9);
                counts[bucket]++;
                total[0] += (bucket - 4) / 3.0;
            }
            return integers(schema, counts, total[0]);
        };
    }

    /** The zero bucket, 5 negative ones in two spans, the others positive in three. */
    private static Histogram.Builder integers(int schema, long[] counts, double sum) {
        Histogram.Builder histogram = Histogram.newBuilder()
                .setSchema(schema)
                .setSum(sum)
                .setZeroThreshold(0.001)
                .setZeroCountInt(counts[0])
                .addAllNegativeSpans(List.of(span(-1, 2), span(3, 3)))
                .addAllPositiveSpans(List.of(span(-3, 6), span(1, 2), span(4, BUCKETS - 14)));
        long count = counts[0];
        for (int i = 1; i < BUCKETS; i++) {
            long delta = i == 1 || i == 6 ? counts[i] : counts[i] - counts[i - 1];
            if (i < 6) {
                histogram.addNegativeDeltas(delta);
            } else {
                histogram.addPositiveDeltas(delta);
            }
            count += counts[i];
        }
        return histogram.setCountInt(count);
    }

    private static BucketSpan span(int offset, int length) {
        return BucketSpan.newBuilder().setOffset(offset).setLength(length).build();
    }

    private void gauges() {
        for (String instance : new String[] {"1", "2"}) {
            series("temperature", instance, i -> floats(2, i % 30 + 1).setResetHint(ResetHint.GAUGE));
        }
        series("float_counter", "1", i -> floats(1, i + 1));
    }

    private Histogram.Builder floats(int schema, int scale) {
        double a = scale * 0.375;
        double b = scale * 1.1;
        double c = scale * 1e-3;
        return Histogram.newBuilder()
                .setSchema(schema)
                .setSum(scale * 7.7)
                .setZeroThreshold(1e-128)
                .setZeroCountFloat(a)
                .setCountFloat(a + b + c + a)
                .addAllPositiveSpans(List.of(span(-12, 1), span(7, 2)))
                .addAllPositiveCounts(List.of(a, b, c));
    }

    private void customBounds() {
        series("size_bytes", "1", custom(0.1, 0.5, 1, 5));
        series("size_bytes", "2", custom(0.1, 0.5, 1, 5));
        series("other_bytes", "1", custom(1, 2, 3));
        series("other_bytes", "2", custom(-1, 2, 30));
    }

    /** A bucket below each bound, and one above the last. */
    private IntFunction<Histogram.Builder> custom(double... bounds) {
        long[] counts = new long[bounds.length + 1];
        return i -> {
            if (i % 70 == 0) {
                Arrays.fill(counts, 0);
            }
            for (int n = 0; n < 5; n++) {
                counts[random.nextInt(counts.length)]++;
            }
            Histogram.Builder histogram = Histogram.newBuilder()
                    .setSchema(-53)
                    .addAllCustomValues(DoubleStream.of(bounds).boxed().toList())
                    .addPositiveSpans(span(0, counts.length));
            long count = 0;
            double sum = 0;
            for (int bucket = 0; bucket < counts.length; bucket++) {
                histogram.addPositiveDeltas(counts[bucket] - (bucket == 0 ? 0 : counts[bucket - 1]));
                count += counts[bucket];
                sum += counts[bucket] * (bucket + 0.25);
            }
            return histogram.setCountInt(count).setSum(sum);
        };
    }

    private void oddities() {
        IntFunction<Histogram.Builder> counter = counter(2, 0, POINTS);
        series("comes_and_goes", "1", i -> i / 20 % 2 == 1 ? (i % 20 == 0 ? stale() : null) : counter.apply(i));
        series("nan_sum", "1", i -> floats(0, i + 1).setSum(Double.NaN));
        series("empty", "1", i -> Histogram.newBuilder().setCountInt(0).setZeroThreshold(0.001));
        TimeSeries.Builder mixed = named("mixed", "1");
        TimeSeries.Builder plain = named("plain", "1");
        for (int i = 0; i < POINTS; i++) {
            Sample sample =
                    Sample.newBuilder().setTimestamp(time(i)).setValue(i).build();
            plain.addSamples(sample);
            if (i < 50) {
                mixed.addSamples(sample);
            } else {
                mixed.addHistograms(counter.apply(i).setTimestamp(time(i)));
            }
        }
        request.addTimeseries(mixed).addTimeseries(plain);
    }

    private static Histogram.Builder stale() {
        return Histogram.newBuilder().setSum(STALE_MARKER);
    }

    private void series(String name, String instance, IntFunction<Histogram.Builder> histograms) {
        TimeSeries.Builder series = named(name, instance);
        for (int i = 0; i < POINTS; i++) {
            Histogram.Builder histogram = histograms.apply(i);
            if (histogram != null) {
                series.addHistograms(histogram.setTimestamp(time(i)));
            }
        }
        request.addTimeseries(series);
    }

    private static TimeSeries.Builder named(String name, String instance) {
        return TimeSeries.newBuilder()
                .addLabels(Label.newBuilder().setName("__name__").setValue(name))
                .addLabels(Label.newBuilder().setName("instance").setValue(instance))
                .addLabels(Label.newBuilder().setName("job").setValue("api"));
    }

    private long time(int point) {
        return start + (long) point * STEP_MILLIS;
    }
}
