package io.promgres.store;

import io.promgres.model.LandingRows;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** COPY of landing rows: into a partition, or into a staging table and from there what of them is not stored yet. */
final class StagedMerge {

    private static final int FLOAT8_OID = 701;

    /** The rows of a staging table, as the next part of what is stored of their groups and times, without values that are. */
    private static final String MERGE = """
            INSERT INTO %1$s (time, group_id, part, values%3$s)
            SELECT s.time, s.group_id, p.next, r.values%4$s
            FROM pg_temp.promgres_staging s
            CROSS JOIN LATERAL (
                SELECT coalesce(max(stored.part) + 1, 0) AS next, coalesce(bit_or(m.slots), 0) AS slots
                FROM %2$s stored
                CROSS JOIN LATERAL (
                    SELECT bit_or(1::bigint << (u.slot - 1)::int) AS slots
                    FROM unnest(stored.values) WITH ORDINALITY u(value, slot) WHERE u.value IS NOT NULL) m
                WHERE stored.group_id = s.group_id AND stored.time = s.time) p
            CROSS JOIN LATERAL (
                SELECT CASE WHEN p.next = 0 THEN s.values
                            ELSE ARRAY(SELECT CASE WHEN p.slots & (1::bigint << (u.slot - 1)::int) = 0 THEN u.value END
                                       FROM unnest(s.values) WITH ORDINALITY u(value, slot) ORDER BY u.slot) END AS values
                OFFSET 0) r
            WHERE p.next = 0 OR EXISTS (SELECT FROM unnest(r.values) value WHERE value IS NOT NULL)
            ORDER BY s.group_id, s.time""";

    /** Rows that are as a whole what is stored, as most are that are sent again, are not taken apart. */
    private static final String DIFFERING = """
            SELECT count(*)
            FROM pg_temp.promgres_staging s
            JOIN %s stored ON stored.group_id = s.group_id AND stored.time = s.time AND stored.values <> s.values
            CROSS JOIN LATERAL unnest(s.values, stored.values) v(staged, stored)
            WHERE v.staged <> v.stored""";

    private final CopyBuffer buffer = new CopyBuffer();
    private final Buckets buckets;

    StagedMerge(Buckets buckets) {
        this.buckets = buckets;
    }

    /**
     * Copies rows straight into a partition.
     *
     * @param which of them
     * @param parts the number of each row as a part of what is stored of its group and time, by row
     */
    void copy(Connection connection, LandingPartition partition, LandingRows rows, RowSelection which, byte[] parts)
            throws SQLException {
        if (which.size() == 0) {
            return;
        }
        boolean bucketed = buckets.used(connection);
        String columns = bucketed ? " (bucket, part, time, group_id, values)" : " (part, time, group_id, values)";
        buffer.copy(connection, partition.table() + columns, () -> {
            for (int i = 0; i < which.size(); i++) {
                int row = which.get(i);
                buffer.row(bucketed ? 5 : 4);
                if (bucketed) {
                    buffer.fieldInt(Buckets.ofId(rows.group(row)));
                }
                buffer.fieldShort(parts[row]);
                encode(rows, row);
            }
        });
    }

    /** Copies rows into the staging table; false if there are none. */
    boolean stage(Connection connection, LandingRows rows, RowSelection which) throws SQLException {
        if (which.size() == 0) {
            return false;
        }
        execute(connection, """
                CREATE TEMP TABLE IF NOT EXISTS promgres_staging
                    (time timestamptz, group_id bigint, values double precision[]) ON COMMIT DELETE ROWS""");
        buffer.copy(connection, "pg_temp.promgres_staging (time, group_id, values)", () -> {
            for (int i = 0; i < which.size(); i++) {
                buffer.row(3);
                encode(rows, which.get(i));
            }
        });
        return true;
    }

    /**
     * Stores what the staged rows have and a partition has not, and empties the staging table. Fails as a duplicate if another
     * session adds to the same rows.
     *
     * @return how many of the staged values differ from those that are stored
     */
    long merge(Connection connection, LandingPartition partition) throws SQLException {
        boolean bucketed = buckets.used(connection);
        String stored = partition.table();
        if (bucketed) {
            // What is stored elsewhere is compared here.
            execute(connection, "SELECT _prom_catalog.fetch_landed('" + partition.name() + "')");
            stored = "pg_temp.promgres_landed";
        }
        long differing = differing(connection, stored);
        execute(
                connection,
                MERGE.formatted(
                        partition.table(),
                        stored,
                        bucketed ? ", bucket" : "",
                        bucketed ? ", (s.group_id & " + (Buckets.COUNT - 1) + ")::int" : ""));
        execute(connection, "DELETE FROM pg_temp.promgres_staging");
        return differing;
    }

    private static long differing(Connection connection, String stored) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(DIFFERING.formatted(stored))) {
            row.next();
            return row.getLong(1);
        }
    }

    static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private void encode(LandingRows rows, int row) throws SQLException {
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
