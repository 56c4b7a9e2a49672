package io.promgres.bench.parts;

import io.promgres.store.CopyBuffer;
import java.sql.Connection;
import java.sql.SQLException;

/** A binary COPY of rows (series_id bigint, time timestamptz, value double precision), by the product's buffer. */
final class RowCopy {

    private final CopyBuffer buffer = new CopyBuffer();

    /** @param rows writes each row by {@link #row} */
    void copy(Connection connection, String table, CopyBuffer.Rows rows) throws SQLException {
        buffer.copy(connection, table + " (series_id, time, value)", rows);
    }

    /** @param time milliseconds since the epoch */
    void row(long series, long time, long bits) throws SQLException {
        buffer.row(3);
        buffer.fieldLong(series);
        buffer.fieldTime(time);
        buffer.fieldLong(bits);
    }
}
