package io.promgres.rollup;

import io.promgres.packing.CopyReader;
import io.promgres.packing.EncodedValues;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Reads rows as {@link RollupRow#write} writes them. */
final class RollupRowReader {

    private RollupRowReader() {}

    static RollupRow read(ByteBuffer row, Resolution resolution) {
        long seriesId = CopyReader.fieldLong(row);
        int metricId = CopyReader.fieldInt(row);
        int span = CopyReader.fieldInt(row);
        int first = CopyReader.fieldShort(row);
        CopyReader.fieldShort(row);
        int n = CopyReader.fieldShort(row);
        int form = CopyReader.fieldShort(row);
        int count = CopyReader.fieldIntOr(RollupRow.ABSENT, row);
        long base = CopyReader.fieldLongOrZero(row);
        double scale = Double.longBitsToDouble(CopyReader.fieldLongOrZero(row));
        double sum = Double.longBitsToDouble(CopyReader.fieldLongOrZero(row));
        BitSet present = CopyReader.fieldBits(row);
        long[][] arrays = new long[9][];
        for (int i = 0; i < arrays.length; i++) {
            arrays[i] = CopyReader.fieldArray(row);
        }
        EncodedValues.Kind kind = EncodedValues.Kind.of(form % RollupRow.EXTREMES);
        long[] elements = firstOf(arrays[2], arrays[3], arrays[4]);
        EncodedValues values = new EncodedValues(kind, base, scale, elements, n, null);
        int least = form < RollupRow.EXTREMES ? 0 : 2 * n;
        int greatest = form < RollupRow.EXTREMES ? n : 3 * n;
        List<Bucket> buckets = new ArrayList<>(n);
        for (int i = 0; i < n; i++) {
            int index = present == null ? first + i : i == 0 ? first : next(present, first, buckets, resolution);
            buckets.add(new Bucket(
                    resolution.start(span, index),
                    count == RollupRow.ABSENT ? (int) firstOf(arrays[0], arrays[1])[i] : count,
                    sumAt(i, sum, arrays[5], arrays[6]),
                    number(values, least + i),
                    number(values, greatest + i),
                    number(values, i),
                    number(values, n + i),
                    sumAt(i, 0, arrays[7], arrays[8])));
        }
        return new RollupRow(seriesId, metricId, span, buckets);
    }

    private static int next(BitSet present, int first, List<Bucket> before, Resolution resolution) {
        int index = resolution.index(before.get(before.size() - 1).start());
        return first + present.nextSetBit(index - first + 1);
    }

    private static double number(EncodedValues values, int i) {
        return Double.longBitsToDouble(values.bits(i));
    }

    private static long[] firstOf(long[]... arrays) {
        for (long[] array : arrays) {
            if (array != null) {
                return array;
            }
        }
        return new long[0];
    }

    private static double sumAt(int i, double base, long[] whole, long[] floats) {
        if (floats != null) {
            return Double.longBitsToDouble(floats[i]);
        }
        return whole == null ? base : base + whole[i];
    }
}
