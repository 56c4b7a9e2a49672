package io.promgres.store;

import io.promgres.model.LandingRows;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** COPY of landing rows: into a partition, or into a staging table and from there merged with what is stored. */
final class StagedMerge {

    /** What a row becomes that meets a stored one, {@code stored}: values that are there stay. */
    static final String ON_CONFLICT = """
            ON CONFLICT (group_id, time) DO UPDATE
                SET values = _prom_catalog.merged(stored.values, excluded.values)
                WHERE _prom_catalog.adds(stored.values, excluded.values)""";

    private static final int COLUMNS = 3;
    private static final int FLOAT8_OID = 701;

    private final CopyBuffer buffer = new CopyBuffer();

    /**
     * Copies rows straight into a table.
     *
     * @param which of them
     */
    void copy(Connection connection, String table, LandingRows rows, RowNumbers which) throws SQLException {
        if (which.size() == 0) {
            return;
        }
        buffer.copy(connection, table + " (time, group_id, values)", () -> {
            for (int i = 0; i < which.size(); i++) {
                encode(rows, which.get(i));
            }
        });
    }

    /** Copies rows into the staging table; false if there are none. */
    boolean stage(Connection connection, LandingRows rows, RowNumbers which) throws SQLException {
        if (which.size() == 0) {
            return false;
        }
        execute(connection, """
                CREATE TEMP TABLE IF NOT EXISTS promgres_staging
                    (time timestamptz, group_id bigint, values double precision[]) ON COMMIT DELETE ROWS""");
        copy(connection, "pg_temp.promgres_staging", rows, which);
        return true;
    }

    /** Merges the staged rows into a partition and empties the staging table. */
    void merge(Connection connection, LandingPartition partition) throws SQLException {
        execute(connection, """
                INSERT INTO %s AS stored (time, group_id, values)
                SELECT time, group_id, values FROM pg_temp.promgres_staging ORDER BY group_id, time
                %s""".formatted(partition.table(), ON_CONFLICT));
        execute(connection, "DELETE FROM pg_temp.promgres_staging");
    }

    static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private void encode(LandingRows rows, int row) throws SQLException {
        buffer.row(COLUMNS);
        buffer.fieldTime(rows.time(row));
        buffer.fieldLong(rows.group(row));
        int length = rows.length(row);
        int array = buffer.beginArray(FLOAT8_OID, length, !rows.isFull(row));
        for (int slot = 1; slot <= length; slot++) {
            if (rows.has(row, slot)) {
                buffer.fieldLong(rows.bits(row, slot));
            } else {
                buffer.fieldNull();
            }
        }
        buffer.endArray(array);
    }
}
