package io.promgres.bench;

import java.time.Instant;
import java.util.Map;

/**
 * Data in one form, and how to ask it.
 *
 * @param relation of a metric with a series on each target
 * @param series the id of one of them
 * @param literal a time of which there is an hour of data
 * @param lastValues a query for the last value of each series of the widest metric
 * @param lastValuesName its name
 */
record QueriedForm(String relation, long series, Instant literal, String lastValues, String lastValuesName) {

    /**
     * The queries by their names.
     *
     * @param dataNow the present of the data, milliseconds since the epoch
     */
    Map<String, String> queries(long dataNow) {
        // As an expression of now(), so that the planner does not know its value, as in a dashboard's query.
        String now = "(now() - interval '" + (System.currentTimeMillis() - dataNow) + " milliseconds')";
        Map<String, String> queries =
                TypicalQueries.of(relation, Long.toString(series), now, "timestamptz '" + literal + "'");
        queries.put(lastValuesName, lastValues);
        return queries;
    }
}
