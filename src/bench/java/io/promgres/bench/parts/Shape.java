package io.promgres.bench.parts;

import io.promgres.model.LabelSet;
import java.time.Duration;
import java.util.List;

/**
 * A way in which series are scraped.
 *
 * @param name for the table
 * @param metric that is queried
 * @param covers the time of the samples, the last one now
 * @param interval between deliveries
 * @param series their labels, by number
 * @param scrape what is delivered when
 */
record Shape(String name, String metric, Duration covers, Duration interval, List<LabelSet> series, Scrape scrape) {

    /** The samples that are delivered at a time. */
    @FunctionalInterface
    interface Scrape {
        /**
         * @param step number of the delivery, from 0
         * @param time milliseconds since the epoch
         */
        void deliver(int step, long time, Samples into);
    }

    /** Takes samples. */
    @FunctionalInterface
    interface Samples {
        /**
         * @param series its number
         * @param time milliseconds since the epoch
         * @param bits of the value
         */
        void add(int series, long time, long bits);
    }

    int steps() {
        return (int) covers.dividedBy(interval);
    }
}
