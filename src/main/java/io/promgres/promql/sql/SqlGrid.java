package io.promgres.promql.sql;

import java.time.Instant;

/**
 * The times of a statement as they stand in it: literals, or macros of Grafana.
 *
 * @param start the first, a literal of a time
 * @param end the last or a later one, likewise
 * @param step a literal of an interval
 */
public record SqlGrid(String start, String end, String step) {

    private static final String ANY_STEP = "'1m'";

    /** Those that Grafana puts in, of the panel and the width of its points. */
    public static final SqlGrid GRAFANA = new SqlGrid("$__timeFrom()", "$__timeTo()", "'$__interval'");

    /** @param millis since the epoch */
    public static SqlGrid at(long millis) {
        return new SqlGrid(literal(millis), literal(millis), ANY_STEP);
    }

    /** From start to end, both included, in milliseconds since the epoch. */
    public static SqlGrid range(long start, long end, long step) {
        return new SqlGrid(literal(start), literal(end), SqlText.interval(step));
    }

    private static String literal(long millis) {
        return SqlText.literal(Instant.ofEpochMilli(millis).toString());
    }

    /** The arguments of a function over ranges, so much earlier. */
    String arguments(long offset) {
        return earlier(start, offset) + ", " + earlier(end, offset) + ", " + step;
    }

    private static String earlier(String time, long offset) {
        if (offset == 0) {
            return time;
        }
        String sign = offset > 0 ? " - " : " + ";
        return "timestamptz " + time + sign + "interval " + SqlText.interval(Math.abs(offset));
    }

    /** A relation with a row for each time, named g. */
    String series() {
        return "generate_series(timestamptz " + start + ", " + end + ", interval " + step + ") g(time)";
    }
}
