package io.promgres.store;

import io.promgres.model.LabelSet;
import io.promgres.model.PlaceEpoch;
import io.promgres.model.SeriesAddress;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;

/**
 * Interns label sets in the database: labels, metrics, label positions, series and their places, in one transaction for a
 * batch. Thread-safe; batches of all daemons on a database take turns.
 */
public final class SeriesStore {

    private final DataSource database;
    private final Buckets buckets = new Buckets();

    public SeriesStore(DataSource database) {
        this.database = database;
    }

    /**
     * What interning gave.
     *
     * @param ids of the series, in their order; 0 where the address is unknown
     * @param addresses of the series, in their order; {@link SeriesAddress#UNKNOWN} where the metric has too many label
     *     names already
     * @param created how many of them the database did not have
     * @param staleViews metrics whose views have to be made, or lack a column
     * @param places the epoch by which the addresses are known
     */
    public record Interned(long[] ids, long[] addresses, int created, List<Integer> staleViews, PlaceEpoch places) {}

    /**
     * @param series label sets, each once
     * @throws SQLException if nothing was interned, or it is not known: to do it again is right
     */
    public Interned intern(List<LabelSet> series) throws SQLException {
        try {
            return intern(series, PlaceEpoch.NONE);
        } catch (StaleAddressesException e) {
            throw new AssertionError(e);
        }
    }

    /**
     * As {@link #intern(List)}, in a database of which what is known of places is true.
     *
     * @param known the epoch by which other places are known
     * @throws StaleAddressesException if it is not true, and nothing was interned
     */
    public Interned intern(List<LabelSet> series, PlaceEpoch known) throws SQLException, StaleAddressesException {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            try {
                Interned interned = new InternBatch(connection, buckets.used(connection), series).intern(known);
                connection.commit();
                return interned;
            } catch (SQLException | StaleAddressesException e) {
                connection.rollback();
                throw e;
            }
        }
    }

    /**
     * Which of these the database has. Two series whose fingerprints are the same are taken for one.
     *
     * @throws SQLException the database does not say
     */
    public Set<LabelSet> known(List<LabelSet> series) throws SQLException {
        Fingerprints fingerprints = new Fingerprints();
        Map<Long, LabelSet> byId = new HashMap<>();
        Set<LabelSet> known = new HashSet<>();
        try (Connection connection = database.getConnection();
                PreparedStatement query =
                        connection.prepareStatement("SELECT id FROM _prom_catalog.series WHERE id = ANY (?)")) {
            boolean bucketed = buckets.used(connection);
            series.forEach(one -> byId.put(fingerprints.id(one, bucketed), one));
            query.setArray(1, connection.createArrayOf("int8", byId.keySet().toArray()));
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    known.add(byId.get(rows.getLong(1)));
                }
            }
        }
        return known;
    }

    /** By which epoch addresses are known that were interned so far. */
    public PlaceEpoch places() throws SQLException {
        try (Connection connection = database.getConnection()) {
            return PlaceHistory.current(connection);
        }
    }

    /** How many series the database has. Reads an index: a second for millions. */
    public long count() throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement query = connection.prepareStatement("SELECT count(*) FROM _prom_catalog.series");
                ResultSet row = query.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }
}
