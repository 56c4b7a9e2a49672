package io.promgres.remoteread;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.codec.SeriesReceiver;
import io.promgres.codec.proto.Types.BucketSpan;
import io.promgres.codec.proto.Types.Histogram;
import io.promgres.codec.proto.Types.Histogram.ResetHint;
import io.promgres.histogram.HistogramBody;
import io.promgres.histogram.HistogramMessages;
import io.promgres.histogram.NativeHistogram;
import io.promgres.model.LabelSet;
import io.promgres.remotewrite.HistogramBodies;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What remote read says of resets between the histograms of a series, and that nothing else of them changes. */
class HistogramResetsTest {

    private static final double STALE = Double.longBitsToDouble(0x7ff0000000000002L);

    private static final class Received implements SeriesReceiver {
        private final List<Histogram> histograms = new ArrayList<>();

        @Override
        public void beginSeries(LabelSet labels) {}

        @Override
        public void sample(long time, long bits) {}

        @Override
        public void histogram(long time, byte[] body) {
            NativeHistogram histogram = new NativeHistogram();
            HistogramBody.decode(body, time, histogram);
            histograms.add(HistogramMessages.of(histogram));
        }

        @Override
        public void endSeries() {}

        private List<ResetHint> hints() {
            return histograms.stream().map(Histogram::getResetHint).toList();
        }
    }

    private final ChunkedResponseEncoder frames = new ChunkedResponseEncoder(1 << 20);
    private final ReadResponseEncoder samples = new ReadResponseEncoder();
    private final List<Histogram> sent = new ArrayList<>();

    HistogramResetsTest() {
        LabelSet series = LabelSet.ofSorted("__name__", "m");
        frames.beginSeries(series);
        samples.beginQuery();
        samples.beginSeries(series);
    }

    private void send(Histogram.Builder histogram) throws Exception {
        Histogram one = histogram.setTimestamp(1_000L * (sent.size() + 1)).build();
        byte[] body = HistogramBodies.of(one);
        frames.addHistogram(one.getTimestamp(), body);
        samples.addHistogram(one.getTimestamp(), body);
        sent.add(one);
    }

    private Received stream() throws Exception {
        frames.endSeries();
        return read(ChunkedResponseEncoder.CONTENT_TYPE, frames.take());
    }

    private Received answerOfSamples() throws Exception {
        samples.endSeries();
        return read("application/x-protobuf", samples.encode());
    }

    private static Received read(String type, byte[] answer) throws Exception {
        Received received = new Received();
        ReadResponseDecoder.read(type, new ByteArrayInputStream(answer), Long.MIN_VALUE, Long.MAX_VALUE, received);
        return received;
    }

    /** Two positive buckets, one negative one, one around zero. */
    private static Histogram.Builder counts(long first, long second, long negative, long zero) {
        return Histogram.newBuilder()
                .setCountInt(first + second + negative + zero)
                .setSum(first + 2.5 * second - negative)
                .setZeroThreshold(0.001)
                .setZeroCountInt(zero)
                .addPositiveSpans(BucketSpan.newBuilder().setOffset(-2).setLength(2))
                .addPositiveDeltas(first)
                .addPositiveDeltas(second - first)
                .addNegativeSpans(BucketSpan.newBuilder().setOffset(1).setLength(1))
                .addNegativeDeltas(negative);
    }

    private static Histogram.Builder floats(double count) {
        return Histogram.newBuilder()
                .setCountFloat(count)
                .setZeroCountFloat(0)
                .setSum(count / 3)
                .addPositiveSpans(BucketSpan.newBuilder().setLength(1))
                .addPositiveCounts(count);
    }

    @Test
    void onesThatGoOnCountingAreNoResets() throws Exception {
        send(counts(1, 5, 0, 2));
        send(counts(1, 5, 0, 2));
        send(counts(2, 1L << 40, 7, 2));
        assertHints(ResetHint.UNKNOWN, ResetHint.NO, ResetHint.NO);
    }

    @Test
    void aCountThatFallsIsNotSaidToBeNoReset() throws Exception {
        send(counts(5, 5, 5, 5));
        send(counts(4, 9, 9, 9));
        send(counts(5, 8, 9, 9));
        send(counts(9, 9, 8, 9));
        send(counts(9, 9, 9, 8));
        assertHints(ResetHint.UNKNOWN, ResetHint.UNKNOWN, ResetHint.UNKNOWN, ResetHint.UNKNOWN, ResetHint.UNKNOWN);
    }

    @Test
    void whatTheSenderSaysHolds() throws Exception {
        send(counts(1, 1, 1, 1));
        send(counts(2, 2, 2, 2).setResetHint(ResetHint.YES));
        send(counts(3, 3, 3, 3));
        send(counts(4, 4, 4, 4).setResetHint(ResetHint.GAUGE));
        send(counts(5, 5, 5, 5).setResetHint(ResetHint.GAUGE));
        send(counts(1, 1, 1, 1).setResetHint(ResetHint.NO));
        assertHints(ResetHint.UNKNOWN, ResetHint.YES, ResetHint.NO, ResetHint.GAUGE, ResetHint.GAUGE, ResetHint.NO);
    }

    @Test
    void anotherLayoutAndAStaleMarkerSayNothing() throws Exception {
        send(counts(1, 1, 1, 1));
        send(counts(2, 2, 2, 2).setZeroThreshold(0.002));
        send(counts(3, 3, 3, 3).setZeroThreshold(0.002).setSchema(1));
        send(Histogram.newBuilder().setCountInt(0).setZeroCountInt(0).setSum(STALE));
        send(floats(1));
        send(floats(1.5));
        send(floats(1.25));
        assertHints(
                ResetHint.UNKNOWN,
                ResetHint.UNKNOWN,
                ResetHint.UNKNOWN,
                ResetHint.UNKNOWN,
                ResetHint.UNKNOWN,
                ResetHint.NO,
                ResetHint.UNKNOWN);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void nothingElseOfAnyHistogramChanges(long seed) throws Exception {
        Random random = new Random(seed);
        long[] counts = new long[4];
        double count = 0;
        for (int i = 0; i < 600; i++) {
            // Some rise by much, some not at all, and some fall.
            for (int bucket = 0; bucket < counts.length; bucket++) {
                counts[bucket] +=
                        random.nextInt(50) == 0 ? -counts[bucket] : random.nextLong() >>> 30 + random.nextInt(34);
            }
            count += random.nextInt(50) == 0 ? -count : random.nextDouble();
            boolean isFloat = i / 200 % 2 == 1;
            send(isFloat ? floats(count) : counts(counts[0], counts[1], counts[2], counts[3]));
        }
        Received streamed = stream();
        assertThat(streamed.hints()).filteredOn(ResetHint.NO::equals).hasSizeGreaterThan(400);
        assertThat(withoutHints(streamed.histograms)).isEqualTo(sent);
        Received whole = answerOfSamples();
        assertThat(withoutHints(whole.histograms)).isEqualTo(sent);
    }

    private void assertHints(ResetHint... expected) throws Exception {
        Received streamed = stream();
        assertThat(streamed.hints()).containsExactly(expected);
        Received whole = answerOfSamples();
        assertThat(whole.hints()).containsExactly(expected);
        assertThat(withoutHints(streamed.histograms)).isEqualTo(withoutHints(sent));
        assertThat(withoutHints(whole.histograms)).isEqualTo(withoutHints(sent));
    }

    private static List<Histogram> withoutHints(List<Histogram> histograms) {
        return histograms.stream()
                .map(one -> one.toBuilder().clearResetHint().build())
                .toList();
    }
}
