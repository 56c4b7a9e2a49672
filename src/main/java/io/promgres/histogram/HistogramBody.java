package io.promgres.histogram;

import io.promgres.codec.Numbers;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The bytes that a native histogram is in the database: everything but its time, to the bit. The SQL function
 * _prom_catalog.histogram_buckets() reads the same.
 *
 * <p>A byte: 1 if counts are floats, plus 2 times the reset hint, plus 8 if there are floats besides the two below. A byte: the
 * schema + 64. The bits of the sum and of the zero threshold, 8 bytes each. If there are more floats, their number in 4 bytes,
 * then 8 bytes for each: of a float histogram the count, the zero count, the negative and the positive buckets; of custom
 * bounds the bounds. The rest are zigzag varints: the start; of an integer histogram the count and the zero count; the number
 * of negative spans, their offsets and lengths; of positive spans the same; of an integer histogram the differences of the
 * negative and of the positive buckets. All in big-endian order.
 */
public final class HistogramBody {

    private static final int FLOAT = 1;
    private static final int HINT_SHIFT = 1;
    private static final int HINT_MASK = 3;
    private static final int MORE_FLOATS = 8;
    private static final int SCHEMA_ZERO = 64;
    private static final int FIXED_BYTES = 2 + 2 * Long.BYTES + Integer.BYTES;
    private static final int LONGEST_VARINT = 10;

    private HistogramBody() {}

    public static byte[] encode(NativeHistogram histogram) {
        int moreFloats = moreFloats(histogram);
        ByteBuffer out = ByteBuffer.allocate(mostBytes(histogram, moreFloats));
        out.put((byte) ((histogram.isFloat ? FLOAT : 0)
                | histogram.resetHint << HINT_SHIFT
                | (moreFloats > 0 ? MORE_FLOATS : 0)));
        out.put((byte) (histogram.schema + SCHEMA_ZERO));
        out.putLong(histogram.sumBits);
        out.putLong(histogram.zeroThresholdBits);
        if (moreFloats > 0) {
            out.putInt(moreFloats);
            putFloats(out, histogram);
        }
        putVarints(out, histogram);
        return Arrays.copyOf(out.array(), out.position());
    }

    private static int moreFloats(NativeHistogram histogram) {
        int counts = histogram.isFloat ? 2 + histogram.negative.counts.size() + histogram.positive.counts.size() : 0;
        return counts + histogram.bounds.size();
    }

    private static int mostBytes(NativeHistogram histogram, int moreFloats) {
        int varints = 5
                + histogram.negative.spans.size()
                + histogram.positive.spans.size()
                + histogram.negative.counts.size()
                + histogram.positive.counts.size();
        return FIXED_BYTES + moreFloats * Long.BYTES + varints * LONGEST_VARINT;
    }

    private static void putFloats(ByteBuffer out, NativeHistogram histogram) {
        if (histogram.isFloat) {
            out.putLong(histogram.count);
            out.putLong(histogram.zeroCount);
            putLongs(out, histogram.negative.counts);
            putLongs(out, histogram.positive.counts);
        }
        putLongs(out, histogram.bounds);
    }

    private static void putLongs(ByteBuffer out, Numbers numbers) {
        for (int i = 0; i < numbers.size(); i++) {
            out.putLong(numbers.get(i));
        }
    }

    private static void putVarints(ByteBuffer out, NativeHistogram histogram) {
        putVarint(out, histogram.start);
        if (!histogram.isFloat) {
            putVarint(out, histogram.count);
            putVarint(out, histogram.zeroCount);
        }
        putSpans(out, histogram.negative.spans);
        putSpans(out, histogram.positive.spans);
        if (!histogram.isFloat) {
            putVarints(out, histogram.negative.counts);
            putVarints(out, histogram.positive.counts);
        }
    }

    private static void putSpans(ByteBuffer out, Numbers spans) {
        putVarint(out, spans.size() / 2);
        putVarints(out, spans);
    }

    private static void putVarints(ByteBuffer out, Numbers numbers) {
        for (int i = 0; i < numbers.size(); i++) {
            putVarint(out, numbers.get(i));
        }
    }

    private static void putVarint(ByteBuffer out, long number) {
        long rest = number << 1 ^ number >> 63;
        for (; (rest & ~0x7fL) != 0; rest >>>= 7) {
            out.put((byte) (rest | 0x80));
        }
        out.put((byte) rest);
    }

    /**
     * Reads a body back.
     *
     * @param into is changed
     * @throws IllegalArgumentException if these are not bytes of a histogram: they have been changed
     */
    public static void decode(byte[] body, long time, NativeHistogram into) {
        try {
            decode(ByteBuffer.wrap(body), into);
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("a stored histogram ends too early", e);
        }
        into.time = time;
    }

    private static void decode(ByteBuffer in, NativeHistogram into) {
        into.clear();
        int flags = in.get();
        into.isFloat = (flags & FLOAT) != 0;
        into.resetHint = flags >> HINT_SHIFT & HINT_MASK;
        into.schema = (in.get() & 0xff) - SCHEMA_ZERO;
        into.sumBits = in.getLong();
        into.zeroThresholdBits = in.getLong();
        int moreFloats = (flags & MORE_FLOATS) != 0 ? in.getInt() : 0;
        ByteBuffer floats = in.slice(in.position(), moreFloats * Long.BYTES);
        in.position(in.position() + moreFloats * Long.BYTES);
        into.start = varint(in);
        into.count = into.isFloat ? floats.getLong() : varint(in);
        into.zeroCount = into.isFloat ? floats.getLong() : varint(in);
        readVarints(in, 2 * varint(in), into.negative.spans);
        readVarints(in, 2 * varint(in), into.positive.spans);
        for (NativeHistogram.Buckets side : new NativeHistogram.Buckets[] {into.negative, into.positive}) {
            if (into.isFloat) {
                readFloats(floats, side.length(), side.counts);
            } else {
                readVarints(in, side.length(), side.counts);
            }
        }
        readFloats(floats, floats.remaining() / Long.BYTES, into.bounds);
    }

    private static void readVarints(ByteBuffer in, long count, Numbers into) {
        for (long i = 0; i < count; i++) {
            into.add(varint(in));
        }
    }

    private static void readFloats(ByteBuffer in, long count, Numbers into) {
        for (long i = 0; i < count; i++) {
            into.add(in.getLong());
        }
    }

    private static long varint(ByteBuffer in) {
        long encoded = 0;
        byte next;
        int shift = 0;
        do {
            next = in.get();
            encoded |= (next & 0x7fL) << shift;
            shift += 7;
        } while (next < 0);
        return encoded >>> 1 ^ -(encoded & 1);
    }
}
