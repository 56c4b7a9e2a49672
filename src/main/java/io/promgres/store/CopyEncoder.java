package io.promgres.store;

import io.promgres.model.LandingRows;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.sql.SQLException;
import org.postgresql.copy.CopyIn;

/**
 * Writes landing rows as PostgreSQL's binary COPY format (columns time, group_id, values) through one buffer of 64 KiB,
 * which it owns. Source of the format: PostgreSQL documentation, COPY, "Binary Format"; of the array's: array_send().
 *
 * <p>Not thread-safe.
 */
final class CopyEncoder {

    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private static final byte[] SIGNATURE = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0};
    private static final int COLUMNS = 3;
    private static final int FLOAT8_OID = 701;
    private static final int ARRAY_HEADER = 20;
    // Column count, three lengths, time, group, array header, and 64 values with their lengths.
    private static final int LONGEST_ROW = 2 + 3 * 4 + 8 + 8 + ARRAY_HEADER + 64 * 12;
    private static final long POSTGRES_EPOCH_MILLIS = 946_684_800_000L;

    private final byte[] buffer = new byte[1 << 16];
    private int position;

    /** Sends the header; rows and {@link #end} follow. */
    void begin() {
        System.arraycopy(SIGNATURE, 0, buffer, 0, SIGNATURE.length);
        position = SIGNATURE.length;
        putInt(0);
        putInt(0);
    }

    void row(CopyIn copy, LandingRows rows, int row) throws SQLException {
        if (position + LONGEST_ROW > buffer.length) {
            flush(copy);
        }
        SHORT.set(buffer, position, (short) COLUMNS);
        position += 2;
        putInt(8);
        putLong(postgresMicros(rows.time(row)));
        putInt(8);
        putLong(rows.group(row));
        int length = rows.length(row);
        int lengthAt = position;
        position += 4;
        putInt(1);
        putInt(rows.isFull(row) ? 0 : 1);
        putInt(FLOAT8_OID);
        putInt(length);
        putInt(1);
        for (int slot = 1; slot <= length; slot++) {
            if (rows.has(row, slot)) {
                putInt(8);
                putLong(rows.bits(row, slot));
            } else {
                putInt(-1);
            }
        }
        INT.set(buffer, lengthAt, position - lengthAt - 4);
    }

    /** Sends the trailer and what is left; the caller ends the copy. */
    void end(CopyIn copy) throws SQLException {
        if (position + 2 > buffer.length) {
            flush(copy);
        }
        SHORT.set(buffer, position, (short) -1);
        position += 2;
        flush(copy);
    }

    /** Microseconds since 2000-01-01, what a timestamptz is. */
    static long postgresMicros(long millis) {
        return (millis - POSTGRES_EPOCH_MILLIS) * 1000;
    }

    private void flush(CopyIn copy) throws SQLException {
        copy.writeToCopy(buffer, 0, position);
        position = 0;
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
