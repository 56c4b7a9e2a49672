package io.promgres.packing;

import io.promgres.store.Buckets;
import io.promgres.store.CopyBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.stream.Collectors;

/** Reads and writes the packed tier within one transaction. */
final class PackedStore {

    /** A block is at most so long: vectors that began earlier do not reach into one. */
    private static final String LONGEST_BLOCK = "interval '7 days'";

    private static final String RUNS = " FROM _prom_catalog.run WHERE ";

    private final Connection connection;
    private final boolean bucketed;
    private final CopyBuffer buffer = new CopyBuffer();
    private final Map<Long, Long> taken = new HashMap<>();
    private final Map<Long, long[]> knownTicks = new HashMap<>();

    /** To read: the views that it reads know where rows are. */
    PackedStore(Connection connection) {
        this(connection, false);
    }

    /** @param bucketed whether rows that are written or deleted have a bucket: see {@link Buckets} */
    PackedStore(Connection connection, boolean bucketed) {
        this.connection = connection;
        this.bucketed = bucketed;
    }

    /** The bucket of a series group, 0 where rows have none: a vector is of one. */
    int bucketOf(long groupId) {
        return bucketed ? Buckets.ofId(groupId) : 0;
    }

    /** A time vector to be stored. */
    record Vector(long id, long block, long[] times, int runs) {}

    /** The ids between which all vectors are that runs of metrics in a range refer to; null if there are none. */
    private long[] bounds(Collection<Integer> metricIds, long from, long to) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT min(v.first_vector), max(v.last_vector)"
                        + " FROM _prom_catalog.packed_block v WHERE v.metric_id = ANY ('" + ids(metricIds) + "') AND "
                        + overlapping(from, to))) {
            row.next();
            return row.getObject(1) == null ? null : new long[] {row.getLong(1), row.getLong(2)};
        }
    }

    private static String overlapping(long from, long to) {
        return "block > " + SqlTime.literal(from) + " - " + LONGEST_BLOCK + " AND block < " + SqlTime.literal(to)
                + " AND upper >= " + SqlTime.literal(from);
    }

    /**
     * Takes samples out: those of the series in vectors that have times in a range. Their vectors stay until {@link #release}.
     *
     * @param metricIds of the series
     * @return the samples by series
     */
    Map<Long, Samples> take(Collection<Integer> metricIds, Collection<Long> seriesIds, long from, long to)
            throws SQLException {
        long[] bounds = bounds(metricIds, from, to);
        if (bounds == null) {
            return Map.of();
        }
        String which = within(seriesIds, bounds, from, to);
        List<PackedRun> runs = readRuns("SELECT " + RunRow.COLUMNS + RUNS + which);
        Map<Long, Samples> samples = decode(runs);
        if (!runs.isEmpty()) {
            delete(which);
            runs.forEach(run -> taken.merge(run.vectorId(), 1L, Long::sum));
        }
        return samples;
    }

    private void delete(String which) throws SQLException {
        if (!bucketed) {
            execute("DELETE FROM prom_data.packed d USING (SELECT b.ctid AS row FROM prom_data.packed b"
                    + " JOIN prom_data.vector v ON v.id = b.vector_id WHERE " + which + ") x WHERE d.ctid = x.row");
            return;
        }
        try (PreparedStatement call = connection.prepareStatement("SELECT _prom_catalog.delete_runs(?)")) {
            call.setString(1, which);
            call.execute();
        }
    }

    private static String within(Collection<Long> seriesIds, long[] bounds, long from, long to) {
        return "series_id = ANY ('" + ids(seriesIds) + "') AND vector_id BETWEEN " + bounds[0] + " AND " + bounds[1]
                + " AND " + overlapping(from, to);
    }

    /**
     * The samples of series that refer to vectors from one to another, without what is stored as of another metric.
     *
     * @param metricOfSeries the metric of each of the series
     */
    Map<Long, Samples> read(Map<Long, Integer> metricOfSeries, long firstVector, long lastVector) throws SQLException {
        List<PackedRun> runs = readRuns("SELECT " + RunRow.COLUMNS
                + " FROM prom_data.packed b WHERE b.series_id = ANY ('" + ids(metricOfSeries.keySet())
                + "') AND b.vector_id BETWEEN " + firstVector + " AND " + lastVector);
        runs.removeIf(run -> run.metricId() != metricOfSeries.get(run.seriesId()));
        return decode(runs);
    }

    /** The samples of series of a metric that are packed in vectors with times in a range, so some beyond it too. */
    Map<Long, Samples> read(int metricId, Collection<Long> seriesIds, long from, long to) throws SQLException {
        long[] bounds = bounds(List.of(metricId), from, to);
        return bounds == null
                ? Map.of()
                : decode(readRuns("SELECT " + RunRow.COLUMNS + RUNS + within(seriesIds, bounds, from, to)));
    }

    private Map<Long, Samples> decode(List<PackedRun> runs) throws SQLException {
        Map<Long, long[]> ticks =
                ticks(runs.stream().map(PackedRun::vectorId).distinct().toList());
        // Runs of a series do not overlap: in this order, what comes next is appended.
        runs.sort(Comparator.comparingLong(
                run -> ticks.get(run.vectorId())[run.ticks().first() - 1]));
        Map<Long, Samples> decoded = new HashMap<>();
        for (PackedRun run : runs) {
            decoded.merge(run.seriesId(), run.samples(ticks.get(run.vectorId())), Samples::followedBy);
        }
        return decoded;
    }

    /** The times of vectors, at index tick - 1. */
    private Map<Long, long[]> ticks(Collection<Long> vectorIds) throws SQLException {
        List<Long> unknown =
                vectorIds.stream().filter(id -> !knownTicks.containsKey(id)).toList();
        if (!unknown.isEmpty()) {
            CopyReader.read(
                    connection,
                    "SELECT t.vector_id, t.idx, t.time FROM _prom_catalog.vector_tick t WHERE t.vector_id = ANY ('"
                            + ids(unknown) + "')",
                    row -> addTick(CopyReader.fieldLong(row), CopyReader.fieldShort(row), CopyReader.fieldLong(row)));
        }
        return knownTicks;
    }

    private void addTick(long vectorId, int tick, long time) {
        long[] times = knownTicks.getOrDefault(vectorId, new long[0]);
        if (tick > times.length) {
            times = Arrays.copyOf(times, Math.max(tick, Math.min(2 * tick, TimeVectors.TICKS)));
            knownTicks.put(vectorId, times);
        }
        times[tick - 1] = CopyBuffer.millis(time);
    }

    private List<PackedRun> readRuns(String query) throws SQLException {
        List<PackedRun> runs = new ArrayList<>();
        CopyReader.read(connection, query, row -> runs.add(RunRow.read(row)));
        return runs;
    }

    /** Counts the runs of vectors down by those that were taken, and deletes vectors that have none left. */
    void release() throws SQLException {
        if (taken.isEmpty()) {
            return;
        }
        if (bucketed) {
            unrefer();
            return;
        }
        try (PreparedStatement update = connection.prepareStatement("""
                WITH less AS (
                    UPDATE prom_data.vector v SET runs = v.runs - u.n FROM unnest(?, ?) u(id, n) WHERE v.id = u.id
                    RETURNING v.id, v.runs, v.block, v.upper
                ), gone AS (
                    DELETE FROM prom_data.tick t USING less l
                    WHERE l.runs = 0 AND t.vector_id = l.id AND t.time BETWEEN l.block AND l.upper
                )
                SELECT array_agg(l.id) FROM less l WHERE l.runs = 0""")) {
            update.setArray(1, connection.createArrayOf("int8", taken.keySet().toArray()));
            update.setArray(2, connection.createArrayOf("int8", taken.values().toArray()));
            try (ResultSet row = update.executeQuery()) {
                row.next();
                if (row.getArray(1) != null) {
                    execute("DELETE FROM prom_data.vector WHERE id = ANY ('" + row.getString(1) + "')");
                }
            }
        }
        taken.clear();
    }

    private void unrefer() throws SQLException {
        try (PreparedStatement call = connection.prepareStatement("SELECT _prom_catalog.unrefer_vectors(?, ?)")) {
            call.setArray(1, connection.createArrayOf("int8", taken.keySet().toArray()));
            call.setArray(2, connection.createArrayOf("int8", taken.values().toArray()));
            call.execute();
        }
        taken.clear();
    }

    /** The id of a vector with an unused number. */
    long vectorId(long number, int bucket) {
        return bucketed ? Buckets.id(number, bucket) : number;
    }

    /** So many unused numbers of vectors. */
    List<Long> newVectorNumbers(int count) throws SQLException {
        List<Long> ids = new ArrayList<>(count);
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT nextval('prom_data.vector_id_seq') FROM generate_series(1, " + count + ")")) {
            while (rows.next()) {
                ids.add(rows.getLong(1));
            }
        }
        return ids;
    }

    /** @param joined how often their blocks have been joined */
    void write(Collection<Vector> vectors, int joined) throws SQLException {
        String bucket = bucketed ? "bucket, " : "";
        buffer.copy(connection, "prom_data.vector (" + bucket + "id, block, upper, runs, joined)", () -> {
            for (Vector vector : vectors) {
                row(5, vector.id());
                buffer.fieldLong(vector.id());
                buffer.fieldTime(vector.block());
                buffer.fieldTime(vector.times()[vector.times().length - 1]);
                buffer.fieldInt(vector.runs());
                buffer.fieldShort(joined);
            }
        });
        buffer.copy(connection, "prom_data.tick (" + bucket + "vector_id, idx, time)", () -> {
            for (Vector vector : vectors) {
                for (int i = 0; i < vector.times().length; i++) {
                    row(3, vector.id());
                    buffer.fieldLong(vector.id());
                    buffer.fieldShort(i + 1);
                    buffer.fieldTime(vector.times()[i]);
                }
            }
        });
    }

    /** Begins a row that belongs to a vector, whose bucket is before its fields. */
    private void row(int fields, long vectorId) throws SQLException {
        buffer.row(bucketed ? fields + 1 : fields);
        if (bucketed) {
            buffer.fieldInt(Buckets.ofId(vectorId));
        }
    }

    void write(List<PackedRun> runs) throws SQLException {
        String bucket = bucketed ? "bucket, " : "";
        buffer.copy(connection, "prom_data.packed (" + bucket + RunRow.COLUMNS + ")", () -> {
            for (PackedRun run : runs) {
                row(RunRow.FIELDS, run.vectorId());
                RunRow.write(run, buffer);
            }
        });
        if (bucketed && !runs.isEmpty()) {
            LongSummaryStatistics vectors =
                    runs.stream().mapToLong(PackedRun::vectorId).summaryStatistics();
            execute("SELECT _prom_catalog.count_new_runs(" + vectors.getMin() + ", " + vectors.getMax() + ")");
        }
    }

    void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    static String ids(Collection<? extends Number> ids) {
        return ids.stream().map(String::valueOf).collect(Collectors.joining(",", "{", "}"));
    }
}
