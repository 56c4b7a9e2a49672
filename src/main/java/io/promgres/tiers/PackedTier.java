package io.promgres.tiers;

import io.promgres.packing.CopyReader;
import io.promgres.packing.EncodedValues;
import io.promgres.store.CopyBuffer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads the packed runs of series, and the times of the vectors that they refer to. */
final class PackedTier {

    /** A block is at most so long. */
    private static final String LONGEST_BLOCK = "interval '7 days'";

    private static final int MOST_TICKS = EncodedValues.MOST;

    private final Connection connection;
    private final KnownVectors known;

    PackedTier(Connection connection, KnownVectors known) {
        this.connection = connection;
        this.known = known;
    }

    /** The vectors that the runs of metrics in a range refer to: their ids, and the blocks that they are of. */
    record Blocks(long firstVector, long lastVector, String blocks) {}

    void read(Batch batch) throws SQLException {
        List<StoredSeries> all =
                batch.members().stream().map(Batch.Member::series).toList();
        Blocks packed = blocks(all, batch.from(), batch.to());
        if (packed != null) {
            readRuns(batch, all, packed);
        }
    }

    /** What is packed of the metrics of these series in a range; null if nothing is. */
    Blocks blocks(List<StoredSeries> series, long from, long to) throws SQLException {
        String metrics =
                Sql.array(series.stream().mapToLong(StoredSeries::metricId).distinct(), "int");
        String sql = "SELECT min(p.first_vector), max(p.last_vector), array_agg(DISTINCT p.block)"
                + " FROM _prom_catalog.packed_block p WHERE p.metric_id = ANY (" + metrics + ") AND p.block > "
                + Sql.time(from) + " - " + LONGEST_BLOCK + " AND p.block <= " + Sql.time(to) + " AND p.upper >= "
                + Sql.time(from);
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(3) == null ? null : new Blocks(row.getLong(1), row.getLong(2), row.getString(3));
        }
    }

    private void readRuns(Batch batch, List<StoredSeries> series, Blocks blocks) throws SQLException {
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
