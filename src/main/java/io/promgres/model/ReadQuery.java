package io.promgres.model;

import java.util.List;

/**
 * What a reader wants: the samples of the series that all matchers match.
 *
 * @param startMillis milliseconds since the epoch
 * @param endMillis the last millisecond that belongs to it
 */
public record ReadQuery(long startMillis, long endMillis, List<Matcher> matchers) {

    /** How a label's value is compared. */
    public enum Operator {
        EQUAL,
        NOT_EQUAL,
        MATCHES,
        MATCHES_NOT
    }

    /** A condition on one label; a label that is absent has the empty value. */
    public record Matcher(Operator operator, String name, String value) {}
}
