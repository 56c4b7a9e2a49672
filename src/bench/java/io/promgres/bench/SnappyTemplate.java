package io.promgres.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Compresses a message to a snappy block in which the fields can still be changed: a request is compressed once, and costs
 * its sender some stores for each scrape.
 *
 * <p>Greedy matching over the last 64 KiB, as the usual encoders do, but not of bytes: of symbols, so that a byte of a field
 * equals nothing but the same byte of an equal field. Whatever is a copy then follows what it was copied from, and only the
 * first of equal fields has to be set. Source of the format: google/snappy, format_description.txt.
 */
final class SnappyTemplate {

    private static final int HASH_BITS = 14;
    private static final int SHORTEST_MATCH = 4;
    private static final int LONGEST_COPY = 64;
    private static final int FARTHEST = 0xffff;
    private static final int SYMBOLS_OF_FIXED_BYTES = 1 << 8;

    private final byte[] in;
    private final int[] symbols;
    // The begin of the field that a byte belongs to, or its own place.
    private final int[] starts;
    private final byte[] out;
    private final int[] table = new int[1 << HASH_BITS];
    private final List<Field> pending = new ArrayList<>();
    private final List<Field> patches = new ArrayList<>();
    private int size;
    private int literal;

    private SnappyTemplate(Message message) {
        in = message.bytes();
        symbols = symbols(message);
        starts = starts(message);
        out = new byte[32 + in.length + in.length / 6];
        Arrays.fill(table, -1);
    }

    /**
     * A compressed request.
     *
     * @param bytes the block
     * @param patches the fields to be set before it is sent, each at its place in the block
     */
    record Block(byte[] bytes, List<Field> patches) {}

    /** @param message of less than 16 MiB */
    static Block compress(Message message) {
        SnappyTemplate template = new SnappyTemplate(message);
        template.run(message.fields());
        return new Block(Arrays.copyOf(template.out, template.size), List.copyOf(template.patches));
    }

    private static int[] symbols(Message message) {
        int[] symbols = new int[message.bytes().length];
        for (int i = 0; i < symbols.length; i++) {
            symbols[i] = message.bytes()[i] & 0xff;
        }
        Map<Field.Kind, Map<Integer, Integer>> known = new HashMap<>();
        int next = SYMBOLS_OF_FIXED_BYTES;
        for (Field field : message.fields()) {
            Map<Integer, Integer> ofKind = known.computeIfAbsent(field.kind(), kind -> new HashMap<>());
            Integer first = ofKind.putIfAbsent(field.index(), next);
            for (int i = 0; i < field.kind().length(); i++) {
                symbols[field.start() + i] = (first == null ? next : first) + i;
            }
            next += first == null ? field.kind().length() : 0;
        }
        return symbols;
    }

    private static int[] starts(Message message) {
        int[] starts = new int[message.bytes().length + 1];
        Arrays.setAll(starts, i -> i);
        message.fields().forEach(field -> Arrays.fill(starts, field.start(), field.end(), field.start()));
        return starts;
    }

    private void run(List<Field> fields) {
        putLength(in.length);
        int next = 0;
        for (int at = 0; at < in.length; ) {
            int end = match(at);
            if (end > at) {
                for (; next < fields.size() && fields.get(next).start() < end; next++) {}
            } else if (next < fields.size() && fields.get(next).start() == at) {
                pending.add(fields.get(next));
                end = fields.get(next++).end();
            } else {
                end = at + 1;
            }
            at = end;
        }
        flushLiteral(in.length);
    }

    private void putLength(int length) {
        int rest = length;
        while (rest > 0x7f) {
            out[size++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        out[size++] = (byte) rest;
    }

    /** Writes a copy for what begins here, if it was there before; the end of the copy, or {@code at}. */
    private int match(int at) {
        if (at + SHORTEST_MATCH > in.length) {
            return at;
        }
        int slot = hash(at);
        int candidate = table[slot];
        table[slot] = at;
        if (candidate < 0 || at - candidate > FARTHEST) {
            return at;
        }
        int length = Arrays.mismatch(symbols, candidate, in.length, symbols, at, in.length);
        // No field is cut.
        int end = starts[at + length];
        if (end - at < SHORTEST_MATCH) {
            return at;
        }
        flushLiteral(at);
        putCopies(at - candidate, end - at);
        literal = end;
        return end;
    }

    private int hash(int at) {
        int hash = symbols[at];
        for (int i = 1; i < SHORTEST_MATCH; i++) {
            hash = hash * 0x2F0B4C47 + symbols[at + i];
        }
        return hash * 0x1E35A7BD >>> Integer.SIZE - HASH_BITS;
    }

    private void putCopies(int offset, int length) {
        int rest = length;
        while (rest > LONGEST_COPY) {
            putCopy(offset, LONGEST_COPY);
            rest -= LONGEST_COPY;
        }
        putCopy(offset, rest);
    }

    private void putCopy(int offset, int length) {
        if (offset < 1 << 11 && length >= 4 && length < 12) {
            out[size++] = (byte) (offset >>> 8 << 5 | length - 4 << 2 | 1);
            out[size++] = (byte) offset;
        } else {
            out[size++] = (byte) (length - 1 << 2 | 2);
            out[size++] = (byte) offset;
            out[size++] = (byte) (offset >>> 8);
        }
    }

    /** Writes what is not yet written before a place as a literal, with the fields in there. */
    private void flushLiteral(int end) {
        if (literal == end) {
            return;
        }
        int length = end - literal;
        putLiteralTag(length - 1);
        System.arraycopy(in, literal, out, size, length);
        size += length;
        literal = end;
        pending.forEach(field -> patches.add(new Field(size - (end - field.start()), field.kind(), field.index())));
        pending.clear();
    }

    private void putLiteralTag(int lengthLessOne) {
        if (lengthLessOne < 60) {
            out[size++] = (byte) (lengthLessOne << 2);
        } else if (lengthLessOne < 1 << 8) {
            out[size++] = (byte) (60 << 2);
            out[size++] = (byte) lengthLessOne;
        } else {
            out[size++] = (byte) (62 << 2);
            out[size++] = (byte) lengthLessOne;
            out[size++] = (byte) (lengthLessOne >>> 8);
            out[size++] = (byte) (lengthLessOne >>> 16);
        }
    }
}
