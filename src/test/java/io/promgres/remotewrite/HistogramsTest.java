package io.promgres.remotewrite;

import static io.promgres.remotewrite.Messages.bytes;
import static io.promgres.remotewrite.Messages.field;
import static io.promgres.remotewrite.Messages.join;
import static io.promgres.remotewrite.Messages.varint;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promgres.codec.Cursor;
import io.promgres.codec.MalformedBodyException;
import io.promgres.codec.proto.Types.BucketSpan;
import io.promgres.codec.proto.Types.Histogram;
import io.promgres.histogram.HistogramBody;
import io.promgres.histogram.HistogramFields;
import io.promgres.histogram.HistogramMessages;
import io.promgres.histogram.NativeHistogram;
import io.promgres.model.LabelSet;
import io.promgres.model.Rejections.Reason;
import io.promgres.model.SeriesHistogram;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

public class HistogramsTest {

    private static final long STALE = 0x7ff0000000000002L;
    private static final LabelSet UP = LabelSet.ofSorted("__name__", "up");

    private final Histograms histograms = new Histograms();

    /** 6 observations: 2, 1 and 3 in the buckets 0, 1 and 3. */
    private static Histogram.Builder integers() {
        return Histogram.newBuilder()
                .setTimestamp(1)
                .setCountInt(6)
                .setSum(20)
                .addPositiveSpans(span(0, 2))
                .addPositiveSpans(span(1, 1))
                .addPositiveDeltas(2)
                .addPositiveDeltas(-1)
                .addPositiveDeltas(2);
    }

    private static Histogram.Builder floats() {
        return Histogram.newBuilder()
                .setTimestamp(1)
                .setCountFloat(6.5)
                .setZeroCountFloat(0.5)
                .setSum(20)
                .addNegativeSpans(span(-3, 1))
                .addNegativeCounts(6);
    }

    private static Histogram.Builder custom() {
        return Histogram.newBuilder()
                .setTimestamp(1)
                .setSchema(-53)
                .setCountInt(3)
                .setSum(4)
                .addCustomValues(-1)
                .addCustomValues(2.5)
                .addPositiveSpans(span(0, 3))
                .addPositiveDeltas(1)
                .addPositiveDeltas(0)
                .addPositiveDeltas(0);
    }

    private static BucketSpan.Builder span(int offset, int length) {
        return BucketSpan.newBuilder().setOffset(offset).setLength(length);
    }

    private Reason fault(Histogram.Builder histogram) throws MalformedBodyException {
        return fault(histogram.build().toByteArray());
    }

    private Reason fault(byte[] message) throws MalformedBodyException {
        histograms.clear();
        byte[] withLength = join(varint(message.length), message);
        Cursor in = new Cursor();
        in.reset(withLength, 0, withLength.length);
        HistogramFields fields = new HistogramFields();
        histograms.add(fields.read(in), fields.isTooLarge() ? Reason.HISTOGRAM_TOO_LARGE : null);
        assertThat(in.atEnd()).isTrue();
        return histograms.fault(0);
    }

    /** The message after it has been stored. */
    private Histogram stored(byte[] message) throws MalformedBodyException {
        assertThat(fault(message)).isNull();
        SeriesHistogram one = histograms.of(UP, 0, 0, 0);
        NativeHistogram decoded = new NativeHistogram();
        HistogramBody.decode(one.body(), one.time(), decoded);
        return HistogramMessages.of(decoded);
    }

    @Test
    void whatIsValidHasNoFault() throws Exception {
        assertThat(fault(integers())).isNull();
        assertThat(fault(floats())).isNull();
        assertThat(fault(custom())).isNull();
        assertThat(fault(Histogram.newBuilder())).isNull();
    }

    private enum Fault {
        SCHEMA_TOO_COARSE(Reason.HISTOGRAM_SCHEMA_UNKNOWN, integers().setSchema(-5)),
        SCHEMA_TOO_FINE(Reason.HISTOGRAM_SCHEMA_UNKNOWN, integers().setSchema(53)),
        SCHEMA_OF_NOTHING(Reason.HISTOGRAM_SCHEMA_UNKNOWN, integers().setSchema(-54)),
        FEWER_BUCKETS(Reason.HISTOGRAM_SPANS_MISMATCH, integers().addPositiveSpans(span(1, 1))),
        MORE_BUCKETS(Reason.HISTOGRAM_SPANS_MISMATCH, integers().addPositiveDeltas(0)),
        FEWER_NEGATIVE_BUCKETS(Reason.HISTOGRAM_SPANS_MISMATCH, integers().addNegativeSpans(span(1, 1))),
        FEWER_FINE_BUCKETS(
                Reason.HISTOGRAM_SPANS_MISMATCH, integers().setSchema(9).addPositiveSpans(span(1, 1))),
        LONGEST_SPAN(Reason.HISTOGRAM_SPANS_MISMATCH, integers().addPositiveSpans(span(1, -1))),
        SPANS_OF_FLOATS(Reason.HISTOGRAM_SPANS_MISMATCH, floats().addNegativeCounts(1)),
        SECOND_OFFSET(
                Reason.HISTOGRAM_SPAN_NEGATIVE_OFFSET,
                integers().addPositiveSpans(span(-1, 1)).addPositiveDeltas(0).setCountInt(9)),
        NEGATIVE_SIDE_OFFSET(
                Reason.HISTOGRAM_SPAN_NEGATIVE_OFFSET,
                floats().addNegativeSpans(span(-1, 1)).addNegativeCounts(1)),
        FINE_OFFSET(
                Reason.HISTOGRAM_SPAN_NEGATIVE_OFFSET,
                integers().setSchema(20).addPositiveSpans(span(-1, 1)).addPositiveDeltas(0)),
        BUCKET_BELOW_ZERO(Reason.HISTOGRAM_BUCKET_NEGATIVE, integers().setPositiveDeltas(1, -3)),
        FLOAT_BUCKET_BELOW_ZERO(Reason.HISTOGRAM_BUCKET_NEGATIVE, floats().setNegativeCounts(0, -0.5)),
        FLOAT_ZERO_BUCKET_BELOW_ZERO(Reason.HISTOGRAM_BUCKET_NEGATIVE, floats().setZeroCountFloat(-0.5)),
        FLOAT_COUNT_BELOW_ZERO(Reason.HISTOGRAM_COUNT_NEGATIVE, floats().setCountFloat(-1)),
        COUNT_ABOVE_BUCKETS(Reason.HISTOGRAM_COUNT_MISMATCH, integers().setCountInt(7)),
        COUNT_BELOW_BUCKETS(Reason.HISTOGRAM_COUNT_MISMATCH, integers().setCountInt(5)),
        ZERO_BUCKET_NOT_COUNTED(Reason.HISTOGRAM_COUNT_MISMATCH, integers().setZeroCountInt(1)),
        NAN_AND_COUNT_BELOW_BUCKETS(
                Reason.HISTOGRAM_COUNT_TOO_SMALL, integers().setSum(Double.NaN).setCountInt(5)),
        BOUND_NAN(Reason.HISTOGRAM_BOUNDS_NAN, custom().setCustomValues(1, Double.NaN)),
        BOUNDS_EQUAL(Reason.HISTOGRAM_BOUNDS_UNORDERED, custom().setCustomValues(1, -1)),
        BOUND_MINUS_INFINITY(Reason.HISTOGRAM_BOUNDS_UNORDERED, custom().setCustomValues(0, Double.NEGATIVE_INFINITY)),
        BOUND_INFINITY(Reason.HISTOGRAM_BOUNDS_INFINITE, custom().setCustomValues(1, Double.POSITIVE_INFINITY)),
        BOUNDS_TOO_FEW(Reason.HISTOGRAM_BOUNDS_TOO_FEW, custom().setPositiveSpans(0, span(1, 3))),
        CUSTOM_OFFSET(Reason.HISTOGRAM_SPAN_NEGATIVE_OFFSET, custom().setPositiveSpans(0, span(-1, 3))),
        CUSTOM_SPANS(Reason.HISTOGRAM_SPANS_MISMATCH, custom().setPositiveSpans(0, span(0, 2))),
        CUSTOM_ZERO_COUNT(Reason.HISTOGRAM_CUSTOM_ZERO_COUNT, custom().setZeroCountInt(1)),
        CUSTOM_ZERO_THRESHOLD(Reason.HISTOGRAM_CUSTOM_ZERO_THRESHOLD, custom().setZeroThreshold(0.1)),
        CUSTOM_NEGATIVE_SPANS(Reason.HISTOGRAM_CUSTOM_NEGATIVE_SPANS, custom().addNegativeSpans(span(0, 0))),
        CUSTOM_NEGATIVE_BUCKETS(Reason.HISTOGRAM_CUSTOM_NEGATIVE_BUCKETS, custom().addNegativeDeltas(0)),
        EXPONENTIAL_BOUNDS(Reason.HISTOGRAM_BOUNDS_UNEXPECTED, integers().addCustomValues(1)),
        TOO_LARGE(Reason.HISTOGRAM_TOO_LARGE, withBuckets(HistogramFields.MOST_NUMBERS - 1));

        private final Reason reason;
        private final Histogram.Builder histogram;

        Fault(Reason reason, Histogram.Builder histogram) {
            this.reason = reason;
            this.histogram = histogram;
        }
    }

    /** With two numbers for the span. */
    private static Histogram.Builder withBuckets(int number) {
        Histogram.Builder histogram = Histogram.newBuilder().addPositiveSpans(span(0, number));
        for (int i = 0; i < number; i++) {
            histogram.addPositiveDeltas(0);
        }
        return histogram;
    }

    @ParameterizedTest
    @EnumSource
    void eachFaultHasItsReason(Fault fault) throws Exception {
        assertThat(fault(fault.histogram)).isEqualTo(fault.reason);
        assertThat(fault.reason.problem()).startsWith("has a histogram");
    }

    @Test
    void aHistogramOfTheLargestSizeIsValid() throws Exception {
        assertThat(fault(withBuckets(HistogramFields.MOST_NUMBERS - 2))).isNull();
    }

    @Test
    void countsMayExceedBucketsWhereNaNWasObserved() throws Exception {
        assertThat(fault(integers().setSum(Double.NaN).setCountInt(7))).isNull();
        assertThat(fault(integers().setSum(Double.NaN).setCountInt(-1))).isNull();
    }

    @Test
    void countsOfFloatsAreNotComparedWithTheirBuckets() throws Exception {
        assertThat(fault(floats().setCountFloat(100))).isNull();
        assertThat(fault(floats().setNegativeCounts(0, Double.NaN))).isNull();
    }

    @Test
    void theStaleMarkerKeepsItsBits() throws Exception {
        byte[] message = field3(STALE);
        assertThat(fault(message)).isNull();
        assertThat(histograms.of(UP, 0, 0, 0).sumBits()).isEqualTo(STALE);
        assertThat(Double.doubleToRawLongBits(stored(message).getSum())).isEqualTo(STALE);
    }

    /** The field sum. */
    private static byte[] field3(long bits) {
        byte[] field = new byte[9];
        field[0] = 3 << 3 | 1;
        for (int i = 0; i < 8; i++) {
            field[i + 1] = (byte) (bits >>> 8 * i);
        }
        return field;
    }

    @Test
    void packedAndUnpackedNumbersAreTheSame() throws Exception {
        byte[] spans = field(11, bytes(1 << 3, 2, 2 << 3, 2));
        byte[] count = bytes(1 << 3, 3);
        byte[] packed = join(count, spans, field(12, bytes(2, 2)));
        byte[] unpacked = join(count, spans, bytes(12 << 3, 2), bytes(12 << 3, 2));
        assertThat(stored(packed)).isEqualTo(stored(unpacked));
        assertThat(stored(packed).getPositiveDeltasList()).containsExactly(1L, 1L);
    }

    @Test
    void theCountThatComesLastSaysWhatKindItIs() throws Exception {
        byte[] both = join(
                Histogram.newBuilder().setCountInt(5).build().toByteArray(),
                Histogram.newBuilder()
                        .setCountFloat(2.5)
                        .setZeroCountFloat(2.5)
                        .build()
                        .toByteArray());
        assertThat(stored(both).hasCountFloat()).isTrue();
        assertThat(stored(both).getZeroCountFloat()).isEqualTo(2.5);
    }

    @Test
    void unknownFieldsAreSkippedAndKnownOnesOfAnotherTypeAreMalformed() throws Exception {
        assertThat(fault(join(bytes(18 << 3 & 0x7f | 0x80, 1, 9), field3(0)))).isNull();
        assertThatThrownBy(() -> fault(bytes(4 << 3 | 1, 0, 0, 0, 0, 0, 0, 0, 0)))
                .isInstanceOf(MalformedBodyException.class);
        assertThatThrownBy(() -> fault(bytes(8 << 3 | 2, 1, 8))).isInstanceOf(MalformedBodyException.class);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                // Of schema 9, buckets 2n - 1 and 2n become bucket n.
                "9  | 0:4 | 1 2 4 8     | 0:3     | 1 6 8",
                "9  | 1:2 | 1 2         | 1:1     | 3",
                "9  | -3:2 2:1 | 1 2 4  | -1:1 1:1 | 3 4",
                "10 | 0:1 7:1 0:1 | 1 2 4 | 0:1 1:2 | 1 2 4",
                // The finest schema there is: all that is above 1 up to 2^(2^-8) is bucket 1.
                "52 | 1:3 | 1 2 4       | 1:1     | 7",
            })
    void finerSchemasAreReducedTo8(int schema, String spans, String counts, String reducedSpans, String reducedCounts)
            throws Exception {
        Histogram reduced = stored(exponential(schema, spans, counts).build().toByteArray());
        assertThat(reduced)
                .isEqualTo(exponential(8, reducedSpans, reducedCounts)
                        .setZeroCountInt(0)
                        .build());
    }

    private static Histogram.Builder exponential(int schema, String spans, String counts) {
        Histogram.Builder histogram = Histogram.newBuilder().setSchema(schema);
        for (String span : spans.strip().split(" ")) {
            String[] parts = span.split(":");
            histogram.addPositiveSpans(span(Integer.parseInt(parts[0]), Integer.parseInt(parts[1])));
        }
        long before = 0;
        long sum = 0;
        for (String count : counts.strip().split(" ")) {
            long number = Long.parseLong(count);
            histogram.addPositiveDeltas(number - before);
            before = number;
            sum += number;
        }
        return histogram.setCountInt(sum);
    }

    @Test
    void whatIsStoredIsWhatWasSentBitForBit() throws Exception {
        Random random = new Random(7);
        for (int i = 0; i < 2_000; i++) {
            Histogram sent = random(random);
            assertThat(stored(sent.toByteArray()).toByteString()).isEqualTo(sent.toByteString());
        }
    }

    /** Any valid histogram. */
    public static Histogram random(Random random) {
        boolean isFloat = random.nextBoolean();
        boolean isCustom = random.nextInt(4) == 0;
        Histogram.Builder histogram = Histogram.newBuilder()
                .setTimestamp(random.nextLong(1L << 40))
                .setResetHintValue(random.nextInt(4))
                .setSchema(isCustom ? -53 : random.nextInt(13) - 4);
        long observed = 0;
        if (!isCustom) {
            histogram.setZeroThreshold(random.nextBoolean() ? random.nextDouble() : Math.pow(2, -128));
            observed += addBuckets(random, isFloat, NEGATIVE, histogram);
        }
        observed += addBuckets(random, isFloat, POSITIVE, histogram);
        for (int i = 0; isCustom && i < 200; i++) {
            histogram.addCustomValues(i + random.nextInt(1000) / 1000.0);
        }
        long zero = isCustom ? 0 : random.nextLong(1L << random.nextInt(50));
        if (isFloat) {
            return histogram
                    .setZeroCountFloat(isCustom ? 0 : random.nextDouble())
                    .setCountFloat(Double.longBitsToDouble(random.nextLong() & Long.MAX_VALUE))
                    .setSum(Double.longBitsToDouble(random.nextLong()))
                    .build();
        }
        return histogram
                .setZeroCountInt(zero)
                .setCountInt(observed + zero)
                .setSum(random.nextGaussian())
                .build();
    }

    private interface Side {
        void add(Histogram.Builder to, BucketSpan.Builder span, Long delta, Double count);
    }

    private static final Side NEGATIVE = (to, span, delta, count) -> {
        UnaryOperator<Histogram.Builder> add = span != null
                ? it -> it.addNegativeSpans(span)
                : delta != null ? it -> it.addNegativeDeltas(delta) : it -> it.addNegativeCounts(count);
        add.apply(to);
    };

    private static final Side POSITIVE = (to, span, delta, count) -> {
        UnaryOperator<Histogram.Builder> add = span != null
                ? it -> it.addPositiveSpans(span)
                : delta != null ? it -> it.addPositiveDeltas(delta) : it -> it.addPositiveCounts(count);
        add.apply(to);
    };

    /** @return how many observations were added, of integers */
    private static long addBuckets(Random random, boolean isFloat, Side side, Histogram.Builder to) {
        long observed = 0;
        long before = 0;
        int spans = random.nextInt(4);
        for (int i = 0; i < spans; i++) {
            int length = random.nextInt(8);
            side.add(to, span(random.nextInt(10), length), null, null);
            for (int bucket = 0; bucket < length; bucket++) {
                long count = random.nextLong(1L << random.nextInt(55));
                if (isFloat) {
                    side.add(to, null, null, random.nextDouble() * 1e9);
                } else {
                    side.add(to, null, count - before, null);
                }
                before = count;
                observed += count;
            }
        }
        return observed;
    }
}
