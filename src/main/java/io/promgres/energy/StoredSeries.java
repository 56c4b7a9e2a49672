package io.promgres.energy;

import io.promgres.model.LabelSet;
import io.promgres.model.SeriesAddress;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/** Reads the series of the catalog whose metrics rules choose. */
final class StoredSeries {

    private static final int FETCH = 1_000;
    private static final String AT_HOSTS = """
             AND s.labels::int[] && ARRAY(
                SELECT i.id FROM _prom_catalog.label i
                WHERE i.key = ANY (?)
                  AND coalesce(substring(i.value FROM '^\\[(.*)\\](?::[0-9]+)?$'), substring(i.value FROM '^([^:]*)(?::[0-9]+)?$'), i.value)
                      = ANY (?))""";

    /** Gets a stored series. */
    interface Visitor {

        /** @param address its place, {@link SeriesAddress#UNKNOWN} if it has none */
        void series(LabelSet labels, long id, long address) throws SQLException;
    }

    private StoredSeries() {}

    /** Tells of the series of all metrics that one of these rules chooses. In a transaction they come in parts. */
    static void visit(Connection connection, Collection<Rule> rules, Visitor visitor) throws SQLException {
        try (PreparedStatement series = connection.prepareStatement(select(""))) {
            series.setArray(1, metrics(connection, rules));
            visit(series, visitor);
        }
    }

    /** Tells of those series only whose label for the instance names one of these hosts. */
    static void visitAt(Connection connection, Set<String> hosts, Collection<Rule> rules, Visitor visitor)
            throws SQLException {
        try (PreparedStatement series = connection.prepareStatement(select(AT_HOSTS))) {
            Object[] names =
                    rules.stream().map(rule -> rule.labelOf(Dimension.INSTANCE)).toArray();
            series.setArray(1, metrics(connection, rules));
            series.setArray(2, connection.createArrayOf("text", names));
            series.setArray(3, connection.createArrayOf("text", hosts.toArray()));
            visit(series, visitor);
        }
    }

    private static String select(String condition) {
        return """
                SELECT s.id, s.group_id, s.slot, array_agg(l.key ORDER BY l.key), array_agg(l.value ORDER BY l.key)
                FROM _prom_catalog.series s JOIN _prom_catalog.label l ON l.id = ANY (s.labels)
                WHERE s.metric_id = ANY (?)""" + condition + " GROUP BY s.id, s.group_id, s.slot";
    }

    private static Array metrics(Connection connection, Collection<Rule> rules) throws SQLException {
        Set<Integer> metrics = new HashSet<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT id, metric_name FROM _prom_catalog.metric")) {
            while (rows.next()) {
                String name = rows.getString(2);
                if (rules.stream().anyMatch(rule -> rule.choosesMetric(name))) {
                    metrics.add(rows.getInt(1));
                }
            }
        }
        return connection.createArrayOf("int4", metrics.toArray());
    }

    private static void visit(PreparedStatement series, Visitor visitor) throws SQLException {
        series.setFetchSize(FETCH);
        try (ResultSet rows = series.executeQuery()) {
            while (rows.next()) {
                LabelSet labels = labels((String[]) rows.getArray(4).getArray(), (String[])
                        rows.getArray(5).getArray());
                long address = rows.getObject(2) == null
                        ? SeriesAddress.UNKNOWN
                        : SeriesAddress.of(rows.getLong(2), rows.getInt(3));
                visitor.series(labels, rows.getLong(1), address);
            }
        }
    }

    private static LabelSet labels(String[] names, String[] values) {
        String[] namesAndValues = new String[names.length * 2];
        for (int i = 0; i < names.length; i++) {
            namesAndValues[2 * i] = names[i];
            namesAndValues[2 * i + 1] = values[i];
        }
        return LabelSet.ofSorted(namesAndValues);
    }
}
