package io.promgres.remoteread;

import io.promgres.model.MetricMetadata;
import io.promgres.model.MetricMetadata.Type;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import javax.sql.DataSource;

/** Reads what metrics are about. */
public final class FamilyStore {

    private final DataSource database;

    public FamilyStore(DataSource database) {
        this.database = database;
    }

    /** The current metadata of every family that has some, by the family's name. */
    public Map<String, MetricMetadata> current() throws SQLException {
        Map<String, MetricMetadata> families = new HashMap<>();
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT metric_family, type, unit, help FROM prom_info.metadata WHERE is_current")) {
            while (rows.next()) {
                Type type = Type.valueOf(rows.getString(2).toUpperCase(Locale.ROOT));
                families.put(
                        rows.getString(1),
                        new MetricMetadata(rows.getString(1), type, rows.getString(3), rows.getString(4)));
            }
        }
        return families;
    }
}
