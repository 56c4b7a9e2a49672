package io.promgres.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What the database has of the time before a run: scrapes of the same series.
 *
 * @param timeline of the scrapes
 * @param scrapes how many
 */
record History(Timeline timeline, long scrapes) {

    private static final Duration INTERVAL = Duration.ofHours(1);

    /**
     * Days before the one of a load, a scrape an hour: few samples, but as many blocks, partitions and time vectors as days
     * have. Not of the same day: what is older than a day shares a partition with all of its day, and would be sealed with it.
     */
    static History ofDays(int days, Load load) {
        long day = Duration.ofDays(1).toMillis();
        long begin = load.timeline().begin() / day * day - days * day;
        return new History(
                new Timeline(begin, (int) INTERVAL.toMillis()),
                Duration.ofDays(days).dividedBy(INTERVAL));
    }

    /**
     * Sends it.
     *
     * @param load whose series it is of
     * @param port of the daemon
     */
    void send(Load load, int port, Path log) throws IOException, InterruptedException {
        Load past = new Load(load.workload(), load.protocol(), load.series(), timeline);
        try (GeneratorProcess generator = new GeneratorProcess(past, port, log)) {
            for (long scrape = 0; scrape < scrapes; scrape++) {
                generator.scrape();
            }
        }
    }
}
