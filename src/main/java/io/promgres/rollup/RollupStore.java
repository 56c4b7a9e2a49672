package io.promgres.rollup;

import io.promgres.packing.CopyReader;
import io.promgres.store.CopyBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/** Reads and writes rows of rollups within one transaction. */
final class RollupStore {

    private final Connection connection;
    private final CopyBuffer buffer = new CopyBuffer();

    RollupStore(Connection connection) {
        this.connection = connection;
    }

    /** Waits until no other transaction changes rollups; holds until the end of this one. */
    void lock() throws SQLException {
        execute("SELECT _prom_catalog.rollup_lock()");
    }

    /** In which resolutions which of the metrics are rolled up. */
    Map<Resolution, Set<Integer>> rolledUp(Collection<Integer> metricIds) throws SQLException {
        Map<Resolution, Set<Integer>> rolledUp = new LinkedHashMap<>();
        try (PreparedStatement select = connection.prepareStatement("""
                SELECT k.seconds, k.name, k.buckets, x.metric_id
                FROM _prom_catalog.metric_rollup x JOIN _prom_catalog.rollup k ON k.seconds = x.seconds
                WHERE x.metric_id = ANY (?) ORDER BY k.seconds""")) {
            select.setArray(1, connection.createArrayOf("int4", metricIds.toArray()));
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    rolledUp.computeIfAbsent(Resolution.read(rows), resolution -> new HashSet<>())
                            .add(rows.getInt(4));
                }
            }
        }
        return rolledUp;
    }

    /**
     * The rows of series that reach into a time.
     *
     * @param from where a bucket begins
     * @param to where a bucket ends, exclusive
     */
    List<RollupRow> rows(Resolution resolution, Collection<Long> seriesIds, long from, long to) throws SQLException {
        String start = "(span::bigint * " + resolution.buckets() + " + %s) * " + resolution.millis();
        return read(
                resolution,
                "series_id = ANY ('" + list(seriesIds) + "') AND span BETWEEN " + resolution.span(from) + " AND "
                        + resolution.span(to - 1) + " AND " + start.formatted("first - 1") + " < " + to + " AND "
                        + start.formatted("last") + " > " + from);
    }

    /** The rows of series of a metric that have several in a span, of so many series at most. */
    List<RollupRow> rowsToMerge(Resolution resolution, int metricId, int span, int series) throws SQLException {
        String which = "metric_id = " + metricId + " AND span = " + span;
        return read(
                resolution,
                which + " AND series_id IN (SELECT series_id FROM " + resolution.table() + " WHERE " + which
                        + " GROUP BY series_id HAVING count(*) > 1 ORDER BY series_id LIMIT " + series + ")");
    }

    private List<RollupRow> read(Resolution resolution, String condition) throws SQLException {
        List<RollupRow> rows = new ArrayList<>();
        CopyReader.read(
                connection,
                "SELECT " + RollupRow.COLUMNS + " FROM " + resolution.table() + " WHERE " + condition,
                row -> rows.add(RollupRowReader.read(row, resolution)));
        return rows;
    }

    void delete(Resolution resolution, List<RollupRow> rows) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement("DELETE FROM " + resolution.table()
                + " r USING unnest(?::bigint[], ?::int[], ?::int[]) d(series_id, span, first)"
                + " WHERE r.series_id = d.series_id AND r.span = d.span AND r.first = d.first")) {
            delete.setString(1, column(rows, RollupRow::seriesId));
            delete.setString(2, column(rows, RollupRow::span));
            delete.setString(3, column(rows, row -> resolution.index(row.start())));
            delete.execute();
        }
    }

    private static String column(List<RollupRow> rows, ToLongFunction<RollupRow> column) {
        return list(rows.stream().map(column::applyAsLong).toList());
    }

    private static String list(Collection<Long> numbers) {
        return numbers.stream().map(String::valueOf).collect(Collectors.joining(",", "{", "}"));
    }

    /** Writes rows, of spans that are noted. */
    void write(Resolution resolution, List<RollupRow> rows) throws SQLException {
        buffer.copy(connection, resolution.table() + " (" + RollupRow.COLUMNS + ")", () -> {
            for (RollupRow row : rows) {
                row.write(resolution, buffer);
            }
        });
    }

    /** Notes that spans have got rows. */
    void noteSpans(Resolution resolution, Collection<Integer> spans) throws SQLException {
        for (int span : spans) {
            execute("SELECT _prom_catalog.note_rollup_span(" + resolution.seconds() + ", " + span + ")");
        }
    }

    void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
