package io.promgres.remoteread;

import io.promgres.codec.proto.Remote.WriteRequest;
import io.promgres.codec.proto.Types.BucketSpan;
import io.promgres.codec.proto.Types.Histogram;
import io.promgres.codec.proto.Types.Label;
import io.promgres.codec.proto.Types.Sample;
import io.promgres.codec.proto.Types.TimeSeries;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.xerial.snappy.Snappy;

/**
 * Series of native histograms, as targets would send them over more than two hours: of whole numbers and of floats, with
 * resets, ends in between, and floats among them.
 */
public final class HistogramSite {

    public static final int POINTS = 400;
    public static final int STEP_MILLIS = 20_000;

    /** What a request holds of each series: Prometheus wants times to rise, across series too. */
    private static final int POINTS_OF_REQUEST = 20;

    private static final String CUSTOM = "custom_seconds";
    private static final double STALE = Double.longBitsToDouble(0x7ff0000000000002L);

    private final long start;
    private final List<TimeSeries.Builder> series = new ArrayList<>();

    /** @param start milliseconds since the epoch */
    public HistogramSite(long start) {
        this.start = start;
        Random random = new Random(7);
        for (int schema = -4; schema <= 8; schema += 3) {
            series.add(counter(random, schema));
        }
        series.add(floats(random, "0", POINTS));
        series.add(mixed(random));
    }

    /** The series, with all that they have. */
    public List<TimeSeries> series() {
        return series.stream().map(TimeSeries.Builder::build).toList();
    }

    /**
     * Adds what Prometheus 2.42 does not give back as it got it: custom bounds, which it does not know; gauges, at which its
     * remote read fails; series that get new buckets, of which it adds empty ones to earlier histograms, as Prometheus 3 does; ends of
     * series of floats, which become whole numbers.
     */
    public HistogramSite withMore() {
        Random random = new Random(8);
        series.add(counterWithNewBuckets(random));
        series.add(gauge(random));
        series.add(customBounds(random));
        series.add(floats(random, "1", POINTS / 4));
        return this;
    }

    /** The only series with custom bounds. */
    public TimeSeries customBounds() {
        return series().stream()
                .filter(one -> one.getLabels(0).getValue().equals(CUSTOM))
                .findFirst()
                .orElseThrow();
    }

    /** The bodies of remote write requests, in the order of their times. */
    public List<byte[]> requests() throws IOException {
        List<byte[]> requests = new ArrayList<>();
        for (int from = 0; from < POINTS; from += POINTS_OF_REQUEST) {
            long first = time(from);
            long end = time(from + POINTS_OF_REQUEST);
            WriteRequest.Builder request = WriteRequest.newBuilder();
            for (TimeSeries.Builder one : series) {
                TimeSeries.Builder part = request.addTimeseriesBuilder().addAllLabels(one.getLabelsList());
                one.getSamplesList().stream()
                        .filter(sample -> sample.getTimestamp() >= first && sample.getTimestamp() < end)
                        .forEach(part::addSamples);
                one.getHistogramsList().stream()
                        .filter(histogram -> histogram.getTimestamp() >= first && histogram.getTimestamp() < end)
                        .forEach(part::addHistograms);
            }
            requests.add(Snappy.compress(request.build().toByteArray()));
        }
        return requests;
    }

    private long time(int point) {
        return start + (long) point * STEP_MILLIS;
    }

    private static TimeSeries.Builder named(String name, String instance) {
        return TimeSeries.newBuilder()
                .addLabels(Label.newBuilder().setName("__name__").setValue(name))
                .addLabels(Label.newBuilder().setName("instance").setValue(instance));
    }

    /** Is reset at a third, ends at half and goes on. */
    private TimeSeries.Builder counter(Random random, int schema) {
        TimeSeries.Builder one = named("latency_seconds", Integer.toString(schema));
        long[] buckets = new long[9];
        for (int point = 0; point < POINTS; point++) {
            if (point == POINTS / 3) {
                buckets = new long[9];
            }
            grow(buckets, random);
            if (point == POINTS / 2) {
                one.addHistograms(stale(point).setCountInt(0).setZeroCountInt(0));
                continue;
            }
            Histogram.Builder histogram = Histogram.newBuilder()
                    .setTimestamp(time(point))
                    .setSchema(schema)
                    .setZeroThreshold(schema == 2 ? 0.001 : Math.pow(2, -128))
                    .setZeroCountInt(point)
                    .setSum(random.nextGaussian())
                    .addNegativeSpans(BucketSpan.newBuilder().setOffset(1).setLength(2))
                    .addNegativeDeltas(point)
                    .addNegativeDeltas(point / 7);
            addPositive(histogram, -3, buckets);
            histogram.setCountInt(histogram.getCountInt() + 3L * point + point / 7);
            one.addHistograms(histogram);
        }
        return one;
    }

    private TimeSeries.Builder counterWithNewBuckets(Random random) {
        TimeSeries.Builder one = named("growing_seconds", "0");
        long[] buckets = new long[3];
        for (int point = 0; point < POINTS; point++) {
            if (point % 37 == 36) {
                buckets = Arrays.copyOf(buckets, buckets.length + 2);
            }
            grow(buckets, random);
            Histogram.Builder histogram = Histogram.newBuilder()
                    .setTimestamp(time(point))
                    .setZeroCountInt(0)
                    .setSum(point * 0.1);
            addPositive(histogram, 2, buckets);
            one.addHistograms(histogram);
        }
        return one;
    }

    private TimeSeries.Builder gauge(Random random) {
        TimeSeries.Builder one = named("queued_bytes", "0");
        for (int point = 0; point < POINTS; point++) {
            long[] buckets = new long[5];
            grow(buckets, random);
            Histogram.Builder histogram = Histogram.newBuilder()
                    .setTimestamp(time(point))
                    .setResetHint(Histogram.ResetHint.GAUGE)
                    .setSchema(1)
                    .setZeroCountInt(0)
                    .setSum(random.nextDouble());
            addPositive(histogram, 20, buckets);
            one.addHistograms(histogram);
        }
        return one;
    }

    /** @param end where the series ends, and goes on */
    private TimeSeries.Builder floats(Random random, String instance, int end) {
        TimeSeries.Builder one = named("share_seconds", instance);
        double[] buckets = new double[4];
        for (int point = 0; point < POINTS; point++) {
            double count = 0;
            Histogram.Builder histogram = Histogram.newBuilder()
                    .setTimestamp(time(point))
                    .setSchema(3)
                    .setZeroThreshold(1e-9)
                    .setZeroCountFloat(point / 3.0)
                    .addPositiveSpans(BucketSpan.newBuilder().setOffset(-7).setLength(buckets.length));
            for (int i = 0; i < buckets.length; i++) {
                buckets[i] += random.nextInt(3) * random.nextDouble();
                histogram.addPositiveCounts(buckets[i]);
                count += buckets[i];
            }
            one.addHistograms(
                    point == end
                            ? stale(point).setCountFloat(0).setZeroCountFloat(0)
                            : histogram.setCountFloat(count + point / 3.0).setSum(point % 9 == 0 ? Double.NaN : count));
        }
        return one;
    }

    /** Changes between histograms and floats. */
    private TimeSeries.Builder mixed(Random random) {
        TimeSeries.Builder one = named("mixed_seconds", "0");
        long[] buckets = new long[3];
        for (int point = 0; point < POINTS; point++) {
            if (point / 50 % 2 == 0) {
                one.addSamples(Sample.newBuilder().setTimestamp(time(point)).setValue(point * 0.7));
                continue;
            }
            grow(buckets, random);
            Histogram.Builder histogram = Histogram.newBuilder()
                    .setTimestamp(time(point))
                    .setZeroCountInt(0)
                    .setSum(point);
            addPositive(histogram, 0, buckets);
            one.addHistograms(histogram);
        }
        return one;
    }

    private TimeSeries.Builder customBounds(Random random) {
        TimeSeries.Builder one = named(CUSTOM, "0");
        long[] buckets = new long[4];
        for (int point = 0; point < POINTS; point++) {
            grow(buckets, random);
            Histogram.Builder histogram = Histogram.newBuilder()
                    .setTimestamp(time(point))
                    .setSchema(-53)
                    .addCustomValues(0.005)
                    .addCustomValues(1.0 / 3)
                    .addCustomValues(1e12)
                    .setZeroCountInt(0)
                    .setSum(point * 1.1);
            addPositive(histogram, 0, buckets);
            one.addHistograms(histogram);
        }
        return one;
    }

    private Histogram.Builder stale(int point) {
        return Histogram.newBuilder().setTimestamp(time(point)).setSum(STALE);
    }

    private static void grow(long[] buckets, Random random) {
        for (int i = 0; i < buckets.length; i++) {
            buckets[i] += random.nextLong(1L << random.nextInt(1, 20));
        }
    }

    /** Sets the count too. */
    private static void addPositive(Histogram.Builder to, int offset, long[] buckets) {
        to.addPositiveSpans(BucketSpan.newBuilder().setOffset(offset).setLength(buckets.length));
        long before = 0;
        long count = 0;
        for (long bucket : buckets) {
            to.addPositiveDeltas(bucket - before);
            before = bucket;
            count += bucket;
        }
        to.setCountInt(count);
    }
}
