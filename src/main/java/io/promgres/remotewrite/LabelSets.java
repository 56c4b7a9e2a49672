package io.promgres.remotewrite;

import io.promgres.model.LabelSet;
import io.promgres.model.Rejections.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Makes validated label sets of label fields: strict UTF-8, names in the order of their bytes (which is the order of their
 * code points), each once; a label with an empty value is not there. For series that are not known: allocates.
 */
final class LabelSets {

    private static final byte[] METRIC_NAME = LabelSet.METRIC_NAME.getBytes(StandardCharsets.UTF_8);
    private static final char REPLACEMENT = '\ufffd';

    private final Limits limits;
    private final CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder();
    private final String[] names;
    private final String[] values;

    /** The labels in the order of their names. */
    private final int[] order;

    private LabelFields fields;
    private int offendingLabel;

    LabelSets(Limits limits) {
        this.limits = limits;
        names = new String[limits.maxLabels()];
        values = new String[limits.maxLabels()];
        order = new int[limits.maxLabels()];
    }

    /**
     * What is wrong with the labels, or null if nothing is; then {@link #build} makes the set.
     *
     * @param newFields not changed until {@link #build}
     */
    Reason check(LabelFields newFields) {
        fields = newFields;
        offendingLabel = -1;
        if (fields.sent() > limits.maxLabels()) {
            return Reason.TOO_MANY_LABELS;
        }
        for (int label = 0; label < fields.size(); label++) {
            Reason reason = checkLabel(label);
            if (reason != null) {
                offendingLabel = label;
                return reason;
            }
        }
        sort();
        return checkSet();
    }

    /** Which label the last {@link #check} objected to, -1 if to none or to all. */
    int offendingLabel() {
        return offendingLabel;
    }

    LabelSet build() {
        String[] namesAndValues = new String[2 * fields.size()];
        int length = 0;
        for (int i = 0; i < fields.size(); i++) {
            int label = order[i];
            if (!values[label].isEmpty()) {
                namesAndValues[length++] = names[label];
                namesAndValues[length++] = values[label];
            }
        }
        return LabelSet.ofSorted(
                length == namesAndValues.length ? namesAndValues : Arrays.copyOf(namesAndValues, length));
    }

    private Reason checkLabel(int label) {
        int nameLength = fields.nameTo(label) - fields.nameFrom(label);
        int valueLength = fields.valueTo(label) - fields.valueFrom(label);
        if (nameLength == 0) {
            return Reason.EMPTY_LABEL_NAME;
        }
        if (nameLength > limits.maxNameBytes() || valueLength > limits.maxValueBytes()) {
            return Reason.LABEL_TOO_LONG;
        }
        names[label] = decode(fields.nameFrom(label), nameLength);
        values[label] = decode(fields.valueFrom(label), valueLength);
        if (names[label] == null || values[label] == null) {
            return Reason.INVALID_UTF8;
        }
        return names[label].indexOf(0) >= 0 || values[label].indexOf(0) >= 0 ? Reason.NUL_CHARACTER : null;
    }

    /** The text of these bytes, null if they are not UTF-8. */
    private String decode(int from, int length) {
        String text = new String(fields.bytes(), from, length, StandardCharsets.UTF_8);
        // What stands for bytes that are wrong may also be what was sent.
        return text.indexOf(REPLACEMENT) < 0 ? text : decodeStrictly(from, length);
    }

    private String decodeStrictly(int from, int length) {
        try {
            return utf8.decode(ByteBuffer.wrap(fields.bytes(), from, length)).toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    /** By insertion: senders sort, so that this only looks. */
    private void sort() {
        for (int i = 0; i < fields.size(); i++) {
            int at = i;
            while (at > 0 && compareNames(order[at - 1], i) > 0) {
                order[at] = order[at - 1];
                at--;
            }
            order[at] = i;
        }
    }

    private Reason checkSet() {
        boolean named = false;
        for (int i = 0; i < fields.size(); i++) {
            int label = order[i];
            if (i > 0 && compareNames(order[i - 1], label) == 0) {
                offendingLabel = label;
                return Reason.DUPLICATE_LABEL;
            }
            named |= isMetricName(label) && !values[label].isEmpty();
        }
        return named ? null : Reason.NO_METRIC_NAME;
    }

    private int compareNames(int a, int b) {
        byte[] bytes = fields.bytes();
        return Arrays.compareUnsigned(
                bytes, fields.nameFrom(a), fields.nameTo(a), bytes, fields.nameFrom(b), fields.nameTo(b));
    }

    private boolean isMetricName(int label) {
        return Arrays.equals(
                fields.bytes(), fields.nameFrom(label), fields.nameTo(label), METRIC_NAME, 0, METRIC_NAME.length);
    }
}
