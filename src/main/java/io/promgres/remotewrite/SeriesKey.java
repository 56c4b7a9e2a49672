package io.promgres.remotewrite;

import java.util.Arrays;

/**
 * The bytes by which a series is recognised: its label fields, tags included, one after the other as they stand on the
 * wire. Normally that is a range of the message itself; label fields with something between them are gathered in a buffer.
 *
 * <p>Good until the next {@link #reset}, while the message's bytes do not change.
 */
final class SeriesKey {

    /** A gathering buffer of up to this many bytes is kept. */
    private static final int ALWAYS_KEPT = 1 << 16;

    private byte[] message;
    private byte[] gathered = new byte[0];
    private boolean scattered;
    private int from;
    private int to;
    private int labelsTo;

    void reset(byte[] newMessage) {
        message = newMessage;
        scattered = false;
        from = 0;
        to = 0;
        if (gathered.length > ALWAYS_KEPT) {
            gathered = new byte[0];
        }
    }

    /** Adds the label field that stands in the message from {@code fieldFrom} to {@code fieldTo}. */
    void add(int fieldFrom, int fieldTo) {
        if (scattered) {
            append(message, fieldFrom, fieldTo);
        } else if (isEmpty()) {
            from = fieldFrom;
            to = fieldTo;
        } else if (fieldFrom == to) {
            to = fieldTo;
        } else {
            gather(fieldFrom, fieldTo);
        }
    }

    /**
     * Ends the key of a series whose labels are complete.
     *
     * @param suffix tells it from the keys of others with the same labels: no key of label fields alone ends so
     */
    void end(byte[] suffix) {
        labelsTo = to;
        if (suffix.length == 0) {
            return;
        }
        if (!scattered) {
            int firstFrom = from;
            int firstTo = to;
            scattered = true;
            from = 0;
            to = 0;
            append(message, firstFrom, firstTo);
            labelsTo = to;
        }
        append(suffix, 0, suffix.length);
    }

    private void gather(int fieldFrom, int fieldTo) {
        int firstFrom = from;
        int firstTo = to;
        scattered = true;
        from = 0;
        to = 0;
        append(message, firstFrom, firstTo);
        append(message, fieldFrom, fieldTo);
    }

    private void append(byte[] source, int fieldFrom, int fieldTo) {
        int length = fieldTo - fieldFrom;
        if (length > gathered.length - to) {
            gathered = Arrays.copyOf(gathered, Math.max(gathered.length * 2, to + length));
        }
        System.arraycopy(source, fieldFrom, gathered, to, length);
        to += length;
    }

    boolean isEmpty() {
        return from == to;
    }

    byte[] bytes() {
        return scattered ? gathered : message;
    }

    int from() {
        return from;
    }

    int to() {
        return to;
    }

    /** Where the labels end; good after {@link #end}. */
    int labelsTo() {
        return labelsTo;
    }

    byte[] copy() {
        return Arrays.copyOfRange(bytes(), from, to);
    }
}
