package io.promgres.testing;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Reads everything back through the views, as a user does. */
public final class StoredSamples {

    private StoredSamples() {}

    /** Every sample of every metric view, in the order of metric, series and time. */
    public static List<TestSample> all(Connection connection) throws SQLException {
        List<TestSample> samples = new ArrayList<>();
        for (String view : Sql.rows(connection, "SELECT table_name FROM prom_info.metric ORDER BY metric_name")) {
            samples.addAll(ofView(connection, view));
        }
        return samples;
    }

    /** Every sample of one metric view, in the order of series and time. */
    public static List<TestSample> ofView(Connection connection, String view) throws SQLException {
        Map<Long, List<TestSample>> bySeries = new HashMap<>();
        Map<Long, SortedMap<String, String>> labels = labels(connection, view);
        String sql = """
                SELECT series_id, (extract(epoch FROM time) * 1000)::bigint, ('x' || encode(float8send(value), 'hex'))::bit(64)::bigint
                FROM prom_metric.%s ORDER BY 1, 2, 3""".formatted(Sql.quoted(view));
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                long series = rows.getLong(1);
                if (!labels.containsKey(series)) {
                    labels = labels(connection, view);
                }
                bySeries.computeIfAbsent(series, id -> new ArrayList<>())
                        .add(new TestSample(labels.get(series), rows.getLong(2), rows.getLong(3)));
            }
        }
        return bySeries.values().stream()
                .sorted(Comparator.comparing(samples -> samples.get(0).labels().toString()))
                .flatMap(List::stream)
                .toList();
    }

    /** The labels of each series, put together once and not for each of its samples. */
    private static Map<Long, SortedMap<String, String>> labels(Connection connection, String view) throws SQLException {
        Map<Long, SortedMap<String, String>> labels = new HashMap<>();
        String sql = """
                SELECT series_id,
                       ARRAY(SELECT u.text
                             FROM _prom_catalog.label l, unnest(ARRAY[l.key, l.value]) WITH ORDINALITY u(text, n)
                             WHERE l.id = ANY (s.labels) ORDER BY l.key, u.n)
                FROM prom_series.%s s""".formatted(Sql.quoted(view));
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                labels.put(rows.getLong(1), labels((String[]) rows.getArray(2).getArray()));
            }
        }
        return labels;
    }

    private static SortedMap<String, String> labels(String... namesAndValues) {
        SortedMap<String, String> labels = new TreeMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            labels.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return labels;
    }
}
