package io.promgres.remotewrite;

import io.promgres.model.Rejections.Reason;
import java.time.Instant;

/**
 * Says what is wrong with which series, in one sentence of ASCII that is safe to print and short enough for the first
 * 1,024 bytes of an answer, which is what Prometheus logs. Other bytes than printable ASCII are shown as {@code \xNN}.
 */
final class RejectionText {

    private static final int LONGEST_TEXT = 60;
    private static final int LONGEST_SERIES = 500;

    private RejectionText() {}

    /** @param label the one that is wrong, or -1 */
    static String ofLabels(Reason reason, LabelFields fields, int label, Limits limits) {
        String problem = switch (reason) {
            case LABEL_TOO_LONG ->
                "has a label with a name of more than " + limits.maxNameBytes() + " bytes or a value of more than "
                        + limits.maxValueBytes();
            case TOO_MANY_LABELS -> "has " + fields.sent() + " labels, the limit is " + limits.maxLabels();
            default -> reason.problem();
        };
        StringBuilder sentence = series(fields).append(' ').append(problem);
        if (label >= 0) {
            sentence.append(": ");
            appendLabel(sentence, fields, label);
        }
        return sentence.toString();
    }

    /** @param time of the sample, milliseconds since the epoch */
    static String ofTime(Reason reason, LabelFields fields, long time, Limits limits) {
        StringBuilder sentence = series(fields).append(" has a sample at ");
        if (reason == Reason.TOO_FAR_AHEAD) {
            sentence.append(Instant.ofEpochMilli(time))
                    .append(", more than ")
                    .append(limits.maxAhead().toSeconds())
                    .append(" s ahead of the clock of the receiver");
        } else {
            sentence.append(time).append(" ms since the epoch, which is not within the years 1 to 9999");
        }
        return sentence.toString();
    }

    private static StringBuilder series(LabelFields fields) {
        StringBuilder text = new StringBuilder("series {");
        for (int label = 0; label < fields.size(); label++) {
            if (text.length() > LONGEST_SERIES) {
                return text.append(", ...}");
            }
            if (label > 0) {
                text.append(", ");
            }
            appendLabel(text, fields, label);
        }
        return text.append('}');
    }

    private static void appendLabel(StringBuilder text, LabelFields fields, int label) {
        append(text, fields.bytes(), fields.nameFrom(label), fields.nameTo(label));
        text.append("=\"");
        append(text, fields.bytes(), fields.valueFrom(label), fields.valueTo(label));
        text.append('"');
    }

    private static void append(StringBuilder text, byte[] bytes, int from, int to) {
        int longest = text.length() + LONGEST_TEXT;
        for (int i = from; i < to; i++) {
            if (text.length() >= longest) {
                text.append("...");
                return;
            }
            byte next = bytes[i];
            if (next == '"' || next == '\\') {
                text.append('\\').append((char) next);
            } else if (next >= ' ' && next < 0x7f) {
                text.append((char) next);
            } else {
                text.append(String.format("\\x%02x", next));
            }
        }
    }
}
