package io.promgres.tiers;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** When the series of a query began to count, and began anew. */
public final class StartTimes {

    /** Nothing is known. */
    public static final StartTimes NONE = new StartTimes();

    /** Of each series, by the time of the first sample with a start: that start. */
    private final Map<Long, TreeMap<Long, Long>> starts = new HashMap<>();

    private StartTimes() {}

    public static StartTimes of(Connection connection, List<StoredSeries> series) throws SQLException {
        StartTimes times = new StartTimes();
        String sql = "SELECT t.series_id, round(extract(epoch FROM t.first_time) * 1000)::bigint,"
                + " round(extract(epoch FROM t.start_time) * 1000)::bigint FROM _prom_catalog.series_start t"
                + " WHERE t.series_id = ANY (" + Sql.array(series.stream().mapToLong(StoredSeries::id), "bigint") + ")";
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                times.starts
                        .computeIfAbsent(rows.getLong(1), id -> new TreeMap<>())
                        .put(rows.getLong(2), rows.getLong(3));
            }
        }
        return times;
    }

    /** Of a series, by the time of the first sample with a start: that start; empty if none is known. In milliseconds. */
    public NavigableMap<Long, Long> of(long seriesId) {
        return starts.getOrDefault(seriesId, new TreeMap<>());
    }

    /** The start of each sample of a series, 0 where it is not known; null if none is. All in milliseconds. */
    public long[] at(long seriesId, long[] times) {
        TreeMap<Long, Long> ofSeries = starts.get(seriesId);
        if (ofSeries == null) {
            return null;
        }
        long[] all = new long[times.length];
        for (int i = 0; i < times.length; i++) {
            Map.Entry<Long, Long> latest = ofSeries.floorEntry(times[i]);
            all[i] = latest == null ? 0 : latest.getValue();
        }
        return all;
    }
}
