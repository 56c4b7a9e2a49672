package io.promgres.remotewrite;

import io.promgres.model.MetricMetadata;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;

/** Makes validated metadata of bytes: strict UTF-8, a name. */
final class MetadataText {

    /** Of a help text or a unit, bytes. */
    private static final int LONGEST = 1 << 16;

    private final Limits limits;
    private final CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder();

    /** Where a text stands. */
    record Bounds(int from, int to) {

        int length() {
            return to - from;
        }
    }

    MetadataText(Limits limits) {
        this.limits = limits;
    }

    /** The metadata, or null if it cannot be stored: no name, no UTF-8, U+0000, or too long. */
    MetricMetadata of(byte[] bytes, Bounds family, long type, Bounds unit, Bounds help) {
        if (family.length() == 0
                || family.length() > limits.maxValueBytes()
                || help.length() > LONGEST
                || unit.length() > limits.maxValueBytes()) {
            return null;
        }
        try {
            return new MetricMetadata(
                    text(bytes, family), MetricMetadata.Type.ofNumber(type), text(bytes, unit), text(bytes, help));
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    private String text(byte[] bytes, Bounds bounds) throws CharacterCodingException {
        String text = utf8.decode(ByteBuffer.wrap(bytes, bounds.from(), bounds.length()))
                .toString();
        if (text.indexOf(0) >= 0) {
            throw new CharacterCodingException();
        }
        return text;
    }
}
