package io.promgres.store;

import io.promgres.model.LandingRows;
import io.promgres.model.PlaceEpoch;
import io.promgres.session.SqlState;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;

/**
 * The late path to store landing rows: for times that have been sealed. Looks into the packed tier what is stored there
 * already, and merges the rest into the landing table, from where the packer folds it in. A transaction for each partition; the
 * packer waits for it, and it for the packer.
 */
public final class LateWriter implements RowWriter {

    private final Transactions transactions;
    private final WriteObserver projection;
    private final LandingPartitions partitions;
    private final StagedMerge staged = new StagedMerge(new Buckets());
    private final RowSelection chosen = new RowSelection();
    private List<LandingPartition> touched;
    private long merged;
    private long differing;

    public LateWriter(DataSource database, Duration block) {
        this(database, block, WriteObserver.NONE);
    }

    /** @param projection told of the rows of a partition in the transaction that writes them */
    public LateWriter(DataSource database, Duration block, WriteObserver projection) {
        this.projection = projection;
        this.partitions = new LandingPartitions(block);
        this.transactions = new Transactions(database, partitions);
    }

    @Override
    public long write(LandingRows rows, PlaceEpoch known) throws SQLException, RerouteException {
        long[] ordered = rows.ordered();
        differing = 0;
        transactions.run(connection -> touched = partitions.of(connection, rows), () -> {});
        for (LandingPartition partition : touched) {
            choose(rows, ordered, partition);
            write(partition, rows, chosen, known);
        }
        return differing;
    }

    /** Writes a portion, in halves where the database has not the memory or not the time. */
    private void write(LandingPartition partition, LandingRows rows, RowSelection portion, PlaceEpoch known)
            throws SQLException, RerouteException {
        try {
            merged = 0;
            transactions.run(connection -> write(connection, partition, rows, portion, known), () -> {});
            differing += merged;
        } catch (SQLException e) {
            if (portion.size() == 1 || !SqlErrors.isTooMuchAtOnce(e)) {
                throw e;
            }
            write(partition, rows, portion.part(0, portion.size() / 2), known);
            write(partition, rows, portion.part(portion.size() / 2, portion.size()), known);
        }
    }

    private void write(
            Connection connection, LandingPartition listed, LandingRows rows, RowSelection portion, PlaceEpoch known)
            throws SQLException, StaleAddressesException {
        PlaceHistory.check(connection, known);
        StagedMerge.execute(connection, "SET LOCAL promgres.late = 'on'");
        // Made again if it was dropped meanwhile.
        LandingPartition partition = held(connection, listed);
        if (staged.stage(connection, rows, portion)) {
            StagedMerge.execute(connection, "SELECT _prom_catalog.drop_packed_samples()");
            merged = staged.merge(connection, partition);
        }
        projection.written(connection, rows, listed::holds);
    }

    private void choose(LandingRows rows, long[] ordered, LandingPartition partition) {
        chosen.clear();
        for (int i = 0; i < rows.size(); i++) {
            int row = LandingRows.rowOf(ordered[i]);
            if (partition.holds(rows.time(row))) {
                chosen.add(row);
            }
        }
    }

    private LandingPartition held(Connection connection, LandingPartition partition) throws SQLException {
        try (PreparedStatement hold = connection.prepareStatement("SELECT _prom_catalog.hold_partition(?)")) {
            hold.setString(1, partition.name());
            try (ResultSet row = hold.executeQuery()) {
                row.next();
                if (row.getBoolean(1)) {
                    return partition;
                }
            }
        }
        partitions.forget();
        partitions.ensure(connection, List.of(partition.lower()));
        throw new SQLException("partition " + partition.name() + " was dropped", SqlState.UNDEFINED_TABLE);
    }
}
