package io.promgres.store;

import io.promgres.model.LandingRows;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
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
     * The partitions that hold the rows, made where they are missing, which commits. In order of time: writers that touch
     * the same ones do not deadlock.
     */
    List<LandingPartition> of(Connection connection, LandingRows rows) throws SQLException {
        if (known.size() > MOST_KNOWN) {
            known.clear();
        }
        List<LandingPartition> touched = new ArrayList<>();
        List<Long> missing = new ArrayList<>();
        find(rows, touched, missing);
        if (!missing.isEmpty()) {
            ensure(connection, missing);
            touched.clear();
            find(rows, touched, new ArrayList<>());
        }
        touched.sort(Comparator.comparingLong(LandingPartition::lower));
        return touched;
    }

    private void find(LandingRows rows, List<LandingPartition> touched, List<Long> missing) {
        LandingPartition last = null;
        for (int row = 0; row < rows.size(); row++) {
            long time = rows.time(row);
            if (last != null && last.holds(time)) {
                continue;
            }
            last = find(time);
            if (last == null) {
                missing.add(time);
            } else if (!touched.contains(last)) {
                touched.add(last);
            }
        }
    }

    /**
     * Knows the partitions for these times, made where the database has none. Commits.
     *
     * @param times milliseconds since the epoch
     */
    void ensure(Connection connection, List<Long> times) throws SQLException {
        for (LandingPartition partition : ensure(connection, times, block)) {
            known.put(partition.lower(), partition);
        }
    }

    /**
     * Keeps a partition open to the fast path until the end of the transaction, where tables are distributed: no trigger of
     * theirs could refuse a writer that knows the partition as it was.
     *
     * @throws SQLException as the trigger's, if it is sealed
     */
    void requireOpen(Connection connection, LandingPartition partition) throws SQLException {
        try (PreparedStatement call = connection.prepareStatement("SELECT _prom_catalog.require_open(?)")) {
            call.setString(1, partition.name());
            call.execute();
        }
    }

    /** Times before this take the late path: milliseconds since the epoch. */
    long sealedUntil(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT (extract(epoch FROM _prom_catalog.sealed_until()) * 1000)::bigint")) {
            row.next();
            return row.getLong(1);
        }
    }

    /** Makes the partitions for these times where the database has none. Commits. */
    static List<LandingPartition> ensure(Connection connection, List<Long> times, Duration block) throws SQLException {
        List<LandingPartition> partitions = new ArrayList<>();
        try (PreparedStatement call = connection.prepareStatement("""
                SELECT name, (extract(epoch FROM lower) * 1000)::bigint, (extract(epoch FROM upper) * 1000)::bigint, sealed
                FROM _prom_catalog.ensure_landing_partitions(?::timestamptz[], make_interval(secs => ?))""")) {
            Object[] literals = times.stream()
                    .map(Instant::ofEpochMilli)
                    .map(LandingPartitions::literal)
                    .toArray();
            call.setArray(1, connection.createArrayOf("text", literals));
            call.setDouble(2, block.toMillis() / 1000.0);
            try (ResultSet rows = call.executeQuery()) {
                while (rows.next()) {
                    partitions.add(new LandingPartition(
                            rows.getString(1), rows.getLong(2), rows.getLong(3), rows.getBoolean(4)));
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
