package io.promgres.store;

import io.promgres.model.SeriesHistogram;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;
import org.postgresql.PGConnection;

/** Stores native histograms of series whose ids are known. Thread-safe. */
public final class HistogramStore {

    private final DataSource database;

    public HistogramStore(DataSource database) {
        this.database = database;
    }

    /**
     * What writing gave.
     *
     * @param gone series that have been removed, whose histograms are not stored
     * @param staleViews metrics whose views have to be made
     */
    public record Written(Set<Long> gone, List<Integer> staleViews) {}

    /**
     * Stores histograms, and when their series began; of a series and time, the first one stays.
     *
     * @param seriesIds of the histograms, in their order
     * @throws SQLException if nothing is stored, or it is not known: to do it again is right
     */
    public Written write(List<SeriesHistogram> histograms, List<Long> seriesIds) throws SQLException {
        Object[] times = new Object[histograms.size()];
        Object[] counts = new Object[times.length];
        // Not as text, in which each NaN is the same.
        double[] sums = new double[times.length];
        byte[][] bodies = new byte[times.length][];
        Object[] starts = new Object[times.length];
        for (int i = 0; i < times.length; i++) {
            SeriesHistogram histogram = histograms.get(i);
            times[i] = histogram.time();
            counts[i] = histogram.count();
            sums[i] = Double.longBitsToDouble(histogram.sumBits());
            bodies[i] = histogram.body();
            starts[i] = histogram.start();
        }
        try (Connection connection = database.getConnection();
                PreparedStatement store = connection.prepareStatement(
                        "SELECT gone, stale_views FROM _prom_catalog.store_histograms(?, ?, ?, ?, ?, ?)")) {
            store.setArray(1, connection.createArrayOf("int8", seriesIds.toArray()));
            store.setArray(2, connection.createArrayOf("int8", times));
            store.setArray(3, connection.createArrayOf("float8", counts));
            store.setArray(4, connection.unwrap(PGConnection.class).createArrayOf("float8", sums));
            store.setArray(5, connection.createArrayOf("bytea", bodies));
            store.setArray(6, connection.createArrayOf("int8", starts));
            try (ResultSet row = store.executeQuery()) {
                row.next();
                return new Written(Set.of((Long[]) row.getArray(1).getArray()), List.of((Integer[])
                        row.getArray(2).getArray()));
            }
        }
    }
}
