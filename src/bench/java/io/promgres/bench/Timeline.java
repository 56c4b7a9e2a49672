package io.promgres.bench;

/**
 * When scrapes are. Each target has an instant of its own within the interval, as in Prometheus.
 *
 * @param begin of the first scrape, milliseconds since the epoch
 * @param interval from scrape to scrape, milliseconds
 */
record Timeline(long begin, int interval) {

    private static final int USUAL_INTERVAL = 15_000;
    private static final int USUAL_SERIES = 100_000;

    /** As {@link #interval()} for a number of series: shorter for few, so that a run does not use up the time there is. */
    static int intervalFor(int series) {
        return (int) Math.max(1_000, Math.min(USUAL_INTERVAL, (long) USUAL_INTERVAL * series / USUAL_SERIES));
    }

    /** Milliseconds since the epoch. */
    long time(int target, long scrape) {
        return begin + scrape * interval + Math.floorMod(target * 7_919L, interval);
    }
}
