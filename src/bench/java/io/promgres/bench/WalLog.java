package io.promgres.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.StringJoiner;

/** What wrote the server's log from now on, by relation and kind of record. */
final class WalLog {

    private static final String LARGEST = """
            SELECT coalesce(c.relname, b.relfilenode::text), b.record_type, count(*),
                   sum(b.block_data_length + coalesce(b.block_fpi_length, 0)) / ?,
                   sum(coalesce(b.block_fpi_length, 0)) / ?
            FROM pg_get_wal_block_info(?::pg_lsn, pg_current_wal_flush_lsn()) b
            LEFT JOIN pg_class c ON c.oid = pg_filenode_relation(b.reltablespace, b.relfilenode)
            GROUP BY 1, 2 ORDER BY 4 DESC LIMIT 25""";

    private final Connection connection;
    private final String since;

    /** @param connection a superuser's */
    WalLog(Connection connection) throws SQLException {
        this.connection = connection;
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE EXTENSION IF NOT EXISTS pg_walinspect SCHEMA pg_catalog");
            try (ResultSet row = statement.executeQuery("SELECT pg_current_wal_insert_lsn()")) {
                row.next();
                since = row.getString(1);
            }
        }
    }

    /** A line for each: relation, kind, records, bytes a minute, of these page images. */
    String largest(String title, double minutes) throws SQLException {
        StringJoiner lines = new StringJoiner("\n", title + ":\n", "\n");
        try (PreparedStatement statement = connection.prepareStatement(LARGEST)) {
            statement.setDouble(1, minutes);
            statement.setDouble(2, minutes);
            statement.setString(3, since);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    lines.add("  %s %s: %d records, %.0f bytes a minute, %.0f of page images"
                            .formatted(
                                    row.getString(1),
                                    row.getString(2),
                                    row.getLong(3),
                                    row.getDouble(4),
                                    row.getDouble(5)));
                }
            }
        }
        return lines.toString();
    }
}
