package io.promgres.daemon;

import io.promgres.config.Config;
import io.promgres.energy.Energy;
import io.promgres.energy.Rules;
import io.promgres.observe.Metrics;
import io.promgres.perftest.LabelProjection;
import io.promgres.schedule.Scheduler;
import io.promgres.store.Buckets;
import io.promgres.store.Database;
import io.promgres.store.WriteObserver;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is computed of stored samples: results of performance tests, and energy. */
final class Projections {

    private static final Duration INTERVAL = Duration.ofSeconds(1);

    // For what a daemon has noted that was killed: what this one notes wakes the projection.
    private static final Duration AT_REST = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger(Projections.class);

    private final Config config;
    private final Metrics metrics;
    private final Database database;
    private final Lifecycle parts;
    private volatile Optional<Energy> energy = Optional.empty();

    /** @param parts gets the threads */
    Projections(Config config, Metrics metrics, Database database, Lifecycle parts) {
        this.config = config;
        this.metrics = metrics;
        this.database = database;
        this.parts = parts;
    }

    /**
     * Starts them.
     *
     * @throws IOException the energy rules cannot be put in force
     */
    WriteObserver start(Rules rules) throws IOException {
        WriteObserver results = labelledResults();
        if (!config.energy().enabled()) {
            return results;
        }
        if (isDistributed()) {
            LOG.warn("energy is off: it is not computed where samples are distributed over workers");
            return results;
        }
        return WriteObserver.all(List.of(results, energy(rules)));
    }

    private boolean isDistributed() throws IOException {
        try (Connection connection = database.pool().getConnection()) {
            return new Buckets().used(connection);
        } catch (SQLException e) {
            throw new IOException("the database does not say whether it is distributed: " + e.getMessage(), e);
        }
    }

    /** Has energy count by other rules soon. */
    void reload(Rules rules) {
        energy.ifPresent(running -> running.reload(rules));
    }

    private WriteObserver labelledResults() {
        LabelProjection results = new LabelProjection(database.background());
        results.watchedBy(parts.add("results from labels", new Scheduler("promgres-projection", metrics))
                .every(INTERVAL, AT_REST, "results from labels", results::projectSoon));
        return results;
    }

    private WriteObserver energy(Rules rules) throws IOException {
        try {
            Energy running = new Energy(database.pool(), database.background(), rules, metrics, Clock.systemUTC());
            energy = Optional.of(running);
            parts.add("energy", new Scheduler("promgres-energy", metrics))
                    .every(
                            INTERVAL,
                            "energy",
                            () -> running.project(config.energy().interval()));
            return running.watch();
        } catch (SQLException e) {
            throw new IOException("the energy rules cannot be put in force: " + e.getMessage(), e);
        }
    }
}
