package io.promgres.bench;

import java.util.List;

/** A sample within a series: the same in both versions of remote write. */
final class SampleField {

    /** Length of a sample without its tag and length. */
    static final int BYTES = 1 + Long.BYTES + 1 + Varint.TIME_BYTES;

    private static final int SAMPLE = 2 << 3 | 2;
    private static final int VALUE = 1 << 3 | 1;
    private static final int TIME = 2 << 3;
    private static final long ANY_TIME = 1L << 40;

    private SampleField() {}

    static void write(MessageBuffer into, int index, Series series, List<Field> fields) {
        into.tag(SAMPLE).varint(BYTES).tag(VALUE);
        // The value of a constant is not a field: it compresses as any other bytes.
        if (series.motion() != Motion.CONSTANT) {
            fields.add(new Field(into.size(), Field.Kind.VALUE, index));
        }
        into.fixed64(series.motion().bits(index, 0)).tag(TIME);
        fields.add(new Field(into.size(), Field.Kind.TIME, series.target()));
        into.varint(ANY_TIME);
    }
}
