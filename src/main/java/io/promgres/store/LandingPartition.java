package io.promgres.store;

/**
 * A partition of the landing table.
 *
 * @param name of its table in schema _prom_landing
 * @param lower milliseconds since the epoch, inclusive
 * @param upper milliseconds since the epoch, exclusive
 * @param sealed whether it is closed to the fast path
 */
record LandingPartition(String name, long lower, long upper, boolean sealed) {

    boolean holds(long time) {
        return time >= lower && time < upper;
    }

    /** The table's name as SQL wants it. */
    String table() {
        return "_prom_landing.\"" + name + '"';
    }
}
