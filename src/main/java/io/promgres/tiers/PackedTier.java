package io.promgres.tiers;

import io.promgres.packing.CopyReader;
import io.promgres.packing.EncodedValues;
import io.promgres.store.CopyBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads the packed runs of series, and the times of the vectors that they refer to. */
final class PackedTier {

    private static final int MOST_TICKS = EncodedValues.MOST;

    private final Connection connection;
    private final KnownVectors known;

    PackedTier(Connection connection, KnownVectors known) {
        this.connection = connection;
        this.known = known;
    }

    PackedBlocks blocks(Batch batch) throws SQLException {
        return PackedBlocks.of(
                connection, batch.members().stream().map(Batch.Member::series).toList(), batch.from(), batch.to());
    }

    void read(Batch batch, PackedBlocks blocks) throws SQLException {
        if (!blocks.isEmpty()) {
            readRuns(batch, batch.members().stream().map(Batch.Member::series).toList(), blocks);
        }
    }

    private void readRuns(Batch batch, List<StoredSeries> series, PackedBlocks blocks) throws SQLException {
        String ids = Sql.array(series.stream().mapToLong(StoredSeries::id), "bigint");
        String sql = "SELECT " + RunBytes.COLUMNS
                + " FROM _prom_catalog.run b WHERE b.series_id = ANY ("
                + ids
                + ") AND b.vector_id BETWEEN " + blocks.firstVector() + " AND " + blocks.lastVector()
                + " AND b.block = ANY ('" + blocks.blocks() + "'::timestamptz[]) AND b.upper >= "
                + Sql.time(batch.from());
        CopyReader.read(connection, sql, row -> {
            RunBytes run = new RunBytes(row.array(), row.position());
            batch.member(run.seriesId()).runs().add(run);
        });
    }

    /** The times of the vectors that runs of the batch refer to. */
    Map<Long, VectorTimes> times(Batch batch) throws SQLException {
        Map<Long, VectorTimes> times = new HashMap<>();
        Map<Long, RunBytes> missing = new HashMap<>();
        for (Batch.Member member : batch.members()) {
            for (RunBytes run : member.runs()) {
                long id = run.vector().id();
                if (!times.containsKey(id) && !missing.containsKey(id)) {
                    VectorTimes found = known.get(run.vector());
                    if (found == null) {
                        missing.put(id, run);
                    } else {
                        times.put(id, found);
                    }
                }
            }
        }
        if (!missing.isEmpty()) {
            readTicks(missing, times);
        }
        return times;
    }

    private void readTicks(Map<Long, RunBytes> vectors, Map<Long, VectorTimes> times) throws SQLException {
        Map<Long, long[]> ticks = new HashMap<>();
        CopyReader.read(connection, ticksOf(vectors.values()), row -> {
            long[] ofVector = ticks.computeIfAbsent(CopyReader.fieldLong(row), id -> new long[MOST_TICKS + 1]);
            int tick = CopyReader.fieldShort(row);
            ofVector[tick - 1] = CopyBuffer.millis(CopyReader.fieldLong(row));
            ofVector[MOST_TICKS] = Math.max(ofVector[MOST_TICKS], tick);
        });
        ticks.forEach((id, ofVector) -> {
            VectorTimes vector = VectorTimes.of(ofVector, (int) ofVector[MOST_TICKS]);
            times.put(id, vector);
            known.put(vectors.get(id).vector(), vector);
        });
    }

    private static String ticksOf(Collection<RunBytes> vectors) {
        // Literals, so that only the partitions of these times are looked at.
        long from = vectors.stream().mapToLong(RunBytes::block).min().orElseThrow();
        long to = vectors.stream().mapToLong(run -> run.vector().upper()).max().orElseThrow();
        return "SELECT t.vector_id, t.idx, t.time FROM _prom_catalog.vector_tick t WHERE t.vector_id = ANY ("
                + Sql.array(vectors.stream().mapToLong(run -> run.vector().id()), "bigint") + ") AND t.time BETWEEN "
                + Sql.time(CopyBuffer.millis(from)) + " AND " + Sql.time(CopyBuffer.millis(to));
    }
}
