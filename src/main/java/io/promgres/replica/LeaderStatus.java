package io.promgres.replica;

import java.util.List;

/**
 * Which samples of a replica are stored.
 *
 * @param leads all of them
 * @param reigns if it does not lead: when it did. What it could not deliver then, because the receiver was away, it may
 *     deliver now
 */
public record LeaderStatus(boolean leads, List<Reign> reigns) {

    /** A time of leadership, by the clock of the database: milliseconds since the epoch, the end not included. */
    public record Reign(long from, long until) {}

    public LeaderStatus {
        reigns = List.copyOf(reigns);
    }

    /** @param time of a sample, milliseconds since the epoch */
    public boolean admits(long time) {
        return leads || reigns.stream().anyMatch(reign -> time >= reign.from() && time < reign.until());
    }
}
