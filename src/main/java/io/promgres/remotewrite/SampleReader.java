package io.promgres.remotewrite;

import io.promgres.codec.BodyTooLargeException;
import io.promgres.codec.Cursor;
import io.promgres.codec.MalformedBodyException;

/** Reads the message Sample, which is the same in 1.0 and 2.0 but for the start. */
final class SampleReader {

    static final int WITHOUT_START = 1 << 1 | 1 << 2;
    static final int WITH_START = WITHOUT_START | 1 << 3;

    private static final int VALUE = 1 << 3 | Cursor.FIXED64;
    private static final int TIME = 2 << 3 | Cursor.VARINT;

    /** Since release candidate 4 of 2.0; 1.0 does not have it. */
    private static final int START = 3 << 3 | Cursor.VARINT;

    private SampleReader() {}

    /** @param known fields of the message, see {@link Cursor#skipUnknown} */
    static void read(Cursor in, int known, SeriesBuffer into) throws MalformedBodyException, BodyTooLargeException {
        int outerEnd = in.enter();
        long time = 0;
        long bits = 0;
        long start = 0;
        while (!in.atEnd()) {
            int tag = in.tag();
            switch (tag) {
                case VALUE -> bits = in.fixed64();
                case TIME -> time = in.varint();
                case START -> start = in.varint();
                default -> in.skipUnknown(tag, known);
            }
        }
        in.leave(outerEnd);
        into.addSample(time, bits, known == WITH_START ? start : 0);
    }
}
