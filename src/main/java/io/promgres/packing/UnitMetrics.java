package io.promgres.packing;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import javax.sql.DataSource;

/** What the catalog says of the metrics of a unit. */
final class UnitMetrics {

    private UnitMetrics() {}

    /**
     * The metrics of the unit's series, by their ids.
     *
     * @param blockMillis length of the blocks of metrics that have none of their own
     */
    static Map<Integer, PackingUnit.Metric> of(Connection connection, LandingUnit unit, long blockMillis)
            throws SQLException {
        Map<Integer, PackingUnit.Metric> metrics = new HashMap<>();
        Object[] ids = unit.series().keySet().stream()
                .map(LandingUnit.Series::metricId)
                .distinct()
                .toArray();
        try (PreparedStatement select = connection.prepareStatement("""
                SELECT m.id, m.metric_name::text,
                       coalesce((extract(epoch FROM m.chunk_interval) * 1000)::bigint, ?),
                       _prom_catalog.metric_compression(m.id), m.views_positions > 0 OR to_regclass(format('prom_metric.%I', m.table_name)) IS NULL, m.has_holes
                FROM _prom_catalog.metric m WHERE m.id = ANY (?)""")) {
            select.setLong(1, blockMillis);
            select.setArray(2, connection.createArrayOf("int4", ids));
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    metrics.put(rows.getInt(1), metric(rows));
                }
            }
        }
        return metrics;
    }

    private static PackingUnit.Metric metric(ResultSet row) throws SQLException {
        return new PackingUnit.Metric(
                row.getInt(1),
                row.getString(2),
                row.getLong(3),
                row.getBoolean(4),
                row.getBoolean(5),
                row.getBoolean(6));
    }

    /** @param configured where the database has no setting */
    static long blockMillis(DataSource database, Duration configured) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT (extract(epoch FROM _prom_catalog.default_chunk_interval(make_interval(secs => "
                                + configured.toSeconds() + "))) * 1000)::bigint")) {
            row.next();
            return row.getLong(1);
        }
    }
}
