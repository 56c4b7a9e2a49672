package io.promgres.remoteread;

import io.promgres.codec.BitBuffer;
import io.promgres.codec.Numbers;
import io.promgres.histogram.NativeHistogram;
import java.util.ArrayList;
import java.util.List;

/**
 * Native histograms of the same layout as a chunk in Prometheus' encodings of histograms. All but the first are differences to
 * the one before, and none of them is a reset. A buffer that is used again and again; one thread at a time.
 *
 * <p>Layout: the number of samples (2 bytes, big-endian); what is known of resets in the two highest bits of a byte; the
 * zero threshold, the schema, the positive and the negative spans, the custom bounds; the time, the count, the zero count, the
 * sum, the positive and the negative buckets; for each further histogram the same numbers from the time on, of whole numbers the
 * change of the change, of floats the bits that change. Source of the format: Prometheus, tsdb/docs/format/chunks.md.
 */
public final class HistogramChunk {

    private static final int RESET = 0b1000_0000;
    private static final int NO_RESET = 0b0100_0000;
    private static final int GAUGE = 0b1100_0000;

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

    /** Where the time and the sum stand among the numbers. */
    private static final int TIME = 0;

    private static final int SUM = 3;

    /** Enough for a chunk of wide histograms. */
    private static final int ENOUGH_BYTES = 1 << 16;

    private final BitBuffer out = new BitBuffer();

    /** The numbers of the histogram that is written: its time, count, zero count, sum, positive and negative buckets. */
    private final Numbers numbers = new Numbers();

    /** The same of the histogram before. */
    private final List<ChunkNumberWriter> followed = new ArrayList<>();

    private final boolean hasStarts;
    private ChunkStarts.Writer starts = new ChunkStarts.Writer();
    private int resets;
    private int count;
    private long firstTime;
    private long lastTime;

    public HistogramChunk() {
        this(false);
    }

    /** @param hasStarts whether it says when histograms began to count: the encodings HISTOGRAM_ST and FLOAT_HISTOGRAM_ST */
    HistogramChunk(boolean hasStarts) {
        this.hasStarts = hasStarts;
    }

    /** The chunk of a single histogram as Prometheus has it. */
    public byte[] encode(NativeHistogram histogram) {
        clear();
        add(histogram);
        return toBytes();
    }

    /** Makes the chunk empty. */
    void clear() {
        out.clear();
        followed.clear();
        starts = new ChunkStarts.Writer();
        count = 0;
    }

    /**
     * Adds a histogram.
     *
     * @param histogram to a chunk that is not empty, one that {@link HistogramResets#follows} the one before
     */
    void add(NativeHistogram histogram) {
        take(histogram);
        if (count == 0) {
            firstTime = histogram.time;
            addFirst(histogram);
        } else {
            for (int i = 0; i < numbers.size(); i++) {
                followed.get(i).write(out, numbers.get(i));
            }
        }
        if (hasStarts) {
            starts.write(out, histogram.time, histogram.start);
        }
        lastTime = histogram.time;
        count++;
    }

    private void take(NativeHistogram histogram) {
        numbers.clear();
        numbers.add(histogram.time);
        numbers.add(histogram.count);
        numbers.add(histogram.zeroCount);
        numbers.add(histogram.sumBits);
        numbers.addAll(histogram.positive.counts);
        numbers.addAll(histogram.negative.counts);
    }

    private void addFirst(NativeHistogram histogram) {
        out.write(0, 3 * Byte.SIZE);
        resets = resets(histogram.resetHint);
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
        for (int i = 0; i < numbers.size(); i++) {
            boolean isWhole = i == TIME || i != SUM && !histogram.isFloat;
            long number = numbers.get(i);
            followed.add(isWhole ? new ChunkNumberWriter.Whole(number) : new ChunkNumberWriter.Bits(number));
        }
    }

    private static int resets(int hint) {
        return switch (hint) {
            case HistogramResets.RESET -> RESET;
            case HistogramResets.NO_RESET -> NO_RESET;
            case HistogramResets.GAUGE -> GAUGE;
            default -> 0;
        };
    }

    /** The reset hint of the first histogram, by the chunk's byte of resets. */
    static int hint(int resets) {
        return switch (resets & GAUGE) {
            case RESET -> HistogramResets.RESET;
            case NO_RESET -> HistogramResets.NO_RESET;
            case GAUGE -> HistogramResets.GAUGE;
            default -> HistogramResets.UNKNOWN;
        };
    }

    /** The reset hint of a histogram behind another one: a reset begins a new chunk. */
    static int hintAfter(int hint) {
        return hint == HistogramResets.GAUGE ? HistogramResets.GAUGE : HistogramResets.NO_RESET;
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
        ChunkInteger.writeSigned(out, number);
    }

    private void writeUnsigned(long number) {
        ChunkInteger.writeUnsigned(out, number);
    }

    boolean hasStarts() {
        return hasStarts;
    }

    /** How many histograms are in it. */
    int count() {
        return count;
    }

    /** So many that another one should go into a chunk of its own. */
    boolean isFull() {
        return count >= XorChunk.USUAL_SAMPLES || out.bytes() >= ENOUGH_BYTES;
    }

    /** Of the first histogram, milliseconds since the epoch. */
    long firstTime() {
        return firstTime;
    }

    /** Of the last histogram, milliseconds since the epoch. */
    long lastTime() {
        return lastTime;
    }

    /** The chunk as Prometheus has it, a copy. */
    byte[] toBytes() {
        byte[] copy = out.toBytes();
        copy[0] = (byte) (count >>> 8);
        copy[1] = (byte) count;
        // With starts, what is known of resets is in the two highest bits of the number of histograms.
        copy[0] |= (byte) (hasStarts ? resets : 0);
        copy[2] = (byte) (hasStarts ? starts.header() : resets);
        return copy;
    }
}
