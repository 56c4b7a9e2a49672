package io.promgres.remoteread;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.postgresql.core.Utils;

/**
 * A view of a user that is registered as a metric; it has series of ordinary metrics, and values of its own.
 *
 * @param column that has the values
 */
public record MetricView(String schema, String name, String column) {

    /** The label that names a view's schema. */
    static final String SCHEMA = "__schema__";

    /** The label that names the column of the values. */
    static final String COLUMN = "__column__";

    private static final String USUAL_COLUMN = "value";

    /** The schemas of ordinary metrics. */
    private static final Set<String> OWN_SCHEMAS = Set.of("", "prom_data", "prom_metric");

    /** What the labels of a query say of schema and column; empty if they say nothing. */
    record Wanted(String schema, String column) {

        /** Whether it can be an ordinary metric. */
        boolean mayBeMetric() {
            return OWN_SCHEMAS.contains(schema) && (column.isEmpty() || column.equals(USUAL_COLUMN));
        }

        /** Whether it can be a view of a user. */
        boolean mayBeView() {
            return schema.isEmpty() || !OWN_SCHEMAS.contains(schema);
        }
    }

    /** A view, and the ids of the metrics whose series it has. */
    record Found(MetricView view, List<Integer> metricIds) {}

    /**
     * @param name of the view
     * @return empty if no such view is registered, or several in different schemas
     * @throws ReadRefusedException if it may not be read: its functions would run with rights that its owner has not
     */
    static Optional<Found> find(Connection connection, String name, Wanted wanted)
            throws SQLException, ReadRefusedException {
        String column = wanted.column().isEmpty() ? USUAL_COLUMN : wanted.column();
        try (PreparedStatement select = connection.prepareStatement("""
                SELECT v.schema_name, _prom_catalog.view_metrics(o.oid), _prom_catalog.view_hindrance(o.oid, current_user)
                FROM _prom_catalog.metric_view v
                CROSS JOIN LATERAL _prom_catalog.view_oid(v.schema_name, v.view_name) o(oid)
                WHERE v.view_name = ? AND (? = '' OR v.schema_name = ?) AND ? = ANY (_prom_catalog.view_values(o.oid))""")) {
            select.setString(1, name);
            select.setString(2, wanted.schema());
            select.setString(3, wanted.schema());
            select.setString(4, column);
            try (ResultSet rows = select.executeQuery()) {
                if (!rows.next()) {
                    return Optional.empty();
                }
                MetricView view = new MetricView(rows.getString(1), name, column);
                Array ids = rows.getArray(2);
                String hindrance = rows.getString(3);
                if (rows.next()) {
                    return Optional.empty();
                }
                if (hindrance != null) {
                    throw new ReadRefusedException("the view " + view.source() + " is not read: " + hindrance);
                }
                return Optional.of(new Found(view, List.of((Integer[]) ids.getArray())));
            }
        }
    }

    /** The view in SQL. */
    public String source() throws SQLException {
        StringBuilder sql = new StringBuilder();
        Utils.escapeIdentifier(sql, schema).append('.');
        return Utils.escapeIdentifier(sql, name).toString();
    }

    /** The values' column in SQL. */
    public String valueColumn() throws SQLException {
        return Utils.escapeIdentifier(new StringBuilder(), column).toString();
    }
}
