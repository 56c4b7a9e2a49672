package io.promgres.store;

import io.promgres.model.LandingRows;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.function.IntPredicate;
import javax.sql.DataSource;

/**
 * The fast way to store landing rows, in one transaction.
 *
 * <p>Rows that are new as far as this writer knows go straight into their partition by COPY. A group's row for a time at or
 * before one that was written already (the rest of a scrape, something sent again, history) goes through a staging table
 * and is merged. Where the database knows better (another daemon, this one before its restart), the COPY fails on the
 * unique index, everything goes through staging, and so does what follows for a while. decisions.md has the figures of
 * both ways.
 */
public final class LandingWriter implements RowWriter {

    private static final int CONTENDED_FLUSHES = 100;

    private final Transactions transactions;
    private final Projection projection;
    private final LandingPartitions partitions;
    private final StagedMerge staged = new StagedMerge();
    private final NewestTimes newest = new NewestTimes();
    private int contended;

    public LandingWriter(DataSource database, Duration block) {
        this(database, block, Projection.NONE);
    }

    /** @param projection told of all rows in the transaction that writes them */
    public LandingWriter(DataSource database, Duration block, Projection projection) {
        this.projection = projection;
        this.partitions = new LandingPartitions(block);
        this.transactions = new Transactions(database, partitions);
    }

    @Override
    public void write(LandingRows rows, long epoch) throws SQLException, CollectAgainException {
        long[] ordered = rows.ordered();
        transactions.run(connection -> write(connection, rows, ordered, epoch), () -> contended = CONTENDED_FLUSHES);
        contended = Math.max(0, contended - 1);
        for (int row = 0; row < rows.size(); row++) {
            newest.note(rows.group(row), rows.time(row));
        }
    }

    private void write(Connection connection, LandingRows rows, long[] ordered, long epoch)
            throws SQLException, CollectAgainException {
        List<LandingPartition> touched = partitions.of(connection, rows);
        // Behind what may commit: it is for the transaction that writes.
        RemovalLog.check(connection, epoch);
        for (LandingPartition partition : touched) {
            if (partition.sealed()) {
                throw new SealedException(partitions.sealedUntil(connection));
            }
            IntPredicate mine = row -> partition.holds(rows.time(row));
            staged.copy(connection, partition.table(), rows, ordered, row -> mine.test(row) && isNew(rows, row));
            if (staged.stage(connection, rows, ordered, row -> mine.test(row) && !isNew(rows, row))) {
                staged.merge(connection, partition);
            }
        }
        projection.written(connection, rows, time -> true);
    }

    private boolean isNew(LandingRows rows, int row) {
        return contended == 0 && newest.isNew(rows.group(row), rows.time(row));
    }
}
