package io.promgres.bench.parts;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import javax.sql.DataSource;

/** Where the bytes of the packed tier are: values by kind, rows, indexes, time vectors, ticks, and what of the files is not used. */
final class PackedBytes {

    private static final String RUNS = """
            SELECT b.kind, 1::bigint AS runs, coalesce(bit_count(b.present), b.last - b.first + 1) AS samples,
                   coalesce(pg_column_size(b.i2), 0) + coalesce(pg_column_size(b.i4), 0) + coalesce(pg_column_size(b.f8), 0)
                   + coalesce(pg_column_size(b.bits), 0) + coalesce(pg_column_size(b.present), 0) AS arrays,
                   pg_column_size(b.*) AS row FROM prom_data.packed b""";

    /** Of relations: the index on vectors, that on series, and what a table takes beside its main file. */
    private static final String FILES = """
            SELECT coalesce(sum(pg_relation_size(c.oid)), 0)::bigint AS heap,
                   sum(pg_relation_size(c.oid, 'fsm') + pg_relation_size(c.oid, 'vm'))::bigint AS maps,
                   sum((SELECT sum(pg_relation_size(i.indexrelid)) FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid
                        WHERE i.indrelid = c.oid AND (x.relname = 'packed_metric' OR x.relname LIKE '%%\\_key')))::bigint AS first_index,
                   sum((SELECT sum(pg_relation_size(i.indexrelid)) FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid
                        WHERE i.indrelid = c.oid AND NOT (x.relname = 'packed_metric' OR x.relname LIKE '%%\\_key')))::bigint AS second_index
            FROM pg_class c WHERE %s""";

    private final DataSource database;
    private final long samples;

    PackedBytes(DataSource database, long samples) {
        this.database = database;
        this.samples = samples;
    }

    void print(String form) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            System.out.printf(Locale.ROOT, "%n| %s | rows | samples | B/sample of all |%n|---|---:|---:|---:|%n", form);
            printKinds(statement);
            printFiles(statement, "packed", "c.oid = 'prom_data.packed'::regclass");
            printFiles(
                    statement,
                    "ticks",
                    "c.relname LIKE 'tick\\_%' AND c.relkind = 'r' AND c.relnamespace = '_prom_landing'::regnamespace");
            printFiles(statement, "vectors", "c.oid = 'prom_data.vector'::regclass");
        }
    }

    private void printKinds(Statement statement) throws SQLException {
        try (ResultSet rows =
                statement.executeQuery("SELECT kind, sum(runs), sum(samples), sum(arrays), sum(row - arrays) FROM ("
                        + RUNS + ") r GROUP BY kind ORDER BY kind")) {
            while (rows.next()) {
                row("kind %d: arrays".formatted(rows.getInt(1)), rows.getLong(2), rows.getLong(3), rows.getLong(4));
                row(
                        "kind %d: headers and other columns".formatted(rows.getInt(1)),
                        rows.getLong(2),
                        rows.getLong(3),
                        rows.getLong(5));
            }
        }
    }

    private void printFiles(Statement statement, String what, String which) throws SQLException {
        try (ResultSet row = statement.executeQuery(FILES.formatted(which))) {
            row.next();
            row(what + ": pages", 0, 0, row.getLong(1));
            row(what + ": maps of free space and visibility", 0, 0, row.getLong(2));
            row(what + ": first index", 0, 0, row.getLong(3));
            row(what + ": second index", 0, 0, row.getLong(4));
        }
    }

    private void row(String what, long rows, long ofThem, long bytes) {
        System.out.printf(
                Locale.ROOT,
                "| %s | %s | %s | %.3f |%n",
                what,
                rows == 0 ? "" : "%,d".formatted(rows),
                ofThem == 0 ? "" : "%,d".formatted(ofThem),
                (double) bytes / samples);
    }
}
