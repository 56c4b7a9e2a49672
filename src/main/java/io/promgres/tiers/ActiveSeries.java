package io.promgres.tiers;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Says which series have samples in a range, without a look at samples: what is packed by blocks of time, what is not by
 * series groups, so that a neighbour that goes on sending keeps a series in its group.
 */
public final class ActiveSeries {

    private final Connection connection;

    /** @param connection in a transaction with one snapshot, see {@link TierReader} */
    public ActiveSeries(Connection connection) {
        this.connection = connection;
    }

    /**
     * @param from milliseconds since the epoch
     * @param to included
     */
    public Predicate<StoredSeries> within(List<StoredSeries> series, long from, long to) throws SQLException {
        String groups =
                Sql.array(series.stream().mapToLong(StoredSeries::groupId).distinct(), "bigint");
        Set<Long> landed = ids(
                "SELECT _prom_catalog.groups_with_rows(" + groups + ", " + Sql.time(from) + ", " + Sql.time(to) + ")");
        Set<Long> packed = new HashSet<>();
        List<StoredSeries> others =
                series.stream().filter(one -> !landed.contains(one.groupId())).toList();
        PackedBlocks blocks = PackedBlocks.of(connection, others, from, to);
        if (!blocks.isEmpty()) {
            packed.addAll(ids(packed(others, blocks)));
        }
        return one -> landed.contains(one.groupId()) || packed.contains(one.id());
    }

    private static String packed(List<StoredSeries> series, PackedBlocks blocks) {
        return "SELECT _prom_catalog.series_with_runs("
                + Sql.array(series.stream().mapToLong(StoredSeries::id), "bigint") + ", " + blocks.firstVector() + ", "
                + blocks.lastVector() + ")";
    }

    private Set<Long> ids(String sql) throws SQLException {
        Set<Long> ids = new HashSet<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                ids.add(rows.getLong(1));
            }
        }
        return ids;
    }
}
