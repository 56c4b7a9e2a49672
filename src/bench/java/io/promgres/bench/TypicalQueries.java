package io.promgres.bench;

import java.util.LinkedHashMap;
import java.util.Map;

/** What people ask of one metric: the same queries of a view of promgres and of a table with a row per sample. */
public final class TypicalQueries {

    private TypicalQueries() {}

    /**
     * The queries by their names.
     *
     * @param relation with columns time, value and series_id
     * @param series the id of one series, an expression
     * @param now the present of the data, an expression
     * @param literal a time of which there is an hour of data, as a literal
     */
    public static Map<String, String> of(String relation, String series, String now, String literal) {
        String one = " WHERE series_id = " + series;
        Map<String, String> queries = new LinkedHashMap<>();
        queries.put(
                "one series, last hour, now()",
                "SELECT time, value FROM " + relation + one + " AND time > " + now + " - interval '1 hour'");
        queries.put(
                "one series, an hour, literal",
                "SELECT time, value FROM " + relation + one + " AND time > " + literal + " AND time <= " + literal
                        + " + interval '1 hour'");
        queries.put(
                "all series, last 6 h by minute, now()",
                "SELECT date_bin('1 minute', time, 'epoch') m, series_id, avg(value) FROM " + relation
                        + " WHERE time > " + now + " - interval '6 hours' GROUP BY 1, 2");
        queries.put(
                "one series, everything by hour",
                "SELECT date_bin('1 hour', time, 'epoch') h, avg(value) FROM " + relation + one + " GROUP BY 1");
        queries.put(
                "all series, everything by hour",
                "SELECT date_bin('1 hour', time, 'epoch') h, avg(value) FROM " + relation + " GROUP BY 1");
        queries.put(
                "latest values, 5 minutes, now()",
                "SELECT DISTINCT ON (series_id) series_id, time, value FROM " + relation + " WHERE time > " + now
                        + " - interval '5 minutes' ORDER BY series_id, time DESC");
        queries.put("newest 10, without a time", "SELECT * FROM " + relation + " ORDER BY time DESC LIMIT 10");
        return queries;
    }
}
