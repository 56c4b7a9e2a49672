package io.promgres.store;

import io.promgres.model.LandingRows;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.postgresql.util.PGBinaryObject;
import org.postgresql.util.PGobject;

/**
 * Merges a few rows with what is stored, each by a statement of its own, all sent together. A staging table is faster for many
 * rows, and costs five round trips and a truncated file however few there are: the two halves of a scrape that did not fit
 * into one request are one row.
 */
final class DirectMerge {

    /** How many rows are few. */
    static final int MOST = 64;

    private static final int FLOAT8_OID = 701;
    private static final int ARRAY_HEADER = 5 * Integer.BYTES;

    /** @param which at most {@link #MOST} rows of the partition, in the order of their groups */
    void merge(Connection connection, LandingPartition partition, LandingRows rows, RowNumbers which)
            throws SQLException {
        if (which.size() == 0) {
            return;
        }
        String sql = "INSERT INTO " + partition.table() + " AS stored (time, group_id, values) VALUES (?, ?, ?) "
                + StagedMerge.ON_CONFLICT;
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            for (int i = 0; i < which.size(); i++) {
                int row = which.get(i);
                insert.setObject(1, time(rows.time(row)));
                insert.setLong(2, rows.group(row));
                insert.setObject(3, values(rows, row));
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    private static Binary time(long millis) {
        return new Binary(
                "timestamptz",
                ByteBuffer.allocate(Long.BYTES)
                        .putLong(CopyBuffer.postgresMicros(millis))
                        .array());
    }

    /** Source of the format: array_send(). Bits, not numbers: a NaN keeps its payload. */
    private static Binary values(LandingRows rows, int row) {
        int length = rows.length(row);
        ByteBuffer array = ByteBuffer.allocate(ARRAY_HEADER + length * Integer.BYTES + rows.count(row) * Long.BYTES);
        array.putInt(1)
                .putInt(rows.isFull(row) ? 0 : 1)
                .putInt(FLOAT8_OID)
                .putInt(length)
                .putInt(1);
        for (int slot = 1; slot <= length; slot++) {
            if (rows.has(row, slot)) {
                array.putInt(Long.BYTES).putLong(rows.bits(row, slot));
            } else {
                array.putInt(-1);
            }
        }
        return new Binary("_float8", array.array());
    }

    /** A parameter in PostgreSQL's binary form, which pgjdbc passes on as it is. */
    private static final class Binary extends PGobject implements PGBinaryObject {

        private static final long serialVersionUID = 1;

        private final byte[] bytes;

        Binary(String type, byte[] bytes) {
            setType(type);
            this.bytes = bytes;
        }

        @Override
        public void setByteValue(byte[] value, int offset) {
            throw new UnsupportedOperationException("for parameters only");
        }

        @Override
        public int lengthInBytes() {
            return bytes.length;
        }

        @Override
        public void toBytes(byte[] target, int offset) {
            System.arraycopy(bytes, 0, target, offset, bytes.length);
        }
    }
}
