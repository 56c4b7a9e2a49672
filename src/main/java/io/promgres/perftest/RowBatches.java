package io.promgres.perftest;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * A body of rows in pieces that are whole JSON documents: an array is cut between its elements, anything else is one piece. So
 * of a large array a piece is in memory, never the whole.
 *
 * <p>It looks for the ends of elements only; what is in a piece is {@link Rows}' business.
 */
final class RowBatches {

    /** A piece ends with the element in which it gets this long, in bytes. */
    static final int BYTES = 1 << 18;

    /** The longest element, in bytes. */
    static final int MOST = 1 << 20;

    private static final int END = -1;

    private final InputStream body;
    private final byte[] buffer = new byte[1 << 14];
    private int at;
    private int filled;

    private final ByteArrayOutputStream piece = new ByteArrayOutputStream();
    private boolean begun;
    private boolean done;

    RowBatches(InputStream body) {
        this.body = body;
    }

    /** Goes back to the mark of a body in memory. */
    static void again(InputStream body) {
        try {
            body.reset();
        } catch (IOException e) {
            throw new IllegalStateException("a body in memory has its mark", e);
        }
    }

    /**
     * @return the next rows, maybe none of them in the first piece; null after the last
     * @throws ApiException the body is not JSON, or does not arrive
     */
    Rows next() throws ApiException {
        if (done) {
            return null;
        }
        boolean first = !begun;
        begun = true;
        piece.reset();
        int open = first ? skipBlanks() : '[';
        if (open != '[') {
            done = true;
            return whole(open);
        }
        piece.write('[');
        done = elements();
        Rows rows = parse();
        if (!first
                && rows.names().isEmpty()
                && rows.json().substring(1, rows.json().length() - 1).isBlank()) {
            throw Rows.notJson("a comma is the last before the end of the array");
        }
        return rows;
    }

    /** A body that is no array: one object, or nothing that is right. */
    private Rows whole(int open) throws ApiException {
        for (int c = open; c != END; c = read()) {
            write(c);
        }
        return parse();
    }

    /** @return whether the array ended */
    private boolean elements() throws ApiException {
        int depth = 0;
        while (true) {
            int c = read();
            if (c == END) {
                throw Rows.notJson("the body ends within its array");
            } else if (c == ']' && depth == 0) {
                piece.write(']');
                requireEnd();
                return true;
            } else if (c == ',' && depth == 0 && piece.size() >= BYTES) {
                piece.write(']');
                return false;
            }
            write(c);
            if (c == '"') {
                string();
            } else {
                depth += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
            }
        }
    }

    private void string() throws ApiException {
        for (int c = read(); c != END; c = read()) {
            write(c);
            if (c == '"') {
                return;
            } else if (c == '\\') {
                write(read());
            }
        }
    }

    private void requireEnd() throws ApiException {
        if (skipBlanks() != END) {
            throw Rows.notJson("something follows the rows");
        }
    }

    private Rows parse() throws ApiException {
        byte[] bytes = piece.toByteArray();
        return Rows.parse(bytes, 0, bytes.length);
    }

    private void write(int c) throws ApiException {
        if (piece.size() >= MOST) {
            throw Rows.notJson("a row has more than " + (MOST - BYTES) + " bytes");
        }
        if (c != END) {
            piece.write(c);
        }
    }

    private int skipBlanks() throws ApiException {
        int c = read();
        while (c == ' ' || c == '\n' || c == '\r' || c == '\t') {
            c = read();
        }
        return c;
    }

    private int read() throws ApiException {
        if (at == filled) {
            at = 0;
            filled = fill();
        }
        return filled <= 0 ? END : buffer[at++] & 0xff;
    }

    private int fill() throws ApiException {
        try {
            return Math.max(0, body.read(buffer));
        } catch (IOException e) {
            throw new ApiException(
                    ApiException.Kind.CUT_OFF, new ApiError("08006", "the body did not arrive: " + e.getMessage()), e);
        }
    }
}
