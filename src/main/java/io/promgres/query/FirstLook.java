package io.promgres.query;

import io.promgres.model.PlaceEpoch;
import io.promgres.tiers.PackedBlocks;
import io.promgres.tiers.StoredSeries;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;

/**
 * What the first round trip of a query brings, which begins its transaction as well.
 *
 * @param epoch the newest place epoch of its snapshot; {@link PlaceEpoch#NONE} while a database is restored
 * @param blocks of the metrics that were asked for
 */
record FirstLook(PlaceEpoch epoch, PackedBlocks blocks) {

    // A constant text, so that the driver has the server prepare all three of them.
    private static final String SQL = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; " + """
            SELECT set_config('statement_timeout', ?, true), e.epoch, e.token
            FROM (SELECT) one LEFT JOIN
                 (SELECT l.epoch, l.token FROM _prom_catalog.place_epoch l ORDER BY l.epoch DESC LIMIT 1) e ON true;
            """ + PackedBlocks.SQL;

    /**
     * Begins the transaction.
     *
     * @param series whose metrics are asked for
     * @param from milliseconds since the epoch
     * @param to included
     */
    static FirstLook of(Connection connection, long timeoutMillis, List<StoredSeries> series, long from, long to)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(SQL)) {
            statement.setString(1, Long.toString(timeoutMillis));
            PackedBlocks.bind(statement, 2, series, from, to);
            statement.execute();
            statement.getMoreResults();
            PlaceEpoch epoch = epoch(statement);
            statement.getMoreResults();
            try (ResultSet row = statement.getResultSet()) {
                row.next();
                return new FirstLook(epoch, PackedBlocks.read(row));
            }
        }
    }

    private static PlaceEpoch epoch(PreparedStatement statement) throws SQLException {
        try (ResultSet row = statement.getResultSet()) {
            row.next();
            UUID token = row.getObject(3, UUID.class);
            return token == null ? PlaceEpoch.NONE : new PlaceEpoch(row.getLong(2), token);
        }
    }
}
