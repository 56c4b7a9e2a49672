package io.promgres.benchmark;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/** A binary COPY of rows (series_id bigint, time timestamptz, value double precision) through one buffer of 64 KiB. */
final class RowCopy {

    private static final byte[] HEADER = {
        'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0
    };
    private static final int ROW = 2 + 3 * 12;
    private static final long POSTGRES_EPOCH_MILLIS = 946_684_800_000L;

    private final ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
    private CopyIn copy;

    void begin(Connection connection, String table) throws SQLException {
        copy = connection
                .unwrap(PGConnection.class)
                .getCopyAPI()
                .copyIn("COPY " + table + " (series_id, time, value) FROM STDIN (FORMAT binary)");
        buffer.put(HEADER);
    }

    /** @param time milliseconds since the epoch */
    void row(long series, long time, long bits) throws SQLException {
        if (buffer.remaining() < ROW) {
            flush();
        }
        buffer.putShort((short) 3);
        buffer.putInt(8).putLong(series);
        buffer.putInt(8).putLong((time - POSTGRES_EPOCH_MILLIS) * 1000);
        buffer.putInt(8).putLong(bits);
    }

    void end() throws SQLException {
        if (buffer.remaining() < 2) {
            flush();
        }
        buffer.putShort((short) -1);
        flush();
        copy.endCopy();
    }

    private void flush() throws SQLException {
        copy.writeToCopy(buffer.array(), 0, buffer.position());
        buffer.clear();
    }
}
