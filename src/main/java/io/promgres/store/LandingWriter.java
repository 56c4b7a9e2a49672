package io.promgres.store;

import io.promgres.model.LandingRows;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;

/**
 * The fast way to store landing rows, in one transaction.
 *
 * <p>Rows that are new as far as this writer knows go straight into their partition by COPY. A group's row for a time at or
 * before one that was written already (the rest of a scrape, something sent again, history) is merged: through a staging
 * table, unless there are few of them. Where the database knows better (another daemon, this one before its restart), the COPY fails on the
 * unique index, everything goes through staging, and so does what follows for a while. decisions.md has the figures of
 * both ways.
 */
public final class LandingWriter implements RowWriter {

    private static final int CONTENDED_FLUSHES = 100;

    private final Transactions transactions;
    private final Projection projection;
    private final LandingPartitions partitions;
    private final StagedMerge staged = new StagedMerge();
    private final DirectMerge direct = new DirectMerge();
    private final NewestTimes newest = new NewestTimes();
    private final RowNumbers fresh = new RowNumbers();
    private final RowNumbers others = new RowNumbers();
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
            choose(rows, ordered, partition);
            staged.copy(connection, partition.table(), rows, fresh);
            if (others.size() <= DirectMerge.MOST) {
                direct.merge(connection, partition, rows, others);
            } else if (staged.stage(connection, rows, others)) {
                staged.merge(connection, partition);
            }
        }
        projection.written(connection, rows, time -> true);
    }

    /** Decides once for each row of a partition which way it goes. */
    private void choose(LandingRows rows, long[] ordered, LandingPartition partition) {
        fresh.clear();
        others.clear();
        for (int i = 0; i < rows.size(); i++) {
            int row = LandingRows.rowOf(ordered[i]);
            if (partition.holds(rows.time(row))) {
                (isNew(rows, row) ? fresh : others).add(row);
            }
        }
    }

    private boolean isNew(LandingRows rows, int row) {
        return contended == 0 && newest.isNew(rows.group(row), rows.time(row));
    }
}
