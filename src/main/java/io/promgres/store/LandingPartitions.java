package io.promgres.store;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** The partitions of the landing table that a writer knows, by their lower bound. Not thread-safe. */
final class LandingPartitions {

    private static final int MOST_KNOWN = 10_000;

    private final Duration block;
    private final NavigableMap<Long, LandingPartition> known = new TreeMap<>();

    LandingPartitions(Duration block) {
        this.block = block;
    }

    /** The partition for a time, null if it is not known. */
    LandingPartition find(long time) {
        Map.Entry<Long, LandingPartition> entry = known.floorEntry(time);
        return entry != null && entry.getValue().holds(time) ? entry.getValue() : null;
    }

    void forget() {
        known.clear();
    }

    /**
     * Knows the partitions for these times, made where the database has none. Commits.
     *
     * @param times milliseconds since the epoch
     */
    void ensure(Connection connection, List<Long> times) throws SQLException {
        if (known.size() > MOST_KNOWN) {
            known.clear();
        }
        for (LandingPartition partition : ensure(connection, times, block)) {
            known.put(partition.lower(), partition);
        }
    }

    /** Makes the partitions for these times where the database has none. Commits. */
    static List<LandingPartition> ensure(Connection connection, List<Long> times, Duration block) throws SQLException {
        List<LandingPartition> partitions = new ArrayList<>();
        try (PreparedStatement call = connection.prepareStatement("""
                SELECT name, extract(epoch FROM lower) * 1000, extract(epoch FROM upper) * 1000
                FROM _prom_catalog.ensure_landing_partitions(?::timestamptz[], make_interval(secs => ?))""")) {
            Array array = connection.createArrayOf(
                    "text",
                    times.stream()
                            .map(Instant::ofEpochMilli)
                            .map(LandingPartitions::literal)
                            .toArray());
            call.setArray(1, array);
            call.setDouble(2, block.toMillis() / 1000.0);
            try (ResultSet rows = call.executeQuery()) {
                while (rows.next()) {
                    partitions.add(new LandingPartition(
                            rows.getString(1),
                            rows.getBigDecimal(2).longValueExact(),
                            rows.getBigDecimal(3).longValueExact()));
                }
            }
        }
        connection.commit();
        return partitions;
    }

    private static String literal(Instant time) {
        // PostgreSQL knows neither a sign before a year nor a year 0; times before year 1 are refused by the decoder.
        String text = time.toString();
        return text.startsWith("+") ? text.substring(1) : text;
    }
}
