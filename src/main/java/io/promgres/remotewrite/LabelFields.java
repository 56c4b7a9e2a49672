package io.promgres.remotewrite;

import io.promgres.codec.Cursor;
import io.promgres.codec.MalformedBodyException;
import java.util.Arrays;

/** Where the names and values of a series' labels stand in the bytes of its key. Good as long as the key is. */
final class LabelFields {

    private static final int NAME = 1 << 3 | Cursor.LENGTH;
    private static final int VALUE = 2 << 3 | Cursor.LENGTH;
    private static final int KNOWN_FIELDS = 1 << 1 | 1 << 2;

    private final Cursor in = new Cursor();

    /** Four for each label: name from, to, value from, to. */
    private final int[] bounds;

    private byte[] bytes = new byte[0];
    private int sent;

    /** @param capacity labels; of a series with more, the first are kept and the rest is read and counted */
    LabelFields(int capacity) {
        bounds = new int[4 * capacity];
    }

    /** @throws MalformedBodyException if the key is not a sequence of label messages */
    void read(SeriesKey key) throws MalformedBodyException {
        bytes = key.bytes();
        sent = 0;
        in.reset(bytes, key.from(), key.labelsTo());
        while (!in.atEnd()) {
            in.tag();
            int outerEnd = in.enter();
            readLabel();
            in.leave(outerEnd);
        }
    }

    /** The labels of a 2.0 series; those of a key that is not valid as far as they are known. */
    void read(RefKey key, Symbols symbols) {
        bytes = symbols.bytes();
        sent = key.isValid() ? key.sent() / 2 : key.labels();
        for (int label = 0; label < Math.min(key.labels(), bounds.length / 4); label++) {
            bounds[4 * label] = symbols.from(key.nameRef(label));
            bounds[4 * label + 1] = symbols.to(key.nameRef(label));
            bounds[4 * label + 2] = symbols.from(key.valueRef(label));
            bounds[4 * label + 3] = symbols.to(key.valueRef(label));
        }
    }

    private void readLabel() throws MalformedBodyException {
        int at = 4 * sent++;
        boolean kept = at < bounds.length;
        if (kept) {
            Arrays.fill(bounds, at, at + 4, in.position());
        }
        while (!in.atEnd()) {
            int tag = in.tag();
            if (tag != NAME && tag != VALUE) {
                in.skipUnknown(tag, KNOWN_FIELDS);
                continue;
            }
            int length = in.length();
            if (kept) {
                int part = tag == NAME ? at : at + 2;
                bounds[part] = in.position();
                bounds[part + 1] = in.position() + length;
            }
            in.skip(length);
        }
    }

    /** The number of labels in the key, kept or not. */
    int sent() {
        return sent;
    }

    /** The number of labels whose bounds are known. */
    int size() {
        return Math.min(sent, bounds.length / 4);
    }

    byte[] bytes() {
        return bytes;
    }

    boolean isNamed(int label, byte[] name) {
        return name.length > 0 && Arrays.equals(bytes, nameFrom(label), nameTo(label), name, 0, name.length);
    }

    boolean hasValue(int label, byte[] value) {
        return Arrays.equals(bytes, valueFrom(label), valueTo(label), value, 0, value.length);
    }

    byte[] copyOfValue(int label) {
        return Arrays.copyOfRange(bytes, valueFrom(label), valueTo(label));
    }

    int nameFrom(int label) {
        return bounds[4 * label];
    }

    int nameTo(int label) {
        return bounds[4 * label + 1];
    }

    int valueFrom(int label) {
        return bounds[4 * label + 2];
    }

    int valueTo(int label) {
        return bounds[4 * label + 3];
    }
}
