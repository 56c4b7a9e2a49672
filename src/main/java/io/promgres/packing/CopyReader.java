package io.promgres.packing;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.BitSet;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/**
 * Reads the answer of COPY ... TO STDOUT in binary, row by row. Source of the format: PostgreSQL documentation, COPY,
 * "Binary Format"; of arrays: array_send().
 */
public final class CopyReader {

    private static final int HEADER = 19;

    /** Reads the fields of a row. */
    @FunctionalInterface
    public interface RowReader {
        void read(ByteBuffer row) throws SQLException;
    }

    private CopyReader() {}

    public static void read(Connection connection, String query, RowReader reader) throws SQLException {
        CopyOut copy = connection
                .unwrap(PGConnection.class)
                .getCopyAPI()
                .copyOut("COPY (" + query + ") TO STDOUT (FORMAT binary)");
        try {
            boolean first = true;
            for (byte[] message = copy.readFromCopy(); message != null; message = copy.readFromCopy()) {
                ByteBuffer row = ByteBuffer.wrap(message);
                if (first) {
                    row.position(HEADER);
                    first = false;
                }
                // The trailer has -1 columns; without rows it comes right behind the header.
                if (row.hasRemaining() && row.getShort() >= 0) {
                    reader.read(row);
                }
            }
        } finally {
            if (copy.isActive()) {
                copy.cancelCopy();
            }
        }
    }

    /** A field that is not NULL and has eight bytes. */
    public static long fieldLong(ByteBuffer row) {
        row.getInt();
        return row.getLong();
    }

    public static int fieldShort(ByteBuffer row) {
        row.getInt();
        return row.getShort();
    }

    public static int fieldInt(ByteBuffer row) {
        row.getInt();
        return row.getInt();
    }

    /** A field of four bytes, or an absent one for NULL. */
    public static int fieldIntOr(int absent, ByteBuffer row) {
        return row.getInt() < 0 ? absent : row.getInt();
    }

    /** A field of eight bytes, or 0 for NULL. */
    public static long fieldLongOrZero(ByteBuffer row) {
        return row.getInt() < 0 ? 0 : row.getLong();
    }

    /** An array of elements of so many bytes without NULLs, sign-extended; null for NULL. */
    public static long[] fieldArray(ByteBuffer row) {
        if (row.getInt() < 0) {
            return null;
        }
        int length = beginArray(row);
        long[] elements = new long[length];
        for (int i = 0; i < length; i++) {
            elements[i] = switch (row.getInt()) {
                case 2 -> row.getShort();
                case 4 -> row.getInt();
                default -> row.getLong();
            };
        }
        return elements;
    }

    /** A bit varying, whose leftmost bit becomes bit 0; null for NULL. Source: varbit_send(). */
    public static BitSet fieldBits(ByteBuffer row) {
        if (row.getInt() < 0) {
            return null;
        }
        int length = row.getInt();
        BitSet bits = new BitSet(length);
        for (int from = 0; from < length; from += Byte.SIZE) {
            int eight = row.get();
            for (int bit = 0; bit < Byte.SIZE; bit++) {
                bits.set(from + bit, (eight & 0x80 >> bit) != 0);
            }
        }
        return bits;
    }

    /** Reads an array's header behind its length; returns the number of elements. */
    public static int beginArray(ByteBuffer row) {
        int dimensions = row.getInt();
        row.getInt();
        row.getInt();
        if (dimensions == 0) {
            return 0;
        }
        int length = row.getInt();
        row.getInt();
        return length;
    }
}
