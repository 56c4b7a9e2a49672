package io.promgres.replica;

import java.util.List;

/**
 * Which samples of a replica are stored.
 *
 * @param leads all of them
 * @param terms if it does not lead: when it did. What it could not deliver then, because the receiver was away, it may
 *     deliver now
 */
public record LeaderStatus(boolean leads, List<Term> terms) {

    /** A time of leadership, by the clock of the database: milliseconds since the epoch, the end not included. */
    public record Term(long from, long until) {}

    public LeaderStatus {
        terms = List.copyOf(terms);
    }

    /** @param time of a sample, milliseconds since the epoch */
    public boolean admits(long time) {
        return leads || terms.stream().anyMatch(term -> time >= term.from() && time < term.until());
    }
}
