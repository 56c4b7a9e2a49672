package io.promgres.store;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.BitSet;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * Writes PostgreSQL's binary COPY format through a buffer of 64 KiB, which it owns. Source of the format: PostgreSQL
 * documentation, COPY, "Binary Format".
 *
 * <p>A row is {@link #row}, then the fields. Not thread-safe.
 */
public final class CopyBuffer {

    /** The longest row that fits. */
    public static final int LONGEST_ROW = 1 << 15;

    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private static final byte[] SIGNATURE = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0};
    private static final long POSTGRES_EPOCH_MILLIS = 946_684_800_000L;

    private final byte[] buffer = new byte[1 << 16];
    private int position;
    private CopyIn copy;

    /** What writes the rows of a copy into the buffer. */
    @FunctionalInterface
    public interface Rows {
        void write() throws SQLException;
    }

    /**
     * Copies rows into a table; if that fails, the copy is cancelled and the connection can be used for a rollback.
     *
     * @param target the table, quoted, with its columns in parentheses
     * @param rows writes them into this buffer
     */
    public void copy(Connection connection, String target, Rows rows) throws SQLException {
        copy = connection
                .unwrap(PGConnection.class)
                .getCopyAPI()
                .copyIn("COPY " + target + " FROM STDIN (FORMAT binary)");
        try {
            begin();
            rows.write();
            end();
            copy.endCopy();
        } finally {
            if (copy.isActive()) {
                copy.cancelCopy();
            }
        }
    }

    private void begin() {
        System.arraycopy(SIGNATURE, 0, buffer, 0, SIGNATURE.length);
        position = SIGNATURE.length;
        putInt(0);
        putInt(0);
    }

    /** Begins a row of at most {@link #LONGEST_ROW} bytes. */
    public void row(int columns) throws SQLException {
        if (position + LONGEST_ROW > buffer.length) {
            flush();
        }
        putShort(columns);
    }

    private void end() throws SQLException {
        if (position + 2 > buffer.length) {
            flush();
        }
        putShort(-1);
        flush();
    }

    private void flush() throws SQLException {
        copy.writeToCopy(buffer, 0, position);
        position = 0;
    }

    public void fieldNull() {
        putInt(-1);
    }

    public void fieldShort(int value) {
        putInt(2);
        putShort(value);
    }

    public void fieldInt(int value) {
        putInt(4);
        putInt(value);
    }

    /** A bigint, or the bits of a double precision. */
    public void fieldLong(long value) {
        putInt(8);
        putLong(value);
    }

    /** @param millis since 1970, for a timestamptz */
    public void fieldTime(long millis) {
        putInt(8);
        putLong(postgresMicros(millis));
    }

    /**
     * A bit varying. Source: varbit_send().
     *
     * @param bits as many as it has up to the last that is set; the bit 0 is the leftmost
     */
    public void fieldBits(BitSet bits) {
        int length = bits.length();
        int bytes = (length + 7) / 8;
        putInt(4 + bytes);
        putInt(length);
        Arrays.fill(buffer, position, position + bytes, (byte) 0);
        for (int bit = bits.nextSetBit(0); bit >= 0; bit = bits.nextSetBit(bit + 1)) {
            buffer[position + bit / 8] |= (byte) (0x80 >> bit % 8);
        }
        position += bytes;
    }

    /**
     * A bit varying of numbers one after the other, each in so many bits, the greatest first. That of place n begins at bit
     * {@code n * width}, counted from 1, so that SQL finds it by a product.
     *
     * @param elements from 0 to {@code 2^width - 1}
     * @param width 0 to 53
     * @param before so many places before the first element have none
     */
    public void fieldElements(long[] elements, int width, int before) {
        int skipped = Math.max(0, (before + 1) * width - 1);
        int length = skipped + elements.length * width;
        putInt(4 + (length + 7) / 8);
        putInt(length);
        Arrays.fill(buffer, position, position + skipped / 8, (byte) 0);
        position += skipped / 8;
        long pending = 0;
        int count = skipped % 8;
        for (long element : elements) {
            pending = pending << width | element;
            count += width;
            while (count >= Byte.SIZE) {
                count -= Byte.SIZE;
                buffer[position++] = (byte) (pending >>> count);
            }
        }
        if (count > 0) {
            buffer[position++] = (byte) (pending << Byte.SIZE - count);
        }
    }

    public void fieldBoolean(boolean value) {
        putInt(1);
        buffer[position++] = (byte) (value ? 1 : 0);
    }

    /** Begins an array of one dimension; returns what {@link #endArray} wants. Source: array_send(). */
    public int beginArray(int elementOid, int length, boolean hasNulls) {
        int start = position;
        position += 4;
        putInt(1);
        putInt(hasNulls ? 1 : 0);
        putInt(elementOid);
        putInt(length);
        putInt(1);
        return start;
    }

    /** Ends an array, of which every element was a field. */
    public void endArray(int start) {
        INT.set(buffer, start, position - start - 4);
    }

    /** Microseconds since 2000-01-01, what a timestamptz is. */
    public static long postgresMicros(long millis) {
        return (millis - POSTGRES_EPOCH_MILLIS) * 1000;
    }

    /** The reverse of {@link #postgresMicros}. */
    public static long millis(long postgresMicros) {
        return postgresMicros / 1000 + POSTGRES_EPOCH_MILLIS;
    }

    private void putShort(int value) {
        SHORT.set(buffer, position, (short) value);
        position += 2;
    }

    private void putInt(int value) {
        INT.set(buffer, position, value);
        position += 4;
    }

    private void putLong(long value) {
        LONG.set(buffer, position, value);
        position += 8;
    }
}
