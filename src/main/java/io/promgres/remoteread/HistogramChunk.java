package io.promgres.remoteread;

import io.promgres.codec.BitBuffer;
import io.promgres.codec.Numbers;
import io.promgres.histogram.NativeHistogram;

/**
 * A native histogram as a chunk of its own in Prometheus' encoding of histograms. Prometheus puts those of the same layout
 * into one chunk, as differences; a chunk for each says the same in more bytes, and keeps every histogram's layout and reset
 * hint as they were sent. A buffer that is used again and again; one thread at a time.
 *
 * <p>Layout: the number of samples (2 bytes, big-endian), 1; what is known of resets in the two highest bits of a byte; the
 * zero threshold, the schema, the positive and the negative spans, the custom bounds; the time, the count, the zero count, the
 * sum, the positive and the negative buckets. Source of the format: Prometheus, tsdb/docs/format/chunks.md.
 */
public final class HistogramChunk {

    private static final int RESET = 0b1000_0000;
    private static final int NO_RESET = 0b0100_0000;
    private static final int GAUGE = 0b1100_0000;

    private static final int NO_RESET_HINT = 2;
    private static final int GAUGE_HINT = 3;

    /** A threshold that is not a power of two in the usual range follows in 8 bytes. */
    static final int ANY_THRESHOLD = 255;

    /** 2^-243 is written as 1, 2^10 as 254. */
    private static final int THRESHOLD_BIAS = 244;

    private static final int LEAST_THRESHOLD_EXPONENT = -243;
    private static final int GREATEST_THRESHOLD_EXPONENT = 10;
    private static final int FRACTION_BITS = 52;
    private static final int EXPONENT_BIAS = 1023;

    private static final int BOUND_SCALE = 1000;
    private static final int MOST_SCALED_BOUND = 33_554_430;

    /** The widths of numbers that take fewer bits than 64; a prefix of ones and a zero says which. */
    static final int[] WIDTHS = {3, 6, 9, 12, 18, 25, 56};

    private final BitBuffer out = new BitBuffer();

    /** The chunk as Prometheus has it. */
    public byte[] encode(NativeHistogram histogram) {
        out.clear();
        out.write(1, 2 * Byte.SIZE);
        out.write(resets(histogram.resetHint), Byte.SIZE);
        writeThreshold(histogram.zeroThresholdBits);
        writeSigned(histogram.schema);
        writeSpans(histogram.positive.spans);
        writeSpans(histogram.negative.spans);
        if (histogram.schema == NativeHistogram.CUSTOM_BOUNDS) {
            writeBounds(histogram.bounds);
        }
        writeSigned(histogram.time);
        writeCount(histogram, histogram.count);
        writeCount(histogram, histogram.zeroCount);
        out.write(histogram.sumBits, Long.SIZE);
        writeBuckets(histogram, histogram.positive.counts);
        writeBuckets(histogram, histogram.negative.counts);
        return out.toBytes();
    }

    private static int resets(int hint) {
        return switch (hint) {
            case 1 -> RESET;
            case NO_RESET_HINT -> NO_RESET;
            case GAUGE_HINT -> GAUGE;
            default -> 0;
        };
    }

    /** The reset hint of the first histogram, by the chunk's byte of resets. */
    static int hint(int resets) {
        return switch (resets & GAUGE) {
            case RESET -> 1;
            case NO_RESET -> NO_RESET_HINT;
            case GAUGE -> GAUGE_HINT;
            default -> 0;
        };
    }

    /** The reset hint of a histogram behind another one: a reset begins a new chunk. */
    static int hintAfter(int hint) {
        return hint == GAUGE_HINT ? GAUGE_HINT : NO_RESET_HINT;
    }

    /** The bits of a zero threshold that is written in a byte. */
    static long threshold(int code) {
        return code == 0 ? 0 : (long) (code - THRESHOLD_BIAS + EXPONENT_BIAS) << FRACTION_BITS;
    }

    /** The bits of a custom bound that is written as thousandths. */
    static long bound(long scaled) {
        return Double.doubleToRawLongBits((double) (scaled - 1) / BOUND_SCALE);
    }

    private void writeThreshold(long bits) {
        if (Double.longBitsToDouble(bits) == 0) {
            out.write(0, Byte.SIZE);
            return;
        }
        long exponent = (bits >>> FRACTION_BITS) - EXPONENT_BIAS;
        boolean isPower = bits << Long.SIZE - FRACTION_BITS == 0;
        if (isPower && exponent >= LEAST_THRESHOLD_EXPONENT && exponent <= GREATEST_THRESHOLD_EXPONENT) {
            out.write(exponent + THRESHOLD_BIAS, Byte.SIZE);
        } else {
            out.write(ANY_THRESHOLD, Byte.SIZE);
            out.write(bits, Long.SIZE);
        }
    }

    private void writeSpans(Numbers spans) {
        writeUnsigned(spans.size() / 2);
        for (int i = 0; i < spans.size(); i += 2) {
            writeUnsigned(spans.get(i + 1));
            writeSigned(spans.get(i));
        }
    }

    private void writeBounds(Numbers bounds) {
        writeUnsigned(bounds.size());
        for (int i = 0; i < bounds.size(); i++) {
            double bound = Double.longBitsToDouble(bounds.get(i));
            double scaled = bound * BOUND_SCALE;
            long rounded = Math.round(scaled);
            // Thousandths are short. The others follow a 0, which is the number that none of these is.
            if (scaled >= 0 && scaled <= MOST_SCALED_BOUND && (double) rounded / BOUND_SCALE == bound) {
                writeUnsigned(rounded + 1);
            } else {
                writeUnsigned(0);
                out.write(bounds.get(i), Long.SIZE);
            }
        }
    }

    private void writeCount(NativeHistogram histogram, long count) {
        if (histogram.isFloat) {
            out.write(count, Long.SIZE);
        } else {
            writeUnsigned(count);
        }
    }

    private void writeBuckets(NativeHistogram histogram, Numbers counts) {
        for (int i = 0; i < counts.size(); i++) {
            if (histogram.isFloat) {
                out.write(counts.get(i), Long.SIZE);
            } else {
                writeSigned(counts.get(i));
            }
        }
    }

    private void writeSigned(long number) {
        int prefix = 0;
        if (number != 0) {
            prefix++;
            // The format's own range: one more above than below zero.
            while (prefix <= WIDTHS.length
                    && (number > 1L << WIDTHS[prefix - 1] - 1 || number <= -(1L << WIDTHS[prefix - 1] - 1))) {
                prefix++;
            }
        }
        write(number, prefix);
    }

    private void writeUnsigned(long number) {
        int prefix = 0;
        if (number != 0) {
            prefix++;
            while (prefix <= WIDTHS.length && number >>> WIDTHS[prefix - 1] != 0) {
                prefix++;
            }
        }
        write(number, prefix);
    }

    /** @param prefix the number of ones in front; the last prefix has no zero behind */
    private void write(long number, int prefix) {
        if (prefix > WIDTHS.length) {
            out.write(0xff, prefix);
            out.write(number, Long.SIZE);
            return;
        }
        out.write((1L << prefix) - 1 << 1, prefix + 1);
        if (prefix > 0) {
            out.write(number, WIDTHS[prefix - 1]);
        }
    }
}
