package io.promgres.packing;

import java.time.Instant;

/** Times in the text of SQL. */
final class SqlTime {

    private SqlTime() {}

    /** @param millis since the epoch, in the years 1 to 9999 */
    static String literal(long millis) {
        return "timestamptz '" + Instant.ofEpochMilli(millis) + "'";
    }

    /** @param to exclusive */
    static String within(String column, long from, long to) {
        return column + " >= " + literal(from) + " AND " + column + " < " + literal(to);
    }
}
