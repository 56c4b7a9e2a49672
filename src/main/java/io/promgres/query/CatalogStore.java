package io.promgres.query;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Reads names and values of labels, and metadata, without a look at series one by one. */
final class CatalogStore {

    private final Connection connection;

    CatalogStore(Connection connection) {
        this.connection = connection;
    }

    /** What was said last about a metric. */
    record Metadata(String metric, String type, String help, String unit) {}

    List<String> labelNames() throws SQLException {
        return texts("""
                SELECT k.key FROM _prom_catalog.label_key k
                WHERE k.id IN (SELECT p.label_key_id FROM _prom_catalog.label_key_position p
                               WHERE p.metric_id IN (SELECT m FROM _prom_catalog.metrics_with_series() m))
                ORDER BY k.key""");
    }

    List<String> labelValues(String name) throws SQLException {
        if (name.equals("__name__")) {
            return texts("""
                    SELECT m.metric_name FROM _prom_catalog.metric m
                    WHERE m.id IN (SELECT s FROM _prom_catalog.metrics_with_series() s)
                    UNION SELECT v.view_name::text COLLATE "C" FROM prom_info.metric_view v
                    ORDER BY 1""");
        }
        return texts("SELECT l.value FROM _prom_catalog.label l WHERE l.key = ? ORDER BY l.value", name);
    }

    private List<String> texts(String sql, String... arguments) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            for (int i = 0; i < arguments.length; i++) {
                select.setString(i + 1, arguments[i]);
            }
            List<String> texts = new ArrayList<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    texts.add(rows.getString(1));
                }
            }
            return texts;
        }
    }

    /** @param metric empty for all */
    List<Metadata> metadata(String metric) throws SQLException {
        String sql =
                "SELECT DISTINCT ON (m.metric_family) m.metric_family, m.type, m.help, m.unit FROM _prom_catalog.metadata m"
                        + (metric.isEmpty() ? "" : " WHERE m.metric_family = ?")
                        + " ORDER BY m.metric_family, m.last_seen DESC, m.first_seen DESC";
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            if (!metric.isEmpty()) {
                select.setString(1, metric);
            }
            List<Metadata> metadata = new ArrayList<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    metadata.add(
                            new Metadata(rows.getString(1), rows.getString(2), rows.getString(3), rows.getString(4)));
                }
            }
            return metadata;
        }
    }
}
