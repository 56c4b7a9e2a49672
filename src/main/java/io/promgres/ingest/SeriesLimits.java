package io.promgres.ingest;

/**
 * How many series there may be.
 *
 * @param total in the database; 0 for no limit
 * @param newPerMinute that this daemon adds in a minute; 0 for no limit
 */
public record SeriesLimits(int total, int newPerMinute) {

    public static final SeriesLimits NONE = new SeriesLimits(0, 0);

    boolean areNone() {
        return total == 0 && newPerMinute == 0;
    }
}
