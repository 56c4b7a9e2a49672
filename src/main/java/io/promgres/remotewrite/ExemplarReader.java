package io.promgres.remotewrite;

import io.promgres.codec.BodyTooLargeException;
import io.promgres.codec.Cursor;
import io.promgres.codec.MalformedBodyException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads the message Exemplar of 1.0, which has its labels in it, and of 2.0, which refers to symbols. */
final class ExemplarReader {

    /** Labels beyond this cannot be valid: a name has a character. */
    private static final int MOST_TEXTS = 2 * Exemplars.MOST_CHARACTERS;

    private static final int LABEL = 1 << 3 | Cursor.LENGTH;
    private static final int REF = 1 << 3 | Cursor.VARINT;
    private static final int VALUE = 2 << 3 | Cursor.FIXED64;
    private static final int TIME = 3 << 3 | Cursor.VARINT;
    private static final int FIELDS = 1 << 1 | 1 << 2 | 1 << 3;

    private static final int LABEL_NAME = 1 << 3 | Cursor.LENGTH;
    private static final int LABEL_VALUE = 2 << 3 | Cursor.LENGTH;
    private static final int LABEL_FIELDS = 1 << 1 | 1 << 2;

    private final CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder();

    private List<String> labels;
    private boolean refused;
    private long time;
    private long bits;

    /** @param symbols that a message of 2.0 refers to; null for one of 1.0 */
    void read(Cursor in, Symbols symbols, SeriesBuffer into) throws MalformedBodyException, BodyTooLargeException {
        int outerEnd = in.enter();
        labels = new ArrayList<>();
        refused = false;
        time = 0;
        bits = 0;
        while (!in.atEnd()) {
            readField(in, symbols);
        }
        in.leave(outerEnd);
        into.addExemplar(time, bits, refused ? null : labels);
    }

    private void readField(Cursor in, Symbols symbols) throws MalformedBodyException {
        int tag = in.tag();
        switch (tag) {
            case VALUE -> bits = in.fixed64();
            case TIME -> time = in.varint();
            case LABEL -> {
                int outerEnd = in.enter();
                if (symbols == null) {
                    readLabel(in);
                } else {
                    while (!in.atEnd()) {
                        addSymbol(in.ref(), symbols);
                    }
                }
                in.leave(outerEnd);
            }
            default -> {
                if (tag == REF && symbols != null) {
                    addSymbol(in.ref(), symbols);
                } else {
                    in.skipUnknown(tag, FIELDS);
                }
            }
        }
    }

    private void readLabel(Cursor in) throws MalformedBodyException {
        String name = "";
        String value = "";
        while (!in.atEnd()) {
            int tag = in.tag();
            switch (tag) {
                case LABEL_NAME -> name = text(in);
                case LABEL_VALUE -> value = text(in);
                default -> in.skipUnknown(tag, LABEL_FIELDS);
            }
        }
        add(name);
        add(value);
    }

    private String text(Cursor in) throws MalformedBodyException {
        int length = in.length();
        int from = in.position();
        in.skip(length);
        return decode(in.bytes(), from, length);
    }

    private void addSymbol(int ref, Symbols symbols) {
        add(symbols.has(ref) ? decode(symbols.bytes(), symbols.from(ref), symbols.to(ref) - symbols.from(ref)) : null);
    }

    /** The text, or null if it cannot be stored. */
    private String decode(byte[] bytes, int from, int length) {
        // A code point takes at most four bytes.
        if (length > 4 * Exemplars.MOST_CHARACTERS) {
            return null;
        }
        try {
            String text = utf8.decode(ByteBuffer.wrap(bytes, from, length)).toString();
            return text.indexOf(0) < 0 ? text : null;
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    private void add(String text) {
        refused |= text == null || labels.size() == MOST_TEXTS;
        if (!refused) {
            labels.add(text);
        }
    }
}
