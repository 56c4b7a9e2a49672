package io.promgres.packing;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The work on one unit: plans the time vectors, encodes, writes, reads back and compares. Everything within the
 * transaction of its connection; whoever calls commits.
 */
final class PackingUnit {

    /** A group shares its rows' times if they are at least this full. */
    private static final double DENSE = 0.5;

    /** What a unit needs to know about a metric. */
    record Metric(int id, String table, long blockMillis, boolean compressed) {}

    private record BlockKey(long start, long length) {}

    private record VectorKey(BlockKey block, TimeVectors.Family family, int chunk) {}

    private record Piece(
            Metric metric, long seriesId, TimeVectors.Run run, EncodedValues values, VectorKey vector, int offset) {}

    private final PackedStore store;
    private final LandingUnit landing;
    private final Map<Integer, Metric> metrics;
    private final Map<BlockKey, TimeVectors> vectorsOfBlock = new HashMap<>();
    private final Map<VectorKey, Integer> runsOfVector = new LinkedHashMap<>();
    private final List<Piece> pieces = new ArrayList<>();
    private final Map<Metric, Map<Long, Samples>> expected = new LinkedHashMap<>();

    PackingUnit(Connection connection, LandingUnit landing, Map<Integer, Metric> metrics) {
        this.store = new PackedStore(connection);
        this.landing = landing;
        this.metrics = metrics;
    }

    /**
     * Packs the unit.
     *
     * @return how many samples are packed now that were not before
     * @throws PackingMismatchException if what was written reads back as something else; roll back
     */
    long pack(long from, long to) throws SQLException, PackingMismatchException {
        long samples =
                landing.series().values().stream().mapToLong(Samples::size).sum();
        landing.series()
                .forEach((series, added) -> expected.computeIfAbsent(
                                metrics.get(series.metricId()), metric -> new LinkedHashMap<>())
                        .put(series.id(), added));
        fold(from, to);
        planSharedTimes();
        expected.forEach((metric, bySeries) -> bySeries.values().forEach(all -> announce(metric, all)));
        expected.forEach((metric, bySeries) -> bySeries.forEach((id, all) -> plan(metric, id, all)));
        Map<VectorKey, Long> ids = writeVectors();
        writeRuns(ids);
        verify(ids);
        return samples;
    }

    /** Adds what is packed already of the series and blocks. */
    private void fold(long from, long to) throws SQLException {
        for (Map.Entry<Metric, Map<Long, Samples>> entry : expected.entrySet()) {
            Metric metric = entry.getKey();
            long begin = Math.floorDiv(from, metric.blockMillis()) * metric.blockMillis();
            long end = (Math.floorDiv(to - 1, metric.blockMillis()) + 1) * metric.blockMillis();
            if (!store.hasVectors(begin, end)) {
                continue;
            }
            Map<Long, Samples> packed =
                    store.take(metric.table(), entry.getValue().keySet(), begin, end);
            packed.forEach(
                    (id, samples) -> entry.getValue().merge(id, samples, (added, stored) -> stored.mergedWith(added)));
        }
    }

    /** Where a group's series came together, the times of its rows are a family. */
    private void planSharedTimes() {
        landing.groups().forEach((groupId, group) -> {
            List<LandingUnit.Series> members = landing.seriesOf(groupId);
            long[] times = group.times();
            if (members.isEmpty() || group.samples() < DENSE * times.length * members.size()) {
                return;
            }
            for (long blockMillis : members.stream()
                    .map(series -> metrics.get(series.metricId()).blockMillis())
                    .distinct()
                    .toList()) {
                byBlock(times, blockMillis)
                        .forEach((block, part) -> vectors(block).family(part));
            }
        });
    }

    private void announce(Metric metric, Samples all) {
        byBlock(all.times(), metric.blockMillis())
                .forEach((block, times) -> vectors(block).announce(times));
    }

    private static Map<BlockKey, long[]> byBlock(long[] times, long blockMillis) {
        Map<BlockKey, long[]> parts = new LinkedHashMap<>();
        int from = 0;
        for (int i = 1; i <= times.length; i++) {
            long block = Math.floorDiv(times[from], blockMillis);
            if (i == times.length || Math.floorDiv(times[i], blockMillis) != block) {
                parts.put(new BlockKey(block * blockMillis, blockMillis), java.util.Arrays.copyOfRange(times, from, i));
                from = i;
            }
        }
        return parts;
    }

    private TimeVectors vectors(BlockKey block) {
        return vectorsOfBlock.computeIfAbsent(block, key -> new TimeVectors());
    }

    private void plan(Metric metric, long seriesId, Samples all) {
        int offset = 0;
        for (Map.Entry<BlockKey, long[]> part :
                byBlock(all.times(), metric.blockMillis()).entrySet()) {
            int length = part.getValue().length;
            long[] bits = new long[length];
            Samples samples = new Samples(length);
            for (int i = 0; i < length; i++) {
                bits[i] = all.bits(offset + i);
                samples.add(all.time(offset + i), bits[i]);
            }
            offset += length;
            TimeVectors.Placement placement = vectors(part.getKey()).place(samples);
            for (TimeVectors.Run run : placement.runs()) {
                VectorKey vector = new VectorKey(part.getKey(), placement.family(), run.chunk());
                encode(metric, seriesId, bits, run, vector);
            }
        }
    }

    private void encode(Metric metric, long seriesId, long[] bits, TimeVectors.Run run, VectorKey vector) {
        List<EncodedValues> encoded = new ArrayList<>(1);
        if (metric.compressed()) {
            Encoding.encode(bits, run.from(), run.from() + run.length(), encoded::add);
        } else {
            encoded.add(EncodedValues.floats(bits, run.from(), run.from() + run.length()));
        }
        int offset = 0;
        for (EncodedValues values : encoded) {
            pieces.add(new Piece(metric, seriesId, run, values, vector, offset));
            runsOfVector.merge(vector, 1, Integer::sum);
            offset += values.length();
        }
    }

    private Map<VectorKey, Long> writeVectors() throws SQLException {
        List<Long> ids = store.newVectorIds(runsOfVector.size());
        Map<VectorKey, Long> idOf = new HashMap<>();
        List<PackedStore.Vector> vectors = new ArrayList<>();
        runsOfVector.forEach((key, runs) -> {
            long id = ids.get(idOf.size());
            idOf.put(key, id);
            vectors.add(
                    new PackedStore.Vector(id, key.block().start(), key.family().chunk(key.chunk()), runs));
        });
        store.write(vectors);
        return idOf;
    }

    private void writeRuns(Map<VectorKey, Long> ids) throws SQLException {
        Map<String, List<PackedRun>> byTable = new TreeMap<>();
        for (Piece piece : pieces) {
            byTable.computeIfAbsent(piece.metric().table(), table -> new ArrayList<>())
                    .add(new PackedRun(
                            ids.get(piece.vector()),
                            piece.seriesId(),
                            piece.run().tick() + piece.offset(),
                            piece.values()));
        }
        for (Map.Entry<String, List<PackedRun>> entry : byTable.entrySet()) {
            store.write(entry.getKey(), entry.getValue());
        }
    }

    private void verify(Map<VectorKey, Long> ids) throws SQLException, PackingMismatchException {
        for (Map.Entry<Metric, Map<Long, Samples>> entry : expected.entrySet()) {
            Map<Long, Samples> stored = store.read(entry.getKey().table(), ids.values());
            if (!stored.equals(entry.getValue())) {
                throw new PackingMismatchException(
                        "packed samples of " + entry.getKey().table() + " do not read back as they were");
            }
        }
    }
}
