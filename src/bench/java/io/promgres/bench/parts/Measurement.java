package io.promgres.bench.parts;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/**
 * What a run of a workload took.
 *
 * @param samples written
 * @param nanos from the begin of its first flush to the commit of its last
 * @param walBytes of write-ahead log
 * @param diskBytes by which the database grew, indexes included
 */
record Measurement(long samples, long nanos, long walBytes, long diskBytes) {

    private record Size(long wal, long disk) {
        static Size of(DataSource database) throws SQLException {
            try (Connection connection = database.getConnection();
                    Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0'),"
                            + " pg_database_size(current_database())")) {
                row.next();
                return new Size(row.getBigDecimal(1).longValueExact(), row.getLong(2));
            }
        }
    }

    /** Runs a workload once. */
    static Measurement of(WriteWorkload workload, DataSource database, int scrapes) throws SQLException {
        workload.prepare(scrapes);
        Size before = Size.of(database);
        long begin = System.nanoTime();
        long samples = 0;
        for (int scrape = 0; scrape < scrapes; scrape++) {
            samples += workload.flush(scrape);
        }
        long nanos = System.nanoTime() - begin;
        Size after = Size.of(database);
        return new Measurement(samples, nanos, after.wal - before.wal, after.disk - before.disk);
    }

    double samplesPerSecond() {
        return samples * 1e9 / nanos;
    }

    double walBytesPerSample() {
        return (double) walBytes / samples;
    }

    double diskBytesPerSample() {
        return (double) diskBytes / samples;
    }
}
