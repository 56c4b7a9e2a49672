package io.promgres.store;

import io.promgres.model.SeriesExemplar;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;

/** Stores exemplars of series whose ids are known, and has those that are too old deleted. Thread-safe. */
public final class ExemplarStore {

    private final DataSource database;

    public ExemplarStore(DataSource database) {
        this.database = database;
    }

    /**
     * @param seriesIds of the exemplars, in their order
     * @return series that are gone, whose exemplars are not stored
     * @throws SQLException if nothing is stored, or it is not known: to do it again is right
     */
    public Set<Long> write(List<SeriesExemplar> exemplars, List<Long> seriesIds) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement store =
                        connection.prepareStatement("SELECT _prom_catalog.store_exemplars(?, ?, ?, ?)")) {
            store.setArray(1, connection.createArrayOf("int8", seriesIds.toArray()));
            store.setArray(
                    2,
                    connection.createArrayOf(
                            "int8", exemplars.stream().map(SeriesExemplar::time).toArray()));
            Object[] labels = new Object[exemplars.size()];
            for (int i = 0; i < labels.length; i++) {
                labels[i] = connection
                        .createArrayOf("text", exemplars.get(i).labels().toArray())
                        .toString();
            }
            store.setArray(3, connection.createArrayOf("text", labels));
            store.setArray(
                    4,
                    connection.createArrayOf(
                            "float8",
                            exemplars.stream()
                                    .map(exemplar -> Double.longBitsToDouble(exemplar.bits()))
                                    .toArray()));
            try (ResultSet row = store.executeQuery()) {
                row.next();
                return Set.of((Long[]) row.getArray(1).getArray());
            }
        }
    }
}
