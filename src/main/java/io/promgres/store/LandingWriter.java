package io.promgres.store;

import io.promgres.model.LandingRows;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * Stores landing rows: in one transaction, each (series, time) once, the first value stays.
 *
 * <p>Rows that are new as far as this writer knows go straight into their partition by COPY. A group's row for a time at or
 * before one that was written already (the rest of a scrape, something sent again, history) goes through a staging table
 * and is merged. Where the database knows better (another daemon, this one before its restart), the COPY fails on the
 * unique index, everything goes through staging, and so does what follows for a while. decisions.md has the figures of
 * both ways.
 *
 * <p>Not thread-safe: one writer, one thread.
 */
public final class LandingWriter {

    private static final int CONTENDED_FLUSHES = 100;
    private static final int ATTEMPTS = 5;

    private final DataSource database;
    private final Projection projection;
    private final LandingPartitions partitions;
    private final CopyEncoder encoder = new CopyEncoder();
    private final NewestTimes newest = new NewestTimes();
    private int contended;

    public LandingWriter(DataSource database, Duration block) {
        this(database, block, Projection.NONE);
    }

    /** @param projection told of all rows in the transaction that writes them */
    public LandingWriter(DataSource database, Duration block, Projection projection) {
        this.database = database;
        this.projection = projection;
        this.partitions = new LandingPartitions(block);
    }

    /**
     * Stores the rows, or nothing of them. After it returns they are committed.
     *
     * @throws SQLException if they are not stored, or it is not known whether they are: to write them again is right
     */
    public void write(LandingRows rows) throws SQLException {
        long[] ordered = rows.ordered();
        for (int attempt = 1; ; attempt++) {
            try {
                write(rows, ordered);
                break;
            } catch (SQLException e) {
                if (attempt == ATTEMPTS || !mend(e)) {
                    throw e;
                }
            }
        }
        contended = Math.max(0, contended - 1);
        for (int row = 0; row < rows.size(); row++) {
            newest.note(rows.group(row), rows.time(row));
        }
    }

    private boolean mend(SQLException e) {
        switch (SqlErrors.of(e)) {
            case DUPLICATE -> contended = CONTENDED_FLUSHES;
            case NO_RELATION -> partitions.forget();
            case CONTENTION -> {}
            default -> {
                return false;
            }
        }
        return true;
    }

    private void write(LandingRows rows, long[] ordered) throws SQLException {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            try {
                List<LandingPartition> touched = touched(connection, rows);
                for (LandingPartition partition : touched) {
                    IntPredicate mine = row -> partition.holds(rows.time(row));
                    copyNew(connection, partition, rows, ordered, mine);
                    merge(connection, partition, rows, ordered, mine);
                }
                projection.written(connection, rows);
                connection.commit();
            } catch (SQLException e) {
                rollback(connection, e);
                throw e;
            }
        }
    }

    private List<LandingPartition> touched(Connection connection, LandingRows rows) throws SQLException {
        List<LandingPartition> touched = new ArrayList<>();
        List<Long> missing = new ArrayList<>();
        findPartitions(rows, touched, missing);
        if (!missing.isEmpty()) {
            partitions.ensure(connection, missing);
            touched.clear();
            missing.clear();
            findPartitions(rows, touched, missing);
        }
        return touched;
    }

    private void findPartitions(LandingRows rows, List<LandingPartition> touched, List<Long> missing) {
        LandingPartition last = null;
        for (int row = 0; row < rows.size(); row++) {
            long time = rows.time(row);
            if (last != null && last.holds(time)) {
                continue;
            }
            LandingPartition found = partitions.find(time);
            if (found == null) {
                missing.add(time);
            } else if (!touched.contains(found)) {
                touched.add(found);
            }
            last = found;
        }
    }

    private boolean isNew(LandingRows rows, int row) {
        return contended == 0 && newest.isNew(rows.group(row), rows.time(row));
    }

    private void copyNew(
            Connection connection, LandingPartition partition, LandingRows rows, long[] ordered, IntPredicate mine)
            throws SQLException {
        String sql = "COPY " + partition.table() + " (time, group_id, values) FROM STDIN (FORMAT binary)";
        copy(connection, sql, rows, ordered, row -> mine.test(row) && isNew(rows, row));
    }

    private void merge(
            Connection connection, LandingPartition partition, LandingRows rows, long[] ordered, IntPredicate mine)
            throws SQLException {
        IntPredicate late = row -> mine.test(row) && !isNew(rows, row);
        if (first(rows, ordered, late) < 0) {
            return;
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute("""
                    CREATE TEMP TABLE IF NOT EXISTS promgres_staging
                        (time timestamptz, group_id bigint, values double precision[]) ON COMMIT DELETE ROWS""");
            String sql = "COPY promgres_staging (time, group_id, values) FROM STDIN (FORMAT binary)";
            copy(connection, sql, rows, ordered, late);
            statement.execute("""
                    INSERT INTO %1$s AS stored (time, group_id, values)
                    SELECT time, group_id, values FROM promgres_staging ORDER BY group_id, time
                    ON CONFLICT (group_id, time) DO UPDATE
                        SET values = _prom_catalog.merged(stored.values, excluded.values)
                        WHERE _prom_catalog.adds(stored.values, excluded.values)""".formatted(partition.table()));
            statement.execute("DELETE FROM promgres_staging");
        }
    }

    private void copy(Connection connection, String sql, LandingRows rows, long[] ordered, IntPredicate which)
            throws SQLException {
        int from = first(rows, ordered, which);
        if (from < 0) {
            return;
        }
        CopyIn copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(sql);
        try {
            encoder.begin();
            for (int i = from; i < rows.size(); i++) {
                int row = LandingRows.rowOf(ordered[i]);
                if (which.test(row)) {
                    encoder.row(copy, rows, row);
                }
            }
            encoder.end(copy);
            copy.endCopy();
        } finally {
            if (copy.isActive()) {
                copy.cancelCopy();
            }
        }
    }

    private static int first(LandingRows rows, long[] ordered, IntPredicate which) {
        for (int i = 0; i < rows.size(); i++) {
            if (which.test(LandingRows.rowOf(ordered[i]))) {
                return i;
            }
        }
        return -1;
    }

    private static void rollback(Connection connection, SQLException cause) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }
}
