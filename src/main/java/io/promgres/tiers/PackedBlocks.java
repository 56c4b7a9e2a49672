package io.promgres.tiers;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * What a snapshot has of metrics in a range beside the landing table.
 *
 * @param firstVector no run in the range refers to a smaller one
 * @param lastVector no run in the range refers to a greater one
 * @param blocks that have something packed, as an array of SQL; null if none has
 * @param withHistograms the ids of those metrics that have native histograms
 */
public record PackedBlocks(long firstVector, long lastVector, String blocks, Set<Integer> withHistograms) {

    /** The longest block. */
    private static final String LONGEST = "interval '7 days'";

    /** Gives one row. {@link #bind} sets its parameters. */
    public static final String SQL = """
            SELECT min(p.first_vector), max(p.last_vector), array_agg(DISTINCT p.block),
                   ARRAY(SELECT m.id FROM _prom_catalog.metric m WHERE m.id = ANY (?) AND m.has_histograms)
            FROM _prom_catalog.packed_block p
            WHERE p.metric_id = ANY (?) AND p.block > ?::timestamptz -\s""" + LONGEST + " AND p.block <= ?::timestamptz AND p.upper >= ?::timestamptz";

    /** Whether anything is packed. */
    boolean isEmpty() {
        return blocks == null;
    }

    /** What there is of the metrics of these series. */
    static PackedBlocks of(Connection connection, Collection<StoredSeries> series, long from, long to)
            throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(SQL)) {
            bind(select, 1, series, from, to);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return read(row);
            }
        }
    }

    /**
     * @param at the number of the first parameter
     * @param from milliseconds since the epoch
     * @param to included
     */
    public static void bind(PreparedStatement statement, int at, Collection<StoredSeries> series, long from, long to)
            throws SQLException {
        Array metrics = statement
                .getConnection()
                .createArrayOf(
                        "int4",
                        series.stream().map(StoredSeries::metricId).distinct().toArray(Integer[]::new));
        statement.setArray(at, metrics);
        statement.setArray(at + 1, metrics);
        statement.setString(at + 2, Sql.timeText(from));
        statement.setString(at + 3, Sql.timeText(to));
        statement.setString(at + 4, Sql.timeText(from));
    }

    /** @param row of {@link #SQL} */
    public static PackedBlocks read(ResultSet row) throws SQLException {
        return new PackedBlocks(row.getLong(1), row.getLong(2), row.getString(3), Set.copyOf(List.of((Integer[])
                row.getArray(4).getArray())));
    }
}
