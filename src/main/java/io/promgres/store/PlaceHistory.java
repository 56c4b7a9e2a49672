package io.promgres.store;

import io.promgres.model.PlaceEpoch;
import io.promgres.model.SeriesAddress;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;
import java.util.stream.LongStream;

/**
 * Which places the database has given and taken. A transaction that writes to places looks at it first: what was removed
 * before, it sees; what is removed while it runs keeps its place until it has ended, however long that takes.
 */
final class PlaceHistory {

    // More are not worth their memory: the series that are left are looked up again.
    private static final int MOST_REMOVED = 1_000_000;
    private static final int ROWS_AT_ONCE = 10_000;

    private PlaceHistory() {}

    /**
     * Checks that all that is known of places is true of this database, until the end of the transaction.
     *
     * @throws StaleAddressesException if it is not
     */
    static void check(Connection connection, PlaceEpoch known) throws SQLException, StaleAddressesException {
        if (!holds(connection, "SELECT _prom_catalog.check_places(?, ?)", known)) {
            throw stale(connection, known);
        }
    }

    private static StaleAddressesException stale(Connection connection, PlaceEpoch known) throws SQLException {
        // First the epoch, then what was removed until it: what comes in between is found the next time.
        PlaceEpoch current = current(connection);
        boolean isHere = holds(
                connection,
                "SELECT EXISTS (SELECT FROM _prom_catalog.place_epoch e WHERE e.epoch = ? AND e.token = ?)",
                known);
        if (!isHere) {
            return StaleAddressesException.foreign(known);
        }
        long[] removed = removed(connection, known, current);
        return removed.length > MOST_REMOVED
                ? StaleAddressesException.tooMany(known)
                : StaleAddressesException.removed(known, current, removed);
    }

    private static boolean holds(Connection connection, String sql, PlaceEpoch known) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(sql)) {
            query.setLong(1, known.number());
            query.setObject(2, known.token());
            try (ResultSet row = query.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }

    /** The newest epoch. */
    static PlaceEpoch current(Connection connection) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(
                        "SELECT epoch, token FROM _prom_catalog.place_epoch ORDER BY epoch DESC LIMIT 1");
                ResultSet row = query.executeQuery()) {
            if (!row.next()) {
                throw new SQLException("the catalog is not complete: is the database being restored?");
            }
            return new PlaceEpoch(row.getLong(1), row.getObject(2, UUID.class));
        }
    }

    private static long[] removed(Connection connection, PlaceEpoch after, PlaceEpoch until) throws SQLException {
        LongStream.Builder addresses = LongStream.builder();
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT group_id, slot FROM _prom_catalog.removed_series WHERE epoch > ? AND epoch <= ? LIMIT "
                        + (MOST_REMOVED + 1))) {
            // By a cursor, as this is within a transaction: else the driver has all rows in memory.
            select.setFetchSize(ROWS_AT_ONCE);
            select.setLong(1, after.number());
            select.setLong(2, until.number());
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    addresses.add(SeriesAddress.of(rows.getLong(1), rows.getInt(2)));
                }
            }
        }
        return addresses.build().toArray();
    }
}
