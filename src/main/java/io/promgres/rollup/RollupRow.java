package io.promgres.rollup;

import io.promgres.packing.EncodedValues;
import io.promgres.store.CopyBuffer;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * Buckets of a series in one span, as a row of a table in binary COPY. The first and the last values, and where they are not
 * these the least and the greatest, are one array in the smallest form that gives back the same 64 bits.
 *
 * @param buckets in order, at least one
 */
record RollupRow(long seriesId, int metricId, int span, List<Bucket> buckets) {

    /** The columns, in the order of the fields. */
    static final String COLUMNS =
            "series_id, metric_id, span, first, last, n, form, count, base, scale, sum, present, c2, c4, v2, v4, v8, s4, s8, l4, l8";

    private static final int FIELDS = 21;
    private static final int INT2_OID = 21;
    private static final int INT4_OID = 23;
    private static final int FLOAT8_OID = 701;

    /** What is added to the form where the least and the greatest values are there. */
    static final int EXTREMES = 4;

    /** Stands for a count that is NULL. */
    static final int ABSENT = -1;

    void write(Resolution resolution, CopyBuffer buffer) throws SQLException {
        int first = resolution.index(buckets.get(0).start());
        int last = resolution.index(buckets.get(buckets.size() - 1).start());
        boolean extremes = buckets.stream().anyMatch(RollupRow::hasExtremes);
        EncodedValues values = EncodedValues.of(samples(extremes));
        EncodedValues sums = EncodedValues.of(bits(Bucket::sum));
        boolean wholeSums = isWhole(sums) && sums.scale() == 1;
        int count = commonCount();
        buffer.row(FIELDS);
        buffer.fieldLong(seriesId);
        buffer.fieldInt(metricId);
        buffer.fieldInt(span);
        buffer.fieldShort(first);
        buffer.fieldShort(last);
        buffer.fieldShort(buckets.size());
        buffer.fieldShort(values.kind().code() + (extremes ? EXTREMES : 0));
        intOrNull(count, buffer);
        longOrNull(values.kind() != EncodedValues.Kind.FLOATS, values.baseBits(), buffer);
        longOrNull(isWhole(values), Double.doubleToRawLongBits(values.scale()), buffer);
        longOrNull(wholeSums || sums.kind() == EncodedValues.Kind.CONSTANT, sums.baseBits(), buffer);
        writePresent(resolution, first, last, buffer);
        writeCounts(count, buffer);
        writeValues(values, buffer);
        writeSums(sums, wholeSums, buffer);
        writeLost(buffer);
    }

    private static boolean hasExtremes(Bucket bucket) {
        return bucket.min() != bucket.first() || bucket.max() != bucket.last();
    }

    private static boolean isWhole(EncodedValues values) {
        return values.kind() == EncodedValues.Kind.SHORTS || values.kind() == EncodedValues.Kind.INTS;
    }

    private long[] samples(boolean extremes) {
        Stream<ToDoubleFunction<Bucket>> sections = extremes
                ? Stream.of(Bucket::first, Bucket::last, Bucket::min, Bucket::max)
                : Stream.of(Bucket::first, Bucket::last);
        return sections.flatMap(section ->
                        buckets.stream().map(bucket -> Double.doubleToRawLongBits(section.applyAsDouble(bucket))))
                .mapToLong(Long::longValue)
                .toArray();
    }

    private long[] bits(ToDoubleFunction<Bucket> number) {
        return buckets.stream()
                .mapToLong(bucket -> Double.doubleToRawLongBits(number.applyAsDouble(bucket)))
                .toArray();
    }

    /** The count of all buckets, {@link #ABSENT} if they differ. */
    private int commonCount() {
        int count = buckets.get(0).count();
        return buckets.stream().allMatch(bucket -> bucket.count() == count) ? count : ABSENT;
    }

    private void writePresent(Resolution resolution, int first, int last, CopyBuffer buffer) {
        if (last - first + 1 == buckets.size()) {
            buffer.fieldNull();
            return;
        }
        BitSet present = new BitSet();
        buckets.forEach(bucket -> present.set(resolution.index(bucket.start()) - first));
        buffer.fieldBits(present);
    }

    private void writeCounts(int common, CopyBuffer buffer) {
        long[] counts = buckets.stream().mapToLong(Bucket::count).toArray();
        boolean large = buckets.stream().anyMatch(bucket -> bucket.count() > Short.MAX_VALUE);
        array(common == ABSENT && !large, INT2_OID, counts, buffer);
        array(common == ABSENT && large, INT4_OID, counts, buffer);
    }

    private static void writeValues(EncodedValues values, CopyBuffer buffer) {
        array(values.kind() == EncodedValues.Kind.SHORTS, INT2_OID, values.elements(), buffer);
        array(values.kind() == EncodedValues.Kind.INTS, INT4_OID, values.elements(), buffer);
        array(values.kind() == EncodedValues.Kind.FLOATS, FLOAT8_OID, values.elements(), buffer);
    }

    private void writeSums(EncodedValues sums, boolean whole, CopyBuffer buffer) {
        boolean constant = sums.kind() == EncodedValues.Kind.CONSTANT;
        array(whole, INT4_OID, sums.elements(), buffer);
        array(!whole && !constant, FLOAT8_OID, bits(Bucket::sum), buffer);
    }

    private void writeLost(CopyBuffer buffer) {
        boolean any = buckets.stream().anyMatch(bucket -> bucket.lost() != 0);
        boolean whole = buckets.stream().allMatch(bucket -> (int) bucket.lost() == bucket.lost());
        long[] integers =
                buckets.stream().mapToLong(bucket -> (long) bucket.lost()).toArray();
        array(any && whole, INT4_OID, integers, buffer);
        array(any && !whole, FLOAT8_OID, bits(Bucket::lost), buffer);
    }

    private static void intOrNull(int value, CopyBuffer buffer) {
        if (value == ABSENT) {
            buffer.fieldNull();
        } else {
            buffer.fieldInt(value);
        }
    }

    private static void longOrNull(boolean present, long bits, CopyBuffer buffer) {
        if (present) {
            buffer.fieldLong(bits);
        } else {
            buffer.fieldNull();
        }
    }

    private static void array(boolean present, int oid, long[] elements, CopyBuffer buffer) {
        if (!present) {
            buffer.fieldNull();
            return;
        }
        int array = buffer.beginArray(oid, elements.length, false);
        for (long element : elements) {
            switch (oid) {
                case INT2_OID -> buffer.fieldShort((int) element);
                case INT4_OID -> buffer.fieldInt((int) element);
                default -> buffer.fieldLong(element);
            }
        }
        buffer.endArray(array);
    }

    /** Where the first bucket begins. */
    long start() {
        return buckets.get(0).start();
    }

    /** Makes a row for each span that buckets of a series are in. */
    static void ofSpans(
            long seriesId, int metricId, Collection<Bucket> buckets, Resolution resolution, Consumer<RollupRow> into) {
        List<Bucket> some = new ArrayList<>();
        for (Bucket bucket : buckets) {
            if (!some.isEmpty() && resolution.span(some.get(0).start()) != resolution.span(bucket.start())) {
                into.accept(new RollupRow(
                        seriesId, metricId, resolution.span(some.get(0).start()), some));
                some = new ArrayList<>();
            }
            some.add(bucket);
        }
        into.accept(
                new RollupRow(seriesId, metricId, resolution.span(some.get(0).start()), some));
    }
}
