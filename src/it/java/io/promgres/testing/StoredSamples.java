package io.promgres.testing;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
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
        List<TestSample> samples = new ArrayList<>();
        // The labels of a series are put together once, not for each of its samples.
        String sql = """
                WITH named AS MATERIALIZED (
                    SELECT series_id,
                           ARRAY(SELECT u.text
                                 FROM _prom_catalog.label l, unnest(ARRAY[l.key, l.value]) WITH ORDINALITY u(text, n)
                                 WHERE l.id = ANY (s.labels) ORDER BY l.key, u.n) AS labels
                    FROM prom_series.%1$s s)
                SELECT n.labels, m.time, m.bits
                FROM named n
                JOIN (SELECT series_id, (extract(epoch FROM time) * 1000)::bigint AS time,
                             ('x' || encode(float8send(value), 'hex'))::bit(64)::bigint AS bits
                      FROM prom_metric.%1$s) m USING (series_id)
                ORDER BY 1, 2, 3""".formatted(Sql.quoted(view));
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            SortedMap<String, String> labels = new TreeMap<>();
            String last = "";
            while (rows.next()) {
                String array = rows.getString(1);
                if (!array.equals(last)) {
                    labels = labels((String[]) rows.getArray(1).getArray());
                    last = array;
                }
                samples.add(new TestSample(labels, rows.getLong(2), rows.getLong(3)));
            }
        }
        return samples;
    }

    private static SortedMap<String, String> labels(String... namesAndValues) {
        SortedMap<String, String> labels = new TreeMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            labels.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return labels;
    }
}
