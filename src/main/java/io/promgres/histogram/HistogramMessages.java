package io.promgres.histogram;

import io.promgres.codec.Numbers;
import io.promgres.codec.proto.Types.BucketSpan;
import io.promgres.codec.proto.Types.Histogram;

/** Makes the message Histogram of what has been stored. */
public final class HistogramMessages {

    private HistogramMessages() {}

    public static Histogram of(NativeHistogram histogram) {
        Histogram.Builder message = Histogram.newBuilder()
                .setTimestamp(histogram.time)
                .setSum(histogram.sum())
                .setSchema(histogram.schema)
                .setZeroThreshold(Double.longBitsToDouble(histogram.zeroThresholdBits))
                .setResetHintValue(histogram.resetHint);
        if (histogram.isFloat) {
            setFloats(message, histogram);
        } else {
            setIntegers(message, histogram);
        }
        Numbers negative = histogram.negative.spans;
        for (int i = 0; i < negative.size(); i += 2) {
            message.addNegativeSpans(span(negative, i));
        }
        Numbers positive = histogram.positive.spans;
        for (int i = 0; i < positive.size(); i += 2) {
            message.addPositiveSpans(span(positive, i));
        }
        for (int i = 0; i < histogram.bounds.size(); i++) {
            message.addCustomValues(Double.longBitsToDouble(histogram.bounds.get(i)));
        }
        return message.build();
    }

    private static void setIntegers(Histogram.Builder message, NativeHistogram histogram) {
        message.setCountInt(histogram.count).setZeroCountInt(histogram.zeroCount);
        for (int i = 0; i < histogram.negative.counts.size(); i++) {
            message.addNegativeDeltas(histogram.negative.counts.get(i));
        }
        for (int i = 0; i < histogram.positive.counts.size(); i++) {
            message.addPositiveDeltas(histogram.positive.counts.get(i));
        }
    }

    private static void setFloats(Histogram.Builder message, NativeHistogram histogram) {
        message.setCountFloat(Double.longBitsToDouble(histogram.count))
                .setZeroCountFloat(Double.longBitsToDouble(histogram.zeroCount));
        for (int i = 0; i < histogram.negative.counts.size(); i++) {
            message.addNegativeCounts(Double.longBitsToDouble(histogram.negative.counts.get(i)));
        }
        for (int i = 0; i < histogram.positive.counts.size(); i++) {
            message.addPositiveCounts(Double.longBitsToDouble(histogram.positive.counts.get(i)));
        }
    }

    private static BucketSpan span(Numbers spans, int i) {
        return BucketSpan.newBuilder()
                .setOffset((int) spans.get(i))
                .setLength((int) spans.get(i + 1))
                .build();
    }
}
