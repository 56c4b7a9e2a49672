package io.promgres.packing;

import io.promgres.store.CopyBuffer;
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

    /**
     * Hands the rows of a query to a reader. If the reader fails, the rest of the rows is thrown away, so that the connection can be
     * used again: a COPY that is left before its end makes the driver take its rows for the answer to a later statement.
     */
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
        } catch (SQLException | RuntimeException | Error e) {
            drain(copy, e);
            throw e;
        }
    }

    private static void drain(CopyOut copy, Throwable cause) {
        try {
            while (copy.isActive() && copy.readFromCopy() != null) {
                // Of no use any more.
            }
        } catch (SQLException e) {
            cause.addSuppressed(e);
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

    /**
     * Numbers as {@link CopyBuffer#fieldElements} writes them; null for NULL.
     *
     * @param most so many there are at most
     */
    static long[] fieldElements(ByteBuffer row, int width, int before, int most) {
        int bytes = row.getInt();
        if (bytes < 0) {
            return null;
        }
        int end = row.position() + bytes;
        int skipped = (before + 1) * width - 1;
        int length = row.getInt() - skipped;
        long[] elements = new long[width == 0 ? most : Math.max(0, length / width)];
        long pending = 0;
        int count = 0;
        if (elements.length > 0 && width > 0) {
            row.position(row.position() + skipped / Byte.SIZE);
            pending = row.get() & 0xff;
            count = Byte.SIZE - skipped % Byte.SIZE;
        }
        for (int i = 0; i < elements.length && width > 0; i++) {
            while (count < width) {
                pending = pending << Byte.SIZE | row.get() & 0xff;
                count += Byte.SIZE;
            }
            count -= width;
            elements[i] = pending >>> count & (1L << width) - 1;
        }
        row.position(end);
        return elements;
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
