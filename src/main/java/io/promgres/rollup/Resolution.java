package io.promgres.rollup;

import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * A length of buckets of time. They begin at the epoch, and so do spans, which are so many buckets long.
 *
 * @param seconds the length
 * @param name as in 5m
 * @param buckets of a span
 */
record Resolution(int seconds, String name, int buckets) {

    /** From the first three columns. */
    static Resolution read(ResultSet row) throws SQLException {
        return new Resolution(row.getInt(1), row.getString(2), row.getInt(3));
    }

    /** The table of rows, quoted. */
    String table() {
        return "_prom_rollup.\"" + name + '"';
    }

    long millis() {
        return seconds * 1000L;
    }

    /** The start of the bucket that a time is in. */
    long floor(long time) {
        return Math.floorDiv(time, millis()) * millis();
    }

    /** The end of the bucket that the time before this one is in. */
    long ceiling(long time) {
        return floor(time - 1) + millis();
    }

    /** The number of the span that a time is in. */
    int span(long time) {
        return Math.toIntExact(Math.floorDiv(time, millis() * buckets));
    }

    /** Which bucket of its span a time is in, from 1. */
    int index(long time) {
        return (int) (Math.floorMod(time, millis() * buckets) / millis()) + 1;
    }

    /** The start of a bucket. */
    long start(int span, int index) {
        return ((long) span * buckets + index - 1) * millis();
    }
}
