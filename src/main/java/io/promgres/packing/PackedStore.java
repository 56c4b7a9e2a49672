package io.promgres.packing;

import io.promgres.store.CopyBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Reads and writes the packed tier within one transaction. */
final class PackedStore {

    /** A block is at most so long: vectors that began earlier do not reach into one. */
    private static final String LONGEST_BLOCK = "interval '7 days'";

    private final Connection connection;
    private final CopyBuffer buffer = new CopyBuffer();

    PackedStore(Connection connection) {
        this.connection = connection;
    }

    /** A time vector to be stored. */
    record Vector(long id, long block, long[] times, int runs) {}

    /** Whether there is any vector with times in a range. */
    boolean hasVectors(long from, long to) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT EXISTS (SELECT FROM prom_data.vector v WHERE " + overlapping(from, to) + ")")) {
            row.next();
            return row.getBoolean(1);
        }
    }

    private static String overlapping(long from, long to) {
        return "v.block > " + SqlTime.literal(from) + " - " + LONGEST_BLOCK + " AND v.block < " + SqlTime.literal(to)
                + " AND v.upper >= " + SqlTime.literal(from);
    }

    /**
     * Takes samples out: those of the series in vectors that have times in a range.
     *
     * @param table of the metric, quoted
     * @return the samples by series
     */
    Map<Long, Samples> take(String table, Collection<Long> seriesIds, long from, long to) throws SQLException {
        String which = " FROM " + table + " b JOIN prom_data.vector v ON v.id = b.vector_id WHERE b.series_id = ANY ('"
                + ids(seriesIds) + "') AND " + overlapping(from, to);
        List<PackedRun> runs = readRuns("SELECT " + RunRow.COLUMNS + which);
        Map<Long, Samples> samples = decode(runs);
        if (!runs.isEmpty()) {
            execute("DELETE FROM " + table + " d USING (SELECT b.ctid AS row" + which + ") x WHERE d.ctid = x.row");
            unrefer(runs);
        }
        return samples;
    }

    /** The samples that refer to these vectors, by series. */
    Map<Long, Samples> read(String table, Collection<Long> vectorIds) throws SQLException {
        return decode(readRuns("SELECT " + RunRow.COLUMNS + " FROM " + table + " b WHERE b.vector_id = ANY ('"
                + ids(vectorIds) + "')"));
    }

    /** The samples of series that are packed in vectors with times in a range, so some beyond it too. */
    Map<Long, Samples> read(String table, Collection<Long> seriesIds, long from, long to) throws SQLException {
        return decode(readRuns("SELECT " + RunRow.COLUMNS + " FROM " + table
                + " b JOIN prom_data.vector v ON v.id = b.vector_id WHERE b.series_id = ANY ('" + ids(seriesIds)
                + "') AND " + overlapping(from, to)));
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
        Map<Long, long[]> ticks = new HashMap<>();
        if (vectorIds.isEmpty()) {
            return ticks;
        }
        CopyReader.read(
                connection,
                "SELECT t.vector_id, t.idx, t.time FROM prom_data.vector v JOIN prom_data.tick t ON t.vector_id = v.id"
                        + " AND t.time BETWEEN v.block AND v.upper WHERE v.id = ANY ('" + ids(vectorIds) + "')",
                row -> {
                    long[] times = ticks.computeIfAbsent(CopyReader.fieldLong(row), id -> new long[TimeVectors.TICKS]);
                    int tick = CopyReader.fieldShort(row);
                    times[tick - 1] = CopyBuffer.millis(CopyReader.fieldLong(row));
                });
        return ticks;
    }

    private List<PackedRun> readRuns(String query) throws SQLException {
        List<PackedRun> runs = new ArrayList<>();
        CopyReader.read(connection, query, row -> runs.add(RunRow.read(row)));
        return runs;
    }

    /** Counts the runs of vectors down, and deletes those that have none left. */
    private void unrefer(List<PackedRun> runs) throws SQLException {
        Map<Long, Long> counts =
                runs.stream().collect(Collectors.groupingBy(PackedRun::vectorId, Collectors.counting()));
        try (PreparedStatement update = connection.prepareStatement("""
                WITH less AS (
                    UPDATE prom_data.vector v SET runs = v.runs - u.n FROM unnest(?, ?) u(id, n) WHERE v.id = u.id
                    RETURNING v.id, v.runs, v.block, v.upper
                ), gone AS (
                    DELETE FROM prom_data.tick t USING less l
                    WHERE l.runs = 0 AND t.vector_id = l.id AND t.time BETWEEN l.block AND l.upper
                )
                SELECT array_agg(l.id) FROM less l WHERE l.runs = 0""")) {
            update.setArray(1, connection.createArrayOf("int8", counts.keySet().toArray()));
            update.setArray(2, connection.createArrayOf("int8", counts.values().toArray()));
            try (ResultSet row = update.executeQuery()) {
                row.next();
                if (row.getArray(1) != null) {
                    execute("DELETE FROM prom_data.vector WHERE id = ANY ('" + row.getString(1) + "')");
                }
            }
        }
    }

    /** So many unused ids of vectors. */
    List<Long> newVectorIds(int count) throws SQLException {
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

    void write(Collection<Vector> vectors) throws SQLException {
        buffer.copy(connection, "prom_data.vector (id, block, upper, runs)", () -> {
            for (Vector vector : vectors) {
                buffer.row(4);
                buffer.fieldLong(vector.id());
                buffer.fieldTime(vector.block());
                buffer.fieldTime(vector.times()[vector.times().length - 1]);
                buffer.fieldInt(vector.runs());
            }
        });
        buffer.copy(connection, "prom_data.tick (vector_id, idx, time)", () -> {
            for (Vector vector : vectors) {
                for (int i = 0; i < vector.times().length; i++) {
                    buffer.row(3);
                    buffer.fieldLong(vector.id());
                    buffer.fieldShort(i + 1);
                    buffer.fieldTime(vector.times()[i]);
                }
            }
        });
    }

    /** @param table of the metric, quoted */
    void write(String table, List<PackedRun> runs) throws SQLException {
        buffer.copy(connection, table + " (" + RunRow.COLUMNS + ")", () -> {
            for (PackedRun run : runs) {
                RunRow.write(run, buffer);
            }
        });
    }

    void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    static String ids(Collection<Long> ids) {
        return ids.stream().map(String::valueOf).collect(Collectors.joining(",", "{", "}"));
    }
}
