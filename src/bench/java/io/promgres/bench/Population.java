package io.promgres.bench;

import java.util.List;

/**
 * All series of a workload, in the order in which their scrapes have them.
 *
 * @param series known by their index in this list
 * @param targets number of targets
 * @param pods number of pods
 */
record Population(List<Series> series, int targets, int pods) {

    /** Decimal digits in a pod's name that change. */
    static final int POD_DIGITS = 6;

    /** A pod lives this many scrapes: at four scrapes a minute one in a hundred goes every minute, and another comes. */
    private static final int POD_SCRAPES = 400;

    int size() {
        return series.size();
    }

    long bits(int index, long scrape) {
        return series.get(index).motion().bits(index, scrape);
    }

    /** How often a pod has been replaced. */
    static int generation(int pod, long scrape) {
        return (int) ((scrape + Math.floorMod(pod * 37L, POD_SCRAPES)) / POD_SCRAPES);
    }
}
