package io.promgres.bench;

import io.promgres.config.DatabaseUri;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What the database has of the days before a run: a scrape an hour of the same series, sent to the daemon and packed. Few
 * samples, but as many blocks, partitions and time vectors as days have.
 */
final class History {

    private static final Duration INTERVAL = Duration.ofHours(1);

    private History() {}

    /**
     * Sends and packs it, before the first scrape of a load.
     *
     * @param days how many; 0 for nothing
     * @return the number of samples
     */
    static long store(int days, Options options, Load load, DatabaseUri database, int port, Path log)
            throws IOException, InterruptedException {
        if (days == 0) {
            return 0;
        }
        long begin = load.timeline().begin() - Duration.ofDays(days).toMillis();
        Load history = new Load(
                load.workload(), load.protocol(), load.series(), new Timeline(begin, (int) INTERVAL.toMillis()));
        long samples;
        try (GeneratorProcess generator = new GeneratorProcess(history, port, log)) {
            for (long scrape = 0; scrape < Duration.ofDays(days).dividedBy(INTERVAL); scrape++) {
                generator.scrape();
            }
            samples = generator.acknowledged();
        }
        PackingRun.pack(options, database, log);
        return samples;
    }
}
