package io.promgres.promql.engine;

/** What the start timestamps of two samples, one after the other, say of the counter between them. Times in milliseconds, 0 is unknown. */
final class StartTimes {

    private StartTimes() {}

    /** Whether the counter began anew after the first sample. */
    static boolean isReset(long previousStart, long previous, long currentStart, long current) {
        if (currentStart == 0 || currentStart >= current || currentStart < previous) {
            return false;
        }
        if (currentStart > previous) {
            return true;
        }
        return previousStart <= previous && previousStart != 0 && previousStart != previous;
    }

    /** Whether the second sample says that it began before the first one, and another time than that says. */
    static boolean overlap(long previousStart, long previous, long currentStart) {
        return currentStart != 0 && currentStart < previous && currentStart != previousStart;
    }
}
