package io.promgres.transfer;

import io.promgres.model.ReadQuery;
import io.promgres.model.ReadQuery.Matcher;
import java.time.Instant;
import java.util.List;

/**
 * What is to be imported.
 *
 * @param start inclusive
 * @param end exclusive
 * @param selectors as the user wrote them
 * @param matchers of each selector
 */
public record ImportOrder(Instant start, Instant end, List<String> selectors, List<List<Matcher>> matchers) {

    /** The queries for a part of it, in milliseconds since the epoch, both ends included. */
    List<ReadQuery> queries(long first, long last) {
        return matchers.stream().map(one -> new ReadQuery(first, last, one)).toList();
    }

    /** Tells one import from another. */
    String identity(HttpAddress from, HttpAddress to) {
        return String.join("\n", from.toString(), to.toString(), start.toString(), end.toString())
                + "\n"
                + String.join("\n", selectors);
    }
}
