package io.promgres.bench;

import java.sql.SQLException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Copies rows into the tables of metrics, scrape by scrape, at a rate; or as fast as they are taken, if that is less. */
final class PacedRows {

    private final RowsPerMetric rows;
    private volatile long scrapes;

    PacedRows(RowsPerMetric rows) {
        this.rows = rows;
    }

    /**
     * Copies until the time is over, and longer while there is need.
     *
     * @param rate samples a second
     * @return samples a second that were taken
     */
    double run(double seconds, double rate, BooleanSupplier need) throws SQLException {
        long begin = System.nanoTime();
        long samples = 0;
        while (System.nanoTime() - begin < seconds * 1e9 || need.getAsBoolean()) {
            long due = begin + (long) (samples / rate * 1e9);
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            samples += rows.run();
            scrapes++;
        }
        return samples / ((System.nanoTime() - begin) / 1e9);
    }

    /** Scrapes that are committed. */
    long scrapes() {
        return scrapes;
    }
}
