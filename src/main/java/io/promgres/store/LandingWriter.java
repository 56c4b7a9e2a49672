package io.promgres.store;

import io.promgres.model.LandingRows;
import io.promgres.model.PlaceEpoch;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import javax.sql.DataSource;
import org.postgresql.PGConnection;

/**
 * The fast path to store landing rows, in one transaction.
 *
 * <p>Rows go straight into their partition by COPY where this writer knows that their values are not stored: those of a new
 * time, and further parts of what it has written itself (a scrape that came in several requests). Of others (something sent
 * again, history) what is stored is looked at, through a staging table. Where the database knows better (another daemon, this
 * one before its restart), the COPY fails on the unique index, everything goes through staging, and so does what follows for
 * a while. decisions.md has the figures of both ways.
 */
public final class LandingWriter implements RowWriter {

    private static final int CONTENDED_FLUSHES = 100;

    private final Transactions transactions;
    private final WriteObserver projection;
    private final LandingPartitions partitions;
    private final Buckets buckets = new Buckets();
    private final StagedMerge staged = new StagedMerge(buckets);
    private final RecentWrites written = new RecentWrites();
    private final Set<PGConnection> sessions = Collections.newSetFromMap(new WeakHashMap<>());
    private final RowSelection known = new RowSelection();
    private final RowSelection others = new RowSelection();
    private byte[] parts = new byte[1024];
    private int contended;
    private long differing;

    public LandingWriter(DataSource database, Duration block) {
        this(database, block, WriteObserver.NONE);
    }

    /** @param projection told of all rows in the transaction that writes them */
    public LandingWriter(DataSource database, Duration block, WriteObserver projection) {
        this.projection = projection;
        this.partitions = new LandingPartitions(block);
        this.transactions = new Transactions(database, partitions);
    }

    @Override
    public long write(LandingRows rows, PlaceEpoch places) throws SQLException, RerouteException {
        long[] ordered = rows.ordered();
        if (parts.length < rows.size()) {
            parts = new byte[Math.max(rows.size(), parts.length * 2)];
        }
        transactions.run(connection -> write(connection, rows, ordered, places), () -> contended = CONTENDED_FLUSHES);
        contended = Math.max(0, contended - 1);
        for (int row = 0; row < rows.size(); row++) {
            written.note(rows.group(row), rows.time(row), rows.present(row), parts[row]);
        }
        return differing;
    }

    private void write(Connection connection, LandingRows rows, long[] ordered, PlaceEpoch places)
            throws SQLException, RerouteException {
        // A session that is new may be of another server, one that has lost what this one had told of late.
        if (sessions.add(connection.unwrap(PGConnection.class))) {
            written.forget();
        }
        differing = 0;
        List<LandingPartition> touched = partitions.of(connection, rows);
        // Behind what may commit: it is for the transaction that writes.
        PlaceHistory.check(connection, places);
        boolean bucketed = buckets.used(connection);
        for (LandingPartition partition : touched) {
            if (partition.sealed()) {
                throw new SealedException(partitions.sealedUntil(connection));
            }
            if (bucketed) {
                partitions.requireOpen(connection, partition);
            }
            choose(rows, ordered, partition);
            staged.copy(connection, partition, rows, known, parts);
            if (staged.stage(connection, rows, others)) {
                differing += staged.merge(connection, partition);
            }
        }
        projection.written(connection, rows, time -> true);
    }

    /** Decides once for each row of a partition which way it goes. */
    private void choose(LandingRows rows, long[] ordered, LandingPartition partition) {
        known.clear();
        others.clear();
        for (int i = 0; i < rows.size(); i++) {
            int row = LandingRows.rowOf(ordered[i]);
            if (partition.holds(rows.time(row))) {
                int part = contended > 0
                        ? RecentWrites.UNKNOWN
                        : written.next(rows.group(row), rows.time(row), rows.present(row));
                parts[row] = (byte) part;
                (part == RecentWrites.UNKNOWN ? others : known).add(row);
            }
        }
    }
}
