package io.promgres.remotewrite;

import io.promgres.codec.BodyTooLargeException;
import io.promgres.codec.Cursor;
import io.promgres.codec.MalformedBodyException;
import io.promgres.model.Counts;
import io.promgres.model.MetadataIndex;
import io.promgres.model.MetricMetadata;
import io.promgres.model.NewMetadata;
import io.promgres.model.Rejections.Reason;
import java.util.Arrays;

/** Reads the metadata of a 1.0 request: recognised by the bytes of its message, so that what is stored costs no text. */
final class MetadataFields {

    private static final int TYPE = 1 << 3 | Cursor.VARINT;
    private static final int FAMILY = 2 << 3 | Cursor.LENGTH;
    private static final int HELP = 4 << 3 | Cursor.LENGTH;
    private static final int UNIT = 5 << 3 | Cursor.LENGTH;
    private static final int FIELDS = 1 << 1 | 1 << 2 | 1 << 4 | 1 << 5;

    private static final MetadataText.Bounds NOTHING = new MetadataText.Bounds(0, 0);

    private final MetadataIndex index;
    private final MetadataText text;

    private long type;
    private MetadataText.Bounds family;
    private MetadataText.Bounds help;
    private MetadataText.Bounds unit;

    MetadataFields(MetadataIndex index, Limits limits) {
        this.index = index;
        text = new MetadataText(limits);
    }

    void read(Cursor in, SeriesCollector collector) throws MalformedBodyException, BodyTooLargeException {
        int outerEnd = in.enter();
        int from = in.position();
        type = 0;
        family = NOTHING;
        help = NOTHING;
        unit = NOTHING;
        while (!in.atEnd()) {
            readField(in);
        }
        int to = in.position();
        in.leave(outerEnd);
        if (!index.isKnown(in.bytes(), from, to)) {
            add(in.bytes(), from, to, collector);
        }
    }

    private void readField(Cursor in) throws MalformedBodyException {
        int tag = in.tag();
        switch (tag) {
            case TYPE -> type = in.varint();
            case FAMILY -> family = text(in);
            case HELP -> help = text(in);
            case UNIT -> unit = text(in);
            default -> in.skipUnknown(tag, FIELDS);
        }
    }

    private static MetadataText.Bounds text(Cursor in) throws MalformedBodyException {
        int length = in.length();
        int from = in.position();
        in.skip(length);
        return new MetadataText.Bounds(from, from + length);
    }

    private void add(byte[] bytes, int from, int to, SeriesCollector collector) throws BodyTooLargeException {
        MetricMetadata metadata = text.of(bytes, family, type, unit, help);
        if (metadata == null) {
            collector.reject(
                    Reason.INVALID_METADATA,
                    Counts.NONE,
                    "metadata has no name, is not UTF-8, contains U+0000, or is too long");
        } else {
            collector.addMetadata(new NewMetadata(Arrays.copyOfRange(bytes, from, to), metadata));
        }
    }
}
