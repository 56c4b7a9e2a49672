package io.promgres.tiers;

import io.promgres.packing.EncodedValues;
import io.promgres.packing.Line;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A run as it comes from the database: a row of {@code prom_data.packed} in binary COPY, decoded no earlier than its times are known.
 * A value is computed by the operations of the metric views.
 */
final class RunBytes {

    /** The columns of the row; those of the vector follow. */
    static final String COLUMNS =
            "b.series_id, b.vector_id, b.first, b.last, b.kind, b.base, b.scale, b.width, b.slope, b.i2, b.i4,"
                    + " b.f8, b.bits, b.present, b.block, b.upper, b.made_by";

    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private static final int ARRAY_HEADER = 20;
    private static final int LENGTH = 4;

    private final byte[] row;
    private int at;
    private final long seriesId;
    private final long vectorId;
    private final int first;
    private final int last;
    private final EncodedValues.Kind form;
    private final double base;
    private final double scale;
    private final int width;
    private final long slope;
    private final int elements;
    private final int alone;
    private final int present;
    private final long block;
    private final long upper;
    private final int transaction;

    /** @param row belongs to this from here on, from its first field on */
    RunBytes(byte[] row, int offset) {
        this.row = row;
        this.at = offset;
        seriesId = bigint();
        vectorId = bigint();
        first = smallint();
        last = smallint();
        form = EncodedValues.Kind.ofRun(smallint());
        base = Double.longBitsToDouble(bigint());
        scale = Double.longBitsToDouble(bigint());
        width = integer();
        slope = bigint();
        int shorts = field();
        int ints = field();
        int floats = field();
        int bits = field();
        present = field();
        elements = switch (form) {
            case SHORTS -> shorts + ARRAY_HEADER;
            case INTS -> ints + ARRAY_HEADER;
            case LINE -> bits + LENGTH;
            case CONSTANT, FLOATS -> floats + ARRAY_HEADER;
        };
        alone = form != EncodedValues.Kind.FLOATS && floats >= 0 ? floats + ARRAY_HEADER + LENGTH : -1;
        block = bigint();
        upper = bigint();
        transaction = (int) INT.get(row, field());
    }

    private long bigint() {
        int field = field();
        return field < 0 ? 0 : (long) LONG.get(row, field);
    }

    private int integer() {
        int field = field();
        return field < 0 ? 0 : (int) INT.get(row, field);
    }

    private int smallint() {
        return (short) SHORT.get(row, field());
    }

    /** Where the next field's bytes are; -1 for NULL. */
    private int field() {
        int length = (int) INT.get(row, at);
        int field = at + LENGTH;
        at = field + Math.max(0, length);
        return length < 0 ? -1 : field;
    }

    long seriesId() {
        return seriesId;
    }

    /** As many samples as it has at most. */
    int ticks() {
        return last - first + 1;
    }

    KnownVectors.Key vector() {
        return new KnownVectors.Key(vectorId, transaction, upper);
    }

    /** Start of the vector's block, microseconds since 2000. */
    long block() {
        return block;
    }

    long firstTime(VectorTimes times) {
        return times.at(first);
    }

    /** Adds the samples from a time to a time, both included. */
    void decode(VectorTimes times, long from, long to, SampleArrays into) {
        int begin = times.notBefore(from, first, last);
        int end = times.notBefore(to + 1, begin, last);
        if (begin >= end) {
            return;
        }
        into.reserve(end - begin);
        if (present < 0) {
            times.fill(begin, end - begin, into.times(), into.size());
            if (form == EncodedValues.Kind.LINE) {
                line(begin, end, into.values(), into.size());
            } else {
                values(begin - first, end - begin, into.values(), into.size());
            }
            if (alone >= 0 && end == last + 1) {
                into.values()[into.size() + end - begin - 1] = Double.longBitsToDouble((long) LONG.get(row, alone));
            }
            into.added(end - begin);
        } else {
            decodeWithHoles(times, begin, end, into);
        }
    }

    private void values(int from, int count, double[] into, int at) {
        switch (form) {
            case CONSTANT -> Arrays.fill(into, at, at + count, base);
            case SHORTS -> shorts(from, count, into, at);
            case INTS -> ints(from, count, into, at);
            default -> floats(from, count, into, at);
        }
    }

    // The value that stands alone at the end has no element: what is read in its place is not used.
    private int stored(int from, int count) {
        return alone >= 0 ? Math.min(count, (int) INT.get(row, elements - 2 * LENGTH) - from) : count;
    }

    private void shorts(int from, int count, double[] into, int at) {
        int stored = stored(from, count);
        int element = elements + LENGTH + from * (LENGTH + Short.BYTES);
        for (int i = 0; i < stored; i++, element += LENGTH + Short.BYTES) {
            into[at + i] = (base + (short) SHORT.get(row, element)) / scale;
        }
    }

    private void ints(int from, int count, double[] into, int at) {
        int stored = stored(from, count);
        int element = elements + LENGTH + from * (LENGTH + Integer.BYTES);
        for (int i = 0; i < stored; i++, element += LENGTH + Integer.BYTES) {
            into[at + i] = (base + (int) INT.get(row, element)) / scale;
        }
    }

    private void floats(int from, int count, double[] into, int at) {
        int element = elements + LENGTH + from * (LENGTH + Double.BYTES);
        for (int i = 0; i < count; i++, element += LENGTH + Double.BYTES) {
            into[at + i] = Double.longBitsToDouble((long) LONG.get(row, element));
        }
    }

    private void line(int begin, int end, double[] into, int at) {
        for (int tick = begin; tick < end; tick++) {
            into[at + tick - begin] = onLine(tick, tick - first);
        }
    }

    /**
     * The number of a tick off its line. Of the value that stands alone at the end, which has no bits, it is any number.
     *
     * @param i number of the element, from 0
     */
    private double onLine(int tick, int i) {
        return (base + ((slope * tick >> Line.SHIFT) + element(i))) / scale;
    }

    // Elements have the places of their ticks; where ticks are left out, from 1. Eight bytes have all bits of an
    // element, and more than that follow in the row.
    private long element(int i) {
        int bit = (i + (present < 0 ? first : 1)) * width - 1;
        long eight = (long) LONG.get(row, elements + bit / Byte.SIZE);
        return width == 0 ? 0 : eight << bit % Byte.SIZE >>> Long.SIZE - width;
    }

    private void decodeWithHoles(VectorTimes times, int begin, int end, SampleArrays into) {
        int before = 0;
        for (int tick = first; tick < begin; tick++) {
            before += has(tick);
        }
        int from = into.size();
        int count = 0;
        for (int tick = begin; tick < end; tick++) {
            if (has(tick) == 1) {
                if (form == EncodedValues.Kind.LINE) {
                    into.values()[from + count] = onLine(tick, before + count);
                }
                into.times()[from + count++] = times.at(tick);
            }
        }
        if (form != EncodedValues.Kind.LINE) {
            values(before, count, into.values(), from);
        }
        if (alone >= 0 && end == last + 1) {
            into.values()[from + count - 1] = Double.longBitsToDouble((long) LONG.get(row, alone));
        }
        into.added(count);
    }

    private int has(int tick) {
        int bit = tick - first;
        return row[present + LENGTH + bit / Byte.SIZE] >> (Byte.SIZE - 1 - bit % Byte.SIZE) & 1;
    }
}
