package io.promgres.histogram;

import io.promgres.codec.Cursor;
import io.promgres.codec.MalformedBodyException;
import io.promgres.codec.Numbers;

/** Reads the message Histogram of remote write 1.0 and 2.0, which is the same in both but for the start timestamp. */
public final class HistogramFields {

    /** Of buckets, spans and bounds together. Prometheus makes 160 buckets unless told otherwise. */
    public static final int MOST_NUMBERS = 1 << 16;

    private static final int COUNT_INT = 1 << 3 | Cursor.VARINT;
    private static final int COUNT_FLOAT = 2 << 3 | Cursor.FIXED64;
    private static final int SUM = 3 << 3 | Cursor.FIXED64;
    private static final int SCHEMA = 4 << 3 | Cursor.VARINT;
    private static final int ZERO_THRESHOLD = 5 << 3 | Cursor.FIXED64;
    private static final int ZERO_COUNT_INT = 6 << 3 | Cursor.VARINT;
    private static final int ZERO_COUNT_FLOAT = 7 << 3 | Cursor.FIXED64;
    private static final int NEGATIVE_SPAN = 8 << 3 | Cursor.LENGTH;
    private static final int NEGATIVE_DELTAS = 9 << 3 | Cursor.LENGTH;
    private static final int NEGATIVE_DELTA = 9 << 3 | Cursor.VARINT;
    private static final int NEGATIVE_COUNTS = 10 << 3 | Cursor.LENGTH;
    private static final int NEGATIVE_COUNT = 10 << 3 | Cursor.FIXED64;
    private static final int POSITIVE_SPAN = 11 << 3 | Cursor.LENGTH;
    private static final int POSITIVE_DELTAS = 12 << 3 | Cursor.LENGTH;
    private static final int POSITIVE_DELTA = 12 << 3 | Cursor.VARINT;
    private static final int POSITIVE_COUNTS = 13 << 3 | Cursor.LENGTH;
    private static final int POSITIVE_COUNT = 13 << 3 | Cursor.FIXED64;
    private static final int RESET_HINT = 14 << 3 | Cursor.VARINT;
    private static final int TIME = 15 << 3 | Cursor.VARINT;
    private static final int CUSTOM_VALUES = 16 << 3 | Cursor.LENGTH;
    private static final int CUSTOM_VALUE = 16 << 3 | Cursor.FIXED64;
    private static final int START = 17 << 3 | Cursor.VARINT;
    private static final int FIELDS = (1 << 18) - 2;

    private static final int SPAN_OFFSET = 1 << 3 | Cursor.VARINT;
    private static final int SPAN_LENGTH = 2 << 3 | Cursor.VARINT;
    private static final int SPAN_FIELDS = 1 << 1 | 1 << 2;

    private static final int MOST_RESET_HINTS = 3;

    private final NativeHistogram histogram = new NativeHistogram();
    private final Numbers negativeFloats = new Numbers();
    private final Numbers positiveFloats = new Numbers();
    private int numbers;
    private boolean zeroIsFloat;

    /**
     * Reads a message, its length included.
     *
     * @return good until the next one is read
     */
    public NativeHistogram read(Cursor in) throws MalformedBodyException {
        histogram.clear();
        negativeFloats.clear();
        positiveFloats.clear();
        numbers = 0;
        zeroIsFloat = false;
        int outerEnd = in.enter();
        while (!in.atEnd()) {
            readField(in);
        }
        in.leave(outerEnd);
        // What is of the other kind does not count, as in Prometheus.
        if (zeroIsFloat != histogram.isFloat) {
            histogram.zeroCount = 0;
        }
        if (histogram.isFloat) {
            histogram.negative.counts.copy(negativeFloats);
            histogram.positive.counts.copy(positiveFloats);
        }
        return histogram;
    }

    /** Whether there are so many numbers in it that some were left out. */
    public boolean isTooLarge() {
        return numbers > MOST_NUMBERS;
    }

    private void readField(Cursor in) throws MalformedBodyException {
        int tag = in.tag();
        switch (tag) {
            case COUNT_INT -> readCount(false, in.varint());
            case COUNT_FLOAT -> readCount(true, in.fixed64());
            case SUM -> histogram.sumBits = in.fixed64();
            case SCHEMA -> histogram.schema = (int) zigzag(in.varint() & 0xffff_ffffL);
            case ZERO_THRESHOLD -> histogram.zeroThresholdBits = in.fixed64();
            case ZERO_COUNT_INT -> readZeroCount(false, in.varint());
            case ZERO_COUNT_FLOAT -> readZeroCount(true, in.fixed64());
            case RESET_HINT -> histogram.resetHint = resetHint((int) in.varint());
            case TIME -> histogram.time = in.varint();
            case START -> histogram.start = in.varint();
            default -> readRepeated(tag, in);
        }
    }

    private void readRepeated(int tag, Cursor in) throws MalformedBodyException {
        switch (tag) {
            case NEGATIVE_SPAN -> readSpan(in, histogram.negative.spans);
            case NEGATIVE_DELTA -> add(histogram.negative.counts, zigzag(in.varint()));
            case NEGATIVE_DELTAS -> readDeltas(in, histogram.negative.counts);
            case NEGATIVE_COUNT -> add(negativeFloats, in.fixed64());
            case NEGATIVE_COUNTS -> readFloats(in, negativeFloats);
            case POSITIVE_SPAN -> readSpan(in, histogram.positive.spans);
            case POSITIVE_DELTA -> add(histogram.positive.counts, zigzag(in.varint()));
            case POSITIVE_DELTAS -> readDeltas(in, histogram.positive.counts);
            case POSITIVE_COUNT -> add(positiveFloats, in.fixed64());
            case POSITIVE_COUNTS -> readFloats(in, positiveFloats);
            case CUSTOM_VALUE -> add(histogram.bounds, in.fixed64());
            case CUSTOM_VALUES -> readFloats(in, histogram.bounds);
            default -> in.skipUnknown(tag, FIELDS);
        }
    }

    private void readCount(boolean isFloat, long count) {
        histogram.isFloat = isFloat;
        histogram.count = count;
    }

    private void readZeroCount(boolean isFloat, long count) {
        zeroIsFloat = isFloat;
        histogram.zeroCount = count;
    }

    /** A hint that is not known says as little as none. */
    private static int resetHint(int hint) {
        return hint < 0 || hint > MOST_RESET_HINTS ? 0 : hint;
    }

    private void readSpan(Cursor in, Numbers spans) throws MalformedBodyException {
        long offset = 0;
        long length = 0;
        int outerEnd = in.enter();
        while (!in.atEnd()) {
            int tag = in.tag();
            switch (tag) {
                case SPAN_OFFSET -> offset = zigzag(in.varint() & 0xffff_ffffL);
                case SPAN_LENGTH -> length = in.varint() & 0xffff_ffffL;
                default -> in.skipUnknown(tag, SPAN_FIELDS);
            }
        }
        in.leave(outerEnd);
        add(spans, offset);
        add(spans, length);
    }

    private void readDeltas(Cursor in, Numbers into) throws MalformedBodyException {
        int outerEnd = in.enter();
        while (!in.atEnd()) {
            add(into, zigzag(in.varint()));
        }
        in.leave(outerEnd);
    }

    private void readFloats(Cursor in, Numbers into) throws MalformedBodyException {
        int outerEnd = in.enter();
        while (!in.atEnd()) {
            add(into, in.fixed64());
        }
        in.leave(outerEnd);
    }

    private void add(Numbers into, long number) {
        if (++numbers <= MOST_NUMBERS) {
            into.add(number);
        }
    }

    private static long zigzag(long encoded) {
        return encoded >>> 1 ^ -(encoded & 1);
    }
}
