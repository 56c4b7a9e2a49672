package io.promgres.store;

import io.promgres.model.SeriesStart;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;

/** Stores when series began. Thread-safe. */
public final class StartStore {

    private final DataSource database;

    public StartStore(DataSource database) {
        this.database = database;
    }

    /**
     * @param seriesIds of the starts, in their order
     * @return series that are gone, whose starts are not stored
     * @throws SQLException if nothing is stored, or it is not known: to do it again is right
     */
    public Set<Long> write(List<SeriesStart> starts, List<Long> seriesIds) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement store = connection.prepareStatement("SELECT _prom_catalog.store_starts(?, ?, ?)")) {
            store.setArray(1, connection.createArrayOf("int8", seriesIds.toArray()));
            store.setArray(
                    2,
                    connection.createArrayOf(
                            "int8", starts.stream().map(SeriesStart::start).toArray()));
            store.setArray(
                    3,
                    connection.createArrayOf(
                            "int8", starts.stream().map(SeriesStart::time).toArray()));
            try (ResultSet row = store.executeQuery()) {
                row.next();
                return Set.of((Long[]) row.getArray(1).getArray());
            }
        }
    }
}
