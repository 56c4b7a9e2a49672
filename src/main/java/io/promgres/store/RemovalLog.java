package io.promgres.store;

import io.promgres.model.SeriesAddress;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.stream.LongStream;

/**
 * The places that series have lost, as the database logs them. A transaction that writes looks at it first: what was
 * removed before it began it sees; what is removed while it runs keeps its place until long after its end.
 */
final class RemovalLog {

    private RemovalLog() {}

    /**
     * @param epoch of the last removal that the caller knows
     * @throws StaleAddressesException if there is a later one
     */
    static void check(Connection connection, long epoch) throws SQLException, StaleAddressesException {
        long current = one(connection, "SELECT coalesce(max(epoch), 0) FROM _prom_catalog.removed_series");
        if (current > epoch) {
            throw new StaleAddressesException(current, removedSince(connection, epoch));
        }
    }

    private static long[] removedSince(Connection connection, long epoch) throws SQLException {
        LongStream.Builder addresses = LongStream.builder();
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT group_id, slot FROM _prom_catalog.removed_series WHERE epoch > ?")) {
            select.setLong(1, epoch);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    addresses.add(SeriesAddress.of(rows.getLong(1), rows.getInt(2)));
                }
            }
        }
        return addresses.build().toArray();
    }

    private static long one(Connection connection, String sql) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(sql);
                ResultSet row = select.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }
}
