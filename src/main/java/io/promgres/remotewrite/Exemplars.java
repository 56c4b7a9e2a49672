package io.promgres.remotewrite;

import io.promgres.codec.Cursor;
import io.promgres.codec.MalformedBodyException;
import io.promgres.model.LabelSet;
import io.promgres.model.SeriesExemplar;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The exemplars of one series of a message, until it is known whose they are. There are few, so that they become objects at
 * once. One whose labels are not valid, or longer than {@value #MOST_CHARACTERS} characters together, is counted and left
 * out.
 */
final class Exemplars {

    /** Of all names and values, code points: OpenMetrics allows no more. */
    static final int MOST_CHARACTERS = 128;

    /** Labels beyond this cannot be valid: a name has a character. */
    private static final int MOST_TEXTS = 2 * MOST_CHARACTERS;

    private static final int LABEL = 1 << 3 | Cursor.LENGTH;
    private static final int REF = 1 << 3 | Cursor.VARINT;
    private static final int VALUE = 2 << 3 | Cursor.FIXED64;
    private static final int TIME = 3 << 3 | Cursor.VARINT;
    private static final int FIELDS = 1 << 1 | 1 << 2 | 1 << 3;

    private static final int LABEL_NAME = 1 << 3 | Cursor.LENGTH;
    private static final int LABEL_VALUE = 2 << 3 | Cursor.LENGTH;
    private static final int LABEL_FIELDS = 1 << 1 | 1 << 2;

    private record Read(long time, long bits, List<String> labels) {}

    private final CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder();
    private List<Read> valid = new ArrayList<>();
    private int invalid;

    private List<String> labels;
    private boolean refused;
    private long time;
    private long bits;

    void clear() {
        // A list that a large series has made grow is not kept.
        if (!valid.isEmpty()) {
            valid = new ArrayList<>();
        }
        invalid = 0;
    }

    int size() {
        return valid.size() + invalid;
    }

    int invalid() {
        return invalid;
    }

    /** The time of one that is valid, milliseconds since the epoch. */
    long time(int i) {
        return valid.get(i).time();
    }

    int valid() {
        return valid.size();
    }

    SeriesExemplar of(LabelSet series, int i) {
        Read read = valid.get(i);
        return new SeriesExemplar(series, read.time(), read.bits(), read.labels());
    }

    /**
     * Reads a message of 2.0, which refers to symbols, or one of 1.0, which has its labels in it: then symbols is null.
     *
     * @return the bytes that its labels take
     */
    long read(Cursor in, Symbols symbols) throws MalformedBodyException {
        int outerEnd = in.enter();
        labels = new ArrayList<>();
        refused = false;
        time = 0;
        bits = 0;
        while (!in.atEnd()) {
            readField(in, symbols);
        }
        in.leave(outerEnd);
        if (refused || !isValid()) {
            invalid++;
            return 0;
        }
        valid.add(new Read(time, bits, labels));
        // What is valid has few characters.
        return (long) labels.size() * DecodedBytes.TEXT + MOST_CHARACTERS;
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
        if (length > 4 * MOST_CHARACTERS) {
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

    private boolean isValid() {
        if (labels.size() % 2 != 0) {
            return false;
        }
        int characters = 0;
        Set<String> names = new HashSet<>();
        for (int i = 0; i < labels.size(); i += 2) {
            String name = labels.get(i);
            String value = labels.get(i + 1);
            characters += name.codePointCount(0, name.length()) + value.codePointCount(0, value.length());
            if (name.isEmpty() || !names.add(name)) {
                return false;
            }
        }
        return characters <= MOST_CHARACTERS;
    }
}
