package io.promgres.packing;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The work on one unit: plans the time vectors, encodes, writes, reads back and compares. Everything within the
 * transaction of its connection; the caller commits.
 */
final class PackingUnit {

    /**
     * What a unit needs to know about a metric.
     *
     * @param current whether its views are of this version, and know runs whose last value stands alone
     * @param hasHoles whether its views look at holes
     */
    record Metric(int id, String name, long blockMillis, boolean compressed, boolean current, boolean hasHoles) {

        /** The start of the block that a time is in. */
        long begin(long time) {
            return Math.floorDiv(time, blockMillis) * blockMillis;
        }

        /** The end of the block that the time before this one is in. */
        long end(long time) {
            return (Math.floorDiv(time - 1, blockMillis) + 1) * blockMillis;
        }
    }

    /** A block of time and, where rows have one, a bucket. */
    private record BlockKey(long start, long length, int bucket) {}

    /** The samples of a series in one block. */
    private record Part(Metric metric, long seriesId, BlockKey block, long[] times, long[] bits) {}

    private record VectorKey(BlockKey block, TimeVectors.Family family, int chunk) {}

    private record Piece(Metric metric, long seriesId, Ticks ticks, EncodedValues values, VectorKey vector) {}

    private final PackedStore store;
    private final LandingUnit landing;
    private final Map<Integer, Metric> metrics;
    private final boolean current;
    private final boolean holes;
    private final int joined;
    private final Map<BlockKey, TimeVectors> vectorsOfBlock = new HashMap<>();
    private final Map<VectorKey, Integer> runsOfVector = new LinkedHashMap<>();
    private final Map<Long, Integer> bucketOf = new HashMap<>();
    private final Map<Long, List<Part>> parts = new LinkedHashMap<>();
    private final List<Piece> pieces = new ArrayList<>();
    private final Map<Metric, Map<Long, Samples>> expected = new LinkedHashMap<>();

    /** @param holes whether runs may have holes */
    PackingUnit(PackedStore store, LandingUnit landing, Map<Integer, Metric> metrics, boolean holes) {
        this(store, landing, metrics, holes, 0);
    }

    /** @param joined how often the blocks have been joined to longer ones, with this time */
    PackingUnit(PackedStore store, LandingUnit landing, Map<Integer, Metric> metrics, boolean holes, int joined) {
        this.store = store;
        this.landing = landing;
        this.metrics = metrics;
        this.current = metrics.values().stream().allMatch(Metric::current);
        this.holes = holes && current;
        this.joined = joined;
    }

    /**
     * Packs the unit.
     *
     * @return how many samples are packed now that were not before
     * @throws PackingMismatchException if what was written reads back as something else; roll back
     * @throws OutdatedViewException if views have to be made first, never without holes; roll back
     */
    long pack(long from, long to) throws SQLException, PackingMismatchException, OutdatedViewException {
        long samples =
                landing.series().values().stream().mapToLong(Samples::size).sum();
        for (long groupId : landing.groups()) {
            landing.seriesOf(groupId).forEach(series -> bucketOf.put(series.id(), store.bucketOf(groupId)));
        }
        landing.series()
                .forEach((series, added) -> expected.computeIfAbsent(
                                metrics.get(series.metricId()), metric -> new LinkedHashMap<>())
                        .put(series.id(), added));
        fold(from, to);
        expected.forEach((metric, bySeries) -> bySeries.forEach((id, all) -> parts.put(id, byBlock(metric, id, all))));
        parts.values()
                .forEach(ofSeries ->
                        ofSeries.forEach(part -> vectors(part.block()).announce(part.times())));
        planSharedTimes();
        parts.values().forEach(ofSeries -> ofSeries.forEach(this::plan));
        requireViews();
        Map<VectorKey, Long> ids = writeVectors();
        writeRuns(ids);
        verify(ids);
        return samples;
    }

    /** Adds what is packed already of the series and blocks. */
    private void fold(long from, long to) throws SQLException {
        Map<Long, List<Metric>> byBlock =
                expected.keySet().stream().collect(Collectors.groupingBy(Metric::blockMillis));
        for (List<Metric> alike : byBlock.values()) {
            Map<Long, Map<Long, Samples>> added = new HashMap<>();
            alike.forEach(metric -> expected.get(metric).keySet().forEach(id -> added.put(id, expected.get(metric))));
            Metric any = alike.get(0);
            List<Integer> ids = alike.stream().map(Metric::id).toList();
            store.take(ids, added.keySet(), any.begin(from), any.end(to))
                    .forEach((id, samples) ->
                            added.get(id).merge(id, samples, (later, stored) -> stored.mergedWith(later)));
        }
        expected.values().forEach(series -> series.values().removeIf(samples -> samples.size() == 0));
        store.release();
    }

    private List<Part> byBlock(Metric metric, long seriesId, Samples all) {
        List<Part> parts = new ArrayList<>(1);
        int from = 0;
        for (int i = 1; i <= all.size(); i++) {
            long block = Math.floorDiv(all.time(from), metric.blockMillis());
            if (i == all.size() || Math.floorDiv(all.time(i), metric.blockMillis()) != block) {
                BlockKey key = new BlockKey(block * metric.blockMillis(), metric.blockMillis(), bucketOf.get(seriesId));
                parts.add(new Part(metric, seriesId, key, all.times(from, i), all.bits(from, i)));
                from = i;
            }
        }
        return parts;
    }

    /** Where all series of a group came together, its times are a family; else it may share a union. */
    private void planSharedTimes() {
        Map<BlockKey, TimeUnions> unions = new LinkedHashMap<>();
        for (long groupId : landing.groups()) {
            Map<BlockKey, List<long[]>> ofGroup = new LinkedHashMap<>();
            for (LandingUnit.Series series : landing.seriesOf(groupId)) {
                parts.getOrDefault(series.id(), List.of())
                        .forEach(part -> ofGroup.computeIfAbsent(part.block(), b -> new ArrayList<>())
                                .add(part.times()));
            }
            ofGroup.forEach((block, series) -> {
                long[] times = series.stream().reduce(new long[0], TimeUnions::of);
                long samples = series.stream().mapToLong(some -> some.length).sum();
                if (samples == (long) times.length * series.size()) {
                    vectors(block).family(times);
                } else {
                    unions.computeIfAbsent(block, b -> new TimeUnions()).add(times, series);
                }
            });
        }
        unions.forEach((block, some) -> some.forEach(vectors(block)::offer));
    }

    private TimeVectors vectors(BlockKey block) {
        return vectorsOfBlock.computeIfAbsent(block, key -> new TimeVectors(holes));
    }

    private void plan(Part part) {
        TimeVectors.Placement placement = vectors(part.block()).place(part.times());
        for (TimeVectors.Run run : placement.runs()) {
            encode(part, run, new VectorKey(part.block(), placement.family(), run.chunk()));
        }
    }

    private void encode(Part part, TimeVectors.Run run, VectorKey vector) {
        int to = run.from() + run.length();
        List<EncodedValues> encoded = new ArrayList<>(1);
        if (part.metric().compressed()) {
            long[] bits = Arrays.copyOfRange(part.bits(), run.from(), to);
            Encoding.encode(bits, run.ticks().numbers(), current, encoded::add);
        } else {
            encoded.add(EncodedValues.floats(part.bits(), run.from(), to));
        }
        int offset = 0;
        for (EncodedValues values : encoded) {
            Ticks ticks = run.ticks().slice(offset, offset + values.length());
            pieces.add(new Piece(part.metric(), part.seriesId(), ticks, values, vector));
            runsOfVector.merge(vector, 1, Integer::sum);
            offset += values.length();
        }
    }

    private void requireViews() throws OutdatedViewException {
        Set<Integer> lacking = pieces.stream()
                .filter(piece -> piece.ticks().hasHoles() && !piece.metric().hasHoles())
                .map(piece -> piece.metric().id())
                .collect(Collectors.toSet());
        if (!lacking.isEmpty()) {
            throw new OutdatedViewException(lacking);
        }
    }

    /** How many samples the unit's series have in its blocks. */
    long samples() {
        return expected.values().stream()
                .flatMap(series -> series.values().stream())
                .mapToLong(Samples::size)
                .sum();
    }

    /** What is packed now of the unit's series, a metric each. */
    List<PackedSamples> packed(long from, long to) {
        return expected.entrySet().stream()
                .map(entry -> {
                    Metric metric = entry.getKey();
                    return new PackedSamples(metric.id(), entry.getValue(), metric.begin(from), metric.end(to));
                })
                .toList();
    }

    private Map<VectorKey, Long> writeVectors() throws SQLException {
        List<Long> numbers = store.newVectorNumbers(runsOfVector.size());
        Map<VectorKey, Long> idOf = new HashMap<>();
        List<PackedStore.Vector> vectors = new ArrayList<>();
        runsOfVector.forEach((key, runs) -> {
            long number = numbers.get(idOf.size());
            long id = store.vectorId(number, key.block().bucket());
            idOf.put(key, id);
            vectors.add(
                    new PackedStore.Vector(id, key.block().start(), key.family().chunk(key.chunk()), runs));
        });
        store.write(vectors, joined);
        return idOf;
    }

    private void writeRuns(Map<VectorKey, Long> ids) throws SQLException {
        // The runs of a metric are beside one another: who reads them reads few pages.
        store.write(pieces.stream()
                .sorted(Comparator.comparingInt(piece -> piece.metric().id()))
                .map(piece -> new PackedRun(
                        piece.metric().id(), ids.get(piece.vector()), piece.seriesId(), piece.ticks(), piece.values()))
                .toList());
    }

    private void verify(Map<VectorKey, Long> ids) throws SQLException, PackingMismatchException {
        Map<Long, Integer> metricOfSeries = new HashMap<>();
        expected.forEach((metric, series) -> series.keySet().forEach(id -> metricOfSeries.put(id, metric.id())));
        Map<Long, Samples> stored = ids.isEmpty()
                ? Map.of()
                : store.read(metricOfSeries, Collections.min(ids.values()), Collections.max(ids.values()));
        for (Map.Entry<Metric, Map<Long, Samples>> entry : expected.entrySet()) {
            for (Map.Entry<Long, Samples> one : entry.getValue().entrySet()) {
                if (!one.getValue().equals(stored.get(one.getKey()))) {
                    throw new PackingMismatchException(
                            "packed samples of " + entry.getKey().name() + " do not read back as they were");
                }
            }
        }
    }
}
