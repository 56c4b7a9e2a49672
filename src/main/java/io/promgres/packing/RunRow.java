package io.promgres.packing;

import io.promgres.store.CopyBuffer;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.util.BitSet;

/** A run as a row of {@code prom_data.packed}, in binary COPY. */
final class RunRow {

    /** The columns, in the order of the fields. The last one is for SQL alone. */
    static final String COLUMNS =
            "metric_id, vector_id, series_id, base, scale, first, last, kind, width, slope, i2, i4, f8, present, bits, rising";

    static final int FIELDS = 16;
    private static final int INT2_OID = 21;
    private static final int INT4_OID = 23;
    private static final int FLOAT8_OID = 701;

    private RunRow() {}

    static PackedRun read(ByteBuffer row) {
        int metricId = CopyReader.fieldInt(row);
        long vectorId = CopyReader.fieldLong(row);
        long seriesId = CopyReader.fieldLong(row);
        long base = CopyReader.fieldLongOrZero(row);
        double scale = Double.longBitsToDouble(CopyReader.fieldLongOrZero(row));
        int first = CopyReader.fieldShort(row);
        int last = CopyReader.fieldShort(row);
        int kind = CopyReader.fieldShort(row);
        int width = CopyReader.fieldIntOr(0, row);
        long slope = CopyReader.fieldLongOrZero(row);
        long[] shorts = CopyReader.fieldArray(row);
        long[] ints = CopyReader.fieldArray(row);
        long[] floats = CopyReader.fieldArray(row);
        BitSet present = CopyReader.fieldBits(row);
        Ticks ticks = present == null ? Ticks.all(first, last - first + 1) : Ticks.some(first, present);
        if (ticks.last() != last) {
            // Views look at no tick behind it, nor at a bit of one that is not there.
            throw new IllegalStateException("the run of series " + seriesId + " on vector " + vectorId
                    + " ends at tick " + last + ", and its last value is at tick " + ticks.last());
        }
        long[] bits = CopyReader.fieldElements(row, width, present == null ? first - 1 : 0, ticks.count());
        EncodedValues.Kind form = EncodedValues.Kind.ofRun(kind);
        long[] elements = switch (form) {
            case CONSTANT -> new long[0];
            case SHORTS -> shorts;
            case INTS -> ints;
            case FLOATS -> floats;
            case LINE -> bits;
        };
        Long alone = form == EncodedValues.Kind.FLOATS || floats == null ? null : floats[0];
        Line line = form == EncodedValues.Kind.LINE ? new Line(slope, width) : null;
        return new PackedRun(
                metricId,
                vectorId,
                seriesId,
                ticks,
                new EncodedValues(form, base, scale, elements, ticks.count(), alone, line));
    }

    /** The fields, in a row that has begun. */
    static void write(PackedRun run, CopyBuffer buffer) throws SQLException {
        EncodedValues values = run.values();
        buffer.fieldInt(run.metricId());
        buffer.fieldLong(run.vectorId());
        buffer.fieldLong(run.seriesId());
        if (values.kind() == EncodedValues.Kind.FLOATS) {
            buffer.fieldNull();
        } else {
            buffer.fieldLong(values.baseBits());
        }
        if (values.hasNumbers()) {
            buffer.fieldLong(Double.doubleToRawLongBits(values.scale()));
        } else {
            buffer.fieldNull();
        }
        buffer.fieldShort(run.ticks().first());
        buffer.fieldShort(run.ticks().last());
        buffer.fieldShort(run.kind());
        writeLine(values.line(), buffer);
        writeArray(values, EncodedValues.Kind.SHORTS, INT2_OID, buffer);
        writeArray(values, EncodedValues.Kind.INTS, INT4_OID, buffer);
        if (values.last() == null) {
            writeArray(values, EncodedValues.Kind.FLOATS, FLOAT8_OID, buffer);
        } else {
            int array = buffer.beginArray(FLOAT8_OID, 1, false);
            buffer.fieldLong(values.last());
            buffer.endArray(array);
        }
        if (run.ticks().hasHoles()) {
            buffer.fieldBits(run.ticks().present());
        } else {
            buffer.fieldNull();
        }
        if (values.line() == null) {
            buffer.fieldNull();
        } else {
            buffer.fieldElements(values.elements(), values.line().width(), run.placesBefore());
        }
        buffer.fieldBoolean(run.isRising());
    }

    private static void writeLine(Line line, CopyBuffer buffer) {
        if (line == null) {
            buffer.fieldNull();
            buffer.fieldNull();
        } else {
            buffer.fieldInt(line.width());
            buffer.fieldLong(line.slope());
        }
    }

    private static void writeArray(EncodedValues values, EncodedValues.Kind kind, int oid, CopyBuffer buffer)
            throws SQLException {
        if (values.kind() != kind) {
            buffer.fieldNull();
            return;
        }
        int array = buffer.beginArray(oid, values.elements().length, false);
        for (long element : values.elements()) {
            switch (kind) {
                case SHORTS -> buffer.fieldShort((int) element);
                case INTS -> buffer.fieldInt((int) element);
                default -> buffer.fieldLong(element);
            }
        }
        buffer.endArray(array);
    }
}
